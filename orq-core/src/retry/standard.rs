//! The default retry policy.

use std::time::Duration;

use http::StatusCode;

use super::{backoff::Backoff, policy::RetryPolicy};
use crate::error::{Error, FailedAttempt, RetryAdvice, RetryDecision};

/// The default policy: retries where it is safe, with at most three attempts in total.
///
/// It is safe where [`Error::retry_advice`] is [`Safe`](RetryAdvice::Safe): a request that wasn't sent; a 429, unless
/// its code is about a budget, a cost or a quota; a 421 and a 425; such a code in a 2xx response without an answer; a 503
/// with the API's own error code or `Retry-After`; a response with
/// `x-should-retry: true`; and any transient failure of a GET. A retry that may make the server do the work twice, and
/// charge for it twice, must be enabled: [`retry_on_status`](StandardRetry::retry_on_status) and
/// [`retry_on_broken`](StandardRetry::retry_on_broken).
///
/// The wait is the one that the server asks for, up to [`max_wait`](StandardRetry::max_wait), or that of the
/// [`Backoff`], whichever is longer.
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

    /// Sets the maximum number of attempts, the first one included. 1 and 0 disable retries. Default: 3.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Sets the backoff, for errors where the server doesn't ask for a longer wait. Default: [`Backoff::default`].
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// Sets the maximum wait that the server may ask for. If it asks for more, the call fails without a retry.
    /// Default: 60 s.
    pub fn max_wait(mut self, wait: Duration) -> Self {
        self.max_wait = wait;
        self
    }

    /// Enables retries after a response with this status, which isn't a 2xx, for every method. The client still doesn't
    /// retry after `x-should-retry: false` or an error code about a budget, a cost or a quota.
    ///
    /// The server may have processed the request already, and the completion may be charged twice.
    pub fn retry_on_status(mut self, status: StatusCode) -> Self {
        self.statuses.push(status);
        self
    }

    /// Enables retries of a POST without a complete response: the connection failed, a timeout expired, a stream
    /// failed before its first event, or a 2xx response reported an error.
    ///
    /// The server may have processed the request already, and the completion may be charged twice.
    pub fn retry_on_broken(mut self) -> Self {
        self.broken = true;
        self
    }

    /// Returns why the error must not be retried, if so.
    fn objection(&self, error: &Error) -> Option<&'static str> {
        let status = error.status().filter(|status| !status.is_success());
        let is_named = status.is_some_and(|status| self.statuses.contains(&status));
        match error.retry_advice() {
            RetryAdvice::Safe => None,
            _ if is_named && !error.excludes_retry() => None,
            RetryAdvice::Never => Some("it would fail again"),
            RetryAdvice::MayDuplicate if status.is_none() && self.broken => None,
            RetryAdvice::MayDuplicate => Some("the server may have done the work"),
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
        let failures = u32::try_from(earlier.len() + 1).unwrap_or(u32::MAX);
        if let Some(why) = self.objection(error) {
            return RetryDecision::stop(why);
        }
        if failures >= self.attempts {
            return RetryDecision::stop(format!("attempt {failures} was the last"));
        }
        match error.retry_after() {
            Some(asked) if asked > self.max_wait => RetryDecision::stop(format!(
                "the server asks to wait {asked:?}, longer than {:?}",
                self.max_wait
            )),
            asked => {
                let backoff = self.backoff.wait(failures);
                RetryDecision::repeat(asked.unwrap_or_default().max(backoff))
            }
        }
    }
}
