//! The policy that a client has unless told otherwise.

use std::time::Duration;

use http::StatusCode;

use super::{Backoff, FailedAttempt, RetryDecision, RetryPolicy};
use crate::error::{Error, RetryAdvice};

/// Repeats what can't be done twice by it, up to three attempts in all.
///
/// That is where [`Error::retry_advice`] says [`Safe`](RetryAdvice::Safe): a request that was not sent; 429, unless
/// its code speaks of a budget, a cost or a quota; 503; what the server says itself to repeat
/// (`x-should-retry: true`); and any passing failure of a GET. An answer may cost money, so everything else is
/// repeated only if asked for, each by its name: [`repeat_status`](StandardRetry::repeat_status) and
/// [`repeat_broken`](StandardRetry::repeat_broken).
///
/// It waits as long as the server asks, up to [`longest_wait`](StandardRetry::longest_wait), or else as long as its
/// [`Backoff`] says.
#[derive(Clone, Debug)]
#[must_use]
pub struct StandardRetry {
    attempts: u32,
    backoff: Backoff,
    longest_wait: Duration,
    statuses: Vec<StatusCode>,
    broken: bool,
}

impl StandardRetry {
    /// The standard: three attempts, the default [`Backoff`], waits of up to 60 seconds.
    pub fn new() -> Self {
        Self {
            attempts: 3,
            backoff: Backoff::default(),
            longest_wait: Duration::from_secs(60),
            statuses: Vec::new(),
            broken: false,
        }
    }

    /// How many attempts are made in all. 1, and 0 too, means that nothing is repeated.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// How long to wait where the server doesn't say.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// The longest wait that a server may ask for; when it asks for more, the call is given up at once. Default
    /// 60 seconds.
    pub fn longest_wait(mut self, wait: Duration) -> Self {
        self.longest_wait = wait;
        self
    }

    /// Repeats a POST that was answered with this status too. Only 408, 409, 500, 502 and 504 are worth it.
    ///
    /// The server may have done the work: an answer may be paid for twice.
    pub fn repeat_status(mut self, status: StatusCode) -> Self {
        self.statuses.push(status);
        self
    }

    /// Repeats a POST that got no whole answer too: the connection broke, a clock ran out, or a stream failed
    /// before its first event was handed out.
    ///
    /// The server may have done the work: an answer may be paid for twice.
    pub fn repeat_broken(mut self) -> Self {
        self.broken = true;
        self
    }

    fn wants(&self, error: &Error) -> bool {
        match error.retry_advice() {
            RetryAdvice::Safe => true,
            RetryAdvice::Pointless => false,
            RetryAdvice::MayRepeat => match error.status().filter(|status| !status.is_success()) {
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
                RetryAdvice::Pointless => "it would fail again",
                _ => "the server may have done the work",
            });
        }
        if failures >= self.attempts {
            return RetryDecision::stop(format!("attempt {failures} was the last"));
        }
        match error.retry_after() {
            Some(asked) if asked > self.longest_wait => RetryDecision::stop(format!(
                "the server asks to wait {asked:?}, longer than {:?}",
                self.longest_wait
            )),
            Some(asked) => RetryDecision::repeat(asked),
            None => RetryDecision::repeat(self.backoff.wait(failures)),
        }
    }
}
