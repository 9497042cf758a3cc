//! The retry loop: makes attempts until one succeeds or the policy stops.

use std::time::Duration;

use http::HeaderValue;

use super::{exchange::Exchange, template::RequestTemplate, timed_body::TimedBody};
use crate::{
    clocks::Timing,
    error::{Error, ErrorKind, FailedAttempt, RetryDecision},
    observe::{CallSpan, Outcome, Recorder},
    response::ResponseMeta,
    retry::{RetryBudget, StandardRetry},
};

/// Runs a call to its end; for a stream, until its first event. `conclude` reads the result of the operation from a 2xx
/// response, and `meta` returns the metadata of the result.
///
/// It is generic over `conclude`, so that the futures of both have their room in one box.
pub(crate) async fn run<T>(
    template: Box<RequestTemplate>,
    conclude: impl AsyncFn(&Exchange, ResponseMeta, Box<TimedBody>) -> Result<Box<T>, Error>,
    meta: fn(&mut T) -> &mut ResponseMeta,
) -> Result<Box<T>, Error> {
    let shared = &template.shared;
    let budget = shared.retry_budget.as_ref();
    let clocks = &template.options.clocks;
    clocks.check(shared.timer.is_some())?;
    let timing = clocks.resolve(
        &shared.options.clocks,
        shared.timer.as_ref(),
        template.is_stream(),
    );
    let span = CallSpan::start(&shared.spans, &template.context, &template.uri);
    let recorder = Recorder::new(shared.observer.as_ref(), span, &timing, &template.context);
    let mut earlier = Vec::new();
    let mut keys = Vec::new();
    loop {
        let number = u32::try_from(earlier.len() + 1).unwrap_or(u32::MAX);
        let error = match attempt(&template, &timing, number, &mut keys, &recorder, &conclude).await
        {
            Ok(mut answer) => {
                // Only now: an attempt that fails needs no copy of the earlier ones.
                let meta = meta(&mut answer);
                if let Some(budget) = budget {
                    budget.succeeded(!earlier.is_empty());
                    meta.retry_budget = Some(budget.level());
                }
                meta.failed_attempts = earlier;
                if !template.is_stream() {
                    recorder.end(Outcome::Complete);
                }
                return Ok(answer);
            }
            Err(error) => error.with_idempotent(template.method.is_idempotent()),
        };
        let decision = decide(&template, &error, &earlier, &timing);
        let RetryDecision::Repeat { after } = decision else {
            let error = error
                .with_attempts(earlier, decision)
                .with_retry_budget(budget.map(RetryBudget::level));
            recorder.end(Outcome::Failed(&error));
            return Err(error);
        };
        earlier.push(FailedAttempt::new(&error, decision));
        // Dropped before the wait: it may hold the response, and with it the connection.
        drop(error);
        if let Some(sleep) = timing.sleep(after).filter(|_| after > Duration::ZERO) {
            sleep.await;
        }
    }
}

async fn attempt<T>(
    template: &RequestTemplate,
    timing: &Timing,
    number: u32,
    keys: &mut Vec<HeaderValue>,
    recorder: &Recorder,
    conclude: &impl AsyncFn(&Exchange, ResponseMeta, Box<TimedBody>) -> Result<Box<T>, Error>,
) -> Result<Box<T>, Error> {
    let (exchange, meta, body) = Exchange::begin(template, timing, number, keys, recorder).await?;
    let result = conclude(&exchange, meta, body).await;
    // What had arrived of an answer that was cut or has an error.
    if let Some(partial) = result.as_ref().err().and_then(Error::partial) {
        recorder.answer(partial, &exchange.key);
    }
    result
}

/// Returns the decision of the call's policy, else the client's, else the standard one. Regardless of the policy, stops
/// after a failure of the API key provider, if the wait would exceed the call's timeout, if there is no timer to wait
/// with, and if the retry budget is used up.
fn decide(
    template: &RequestTemplate,
    error: &Error,
    earlier: &[FailedAttempt],
    timing: &Timing,
) -> RetryDecision {
    if error.kind() == ErrorKind::Config {
        return RetryDecision::stop("it would fail again");
    }
    let policies = [&template.options.retry, &template.shared.options.retry];
    let policy = policies.into_iter().find_map(Option::as_deref);
    let standard = StandardRetry::new();
    match policy.unwrap_or(&standard).decide(error, earlier) {
        RetryDecision::Repeat { after } if timing.left().is_some_and(|left| left <= after) => {
            RetryDecision::stop(format!(
                "a wait of {after:?} would exceed the timeout of the whole call"
            ))
        }
        RetryDecision::Repeat { after } if after > Duration::ZERO && timing.now().is_none() => {
            RetryDecision::stop("there is no timer to wait with")
        }
        decision @ RetryDecision::Repeat { .. } => match &template.shared.retry_budget {
            Some(budget) if !budget.take() => RetryDecision::stop(format!(
                "the retry budget of {} is used up",
                budget.level().capacity
            )),
            _ => decision,
        },
        stop @ RetryDecision::Stop { .. } => stop,
    }
}
