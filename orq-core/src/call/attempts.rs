//! Attempt after attempt, until one succeeds or the policy says that it is enough.

use std::time::Duration;

use super::{
    Conclude, Exchange,
    clocks::Timing,
    prepared::Prepared,
    retry::{FailedAttempt, RetryDecision, RetryPolicy},
};
use crate::error::Error;

/// Runs a call to its end.
pub(crate) async fn run<T>(prepared: Prepared, conclude: Conclude<T>) -> Result<T, Error> {
    let client = prepared.client.clone();
    let client = client.inner();
    prepared.clocks.check(client.timer.is_some())?;
    let timing =
        prepared
            .clocks
            .resolve(&client.clocks, client.timer.as_ref(), prepared.is_stream());
    let policy = prepared.retry.as_ref().unwrap_or(&client.retry);
    let mut earlier = Vec::new();
    loop {
        let error = match attempt(&prepared, &timing, &earlier, conclude).await {
            Ok(answer) => return Ok(answer),
            Err(error) => error.with_idempotent(prepared.is_idempotent()),
        };
        let decision = decide(policy, &error, &earlier, &timing);
        let RetryDecision::Repeat { after } = decision else {
            return Err(error.with_attempts(earlier, decision));
        };
        earlier.push(FailedAttempt::new(&error, decision));
        // The answer is no longer needed: its connection is free while we wait.
        drop(error);
        if let Some(sleep) = timing.sleep(after).filter(|_| after > Duration::ZERO) {
            sleep.await;
        }
    }
}

async fn attempt<T>(
    prepared: &Prepared,
    timing: &Timing,
    earlier: &[FailedAttempt],
    conclude: Conclude<T>,
) -> Result<T, Error> {
    let number = u32::try_from(earlier.len())
        .unwrap_or(u32::MAX)
        .saturating_add(1);
    let mut exchange = Exchange::new(prepared, timing, earlier);
    let (parts, body) = exchange.send(prepared.request(number)).await?;
    conclude(exchange, parts, body).await
}

/// What the policy decides, within the bounds that hold for every policy.
fn decide(
    policy: &dyn RetryPolicy,
    error: &Error,
    earlier: &[FailedAttempt],
    timing: &Timing,
) -> RetryDecision {
    match policy.decide(error, earlier) {
        RetryDecision::Repeat { after } if timing.left().is_some_and(|left| left <= after) => {
            RetryDecision::stop(format!(
                "a wait of {after:?} would run past the clock on the whole call"
            ))
        }
        RetryDecision::Repeat { after } if after > Duration::ZERO && !timing.can_wait() => {
            RetryDecision::stop("there is no timer to wait with")
        }
        decision => decision,
    }
}
