//! The policy that a client has unless told otherwise.

use std::time::Duration;

use http::StatusCode;

use super::{backoff::Backoff, policy::RetryPolicy};
use crate::error::{Error, FailedAttempt, RetryAdvice, RetryDecision};

/// Retries only when the server cannot have acted on the request, with at most three attempts in all.
///
/// That is the case where [`Error::retry_advice`] is [`Safe`](RetryAdvice::Safe): a request that was not sent; 429,
/// unless its code is about a budget, a cost or a quota; a 503 that the API itself answered; a response with
/// `x-should-retry: true`; and any transient failure of a GET. An answer may cost money, so every other failure is
/// retried only on demand: [`retry_on_status`](StandardRetry::retry_on_status) and
/// [`retry_on_broken`](StandardRetry::retry_on_broken).
///
/// The wait is the one that the server asks for, up to [`max_wait`](StandardRetry::max_wait), or else that of the
/// [`Backoff`].
#[derive(Clone, Debug)]
#[must_use]
pub struct StandardRetry {
    attempts: u32,
    backoff: Backoff,
    max_wait: Duration,
    statuses: Vec<StatusCode>,
    broken: bool,
}

impl StandardRetry {
    /// Creates the standard policy: three attempts, the default [`Backoff`], waits of at most 60 s.
    pub fn new() -> Self {
        Self {
            attempts: 3,
            backoff: Backoff::default(),
            max_wait: Duration::from_secs(60),
            statuses: Vec::new(),
            broken: false,
        }
    }

    /// Sets the maximum number of attempts in all. With 1 (or 0) nothing is repeated. Default: 3.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Sets how long to wait where the server doesn't say.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// Sets the maximum wait that a server may ask for; if it asks for more, the call fails at once. Default: 60 s.
    pub fn max_wait(mut self, wait: Duration) -> Self {
        self.max_wait = wait;
        self
    }

    /// Retries a POST that was answered with this status as well. It has an effect for 408, 409, 500, 502, 503 and
    /// 504.
    ///
    /// The server may have done the work: an answer may be paid for twice.
    pub fn retry_on_status(mut self, status: StatusCode) -> Self {
        self.statuses.push(status);
        self
    }

    /// Retries a POST without a complete answer as well: the connection broke, a timeout expired, or a stream failed
    /// before its first event.
    ///
    /// The server may have done the work: an answer may be paid for twice.
    pub fn retry_on_broken(mut self) -> Self {
        self.broken = true;
        self
    }

    fn wants(&self, error: &Error) -> bool {
        match error.retry_advice() {
            RetryAdvice::Safe => true,
            RetryAdvice::Never => false,
            RetryAdvice::MayDuplicate => match error.status().filter(|status| !status.is_success())
            {
                Some(status) => self.statuses.contains(&status),
                None => self.broken,
            },
        }
    }
}

impl Default for StandardRetry {
    fn default() -> Self {
        Self::new()
    }
}

impl RetryPolicy for StandardRetry {
    fn decide(&self, error: &Error, earlier: &[FailedAttempt]) -> RetryDecision {
        let failures = u32::try_from(earlier.len())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        if !self.wants(error) {
            return RetryDecision::stop(match error.retry_advice() {
                RetryAdvice::Never => "it would fail again",
                _ => "the server may have done the work",
            });
        }
        if failures >= self.attempts {
            return RetryDecision::stop(format!("attempt {failures} was the last"));
        }
        match error.retry_after() {
            Some(asked) if asked > self.max_wait => RetryDecision::stop(format!(
                "the server asks to wait {asked:?}, longer than {:?}",
                self.max_wait
            )),
            Some(asked) => RetryDecision::repeat(asked),
            None => RetryDecision::repeat(self.backoff.wait(failures)),
        }
    }
}
