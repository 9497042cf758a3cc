//! How many requests are let through.

use std::time::Duration;

use crate::guard::fail;

/// A limit of the requests to a [`FakeOrq`](crate::FakeOrq), or to one of its deployments, in a window of time.
///
/// The window is fixed: it begins with the first request that is counted, and the first one after its end begins the
/// next. Each API key has its own window. A refused request isn't counted, so a client that waits for the `retry-after`
/// succeeds. The time is that of the double's timer.
///
/// A refusal is a 429 in orq's [documented](https://docs.orq.ai/reference/rate-limits) shape, with the code
/// `requests_per_minute_exceeded` if the window is a minute, and `rate_limit_exceeded` otherwise. It has these
/// headers, and all but the first are on a 200 too:
///
/// | header | value |
/// |---|---|
/// | `retry-after` | the time until the window ends, in whole seconds, rounded up |
/// | `x-ratelimit-limit` | the requests of a window |
/// | `x-ratelimit-remaining` | how many of them are left |
/// | `x-ratelimit-reset` | the same time, as `58s` |
///
/// ```
/// use futures::executor::block_on;
/// use orq_core::DeploymentRequest;
/// use orq_testkit::{FakeOrq, FakeRateLimit};
///
/// let fake = FakeOrq::builder().rate_limit(FakeRateLimit::per_minute(1)).build();
/// let deployments = fake.client().deployments();
/// let request = DeploymentRequest::new("chat");
///
/// let first = block_on(deployments.invoke(&request))?;
/// assert_eq!(first.meta().rate_limit().remaining, Some(0));
///
/// // The client waits for a minute, as `retry-after` says, and tries again. The minute passes by itself.
/// let second = block_on(deployments.invoke(&request))?;
/// assert_eq!(second.meta().failed_attempts().len(), 1);
/// # Ok::<(), orq_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FakeRateLimit {
    requests: u64,
    window: Duration,
}

impl FakeRateLimit {
    pub(crate) const MINUTE: Duration = Duration::from_secs(60);

    /// Allows this many requests in each minute.
    ///
    /// # Panics
    ///
    /// If `requests` is 0.
    #[track_caller]
    pub fn per_minute(requests: u64) -> Self {
        Self::new(requests, Self::MINUTE)
    }

    /// Allows this many requests in each window of this length.
    ///
    /// # Panics
    ///
    /// If either is 0.
    #[track_caller]
    pub fn new(requests: u64, window: Duration) -> Self {
        if requests == 0 || window.is_zero() {
            fail("a rate limit lets through at least one request, in a window longer than nothing");
        }
        Self { requests, window }
    }

    pub(crate) fn requests(self) -> u64 {
        self.requests
    }

    pub(crate) fn window(self) -> Duration {
        self.window
    }

    /// The code of a refusal.
    pub(crate) fn code(self) -> &'static str {
        match self.window == Self::MINUTE {
            true => "requests_per_minute_exceeded",
            false => "rate_limit_exceeded",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_that_of_the_window() {
        let code = FakeRateLimit::per_minute(1).code();
        assert_eq!(code, "requests_per_minute_exceeded");
        let code = FakeRateLimit::new(1, Duration::from_secs(1)).code();
        assert_eq!(code, "rate_limit_exceeded");
    }

    #[test]
    #[should_panic(expected = "at least one request")]
    fn a_limit_that_lets_nothing_through_fails_the_test() {
        let _ = FakeRateLimit::per_minute(0);
    }
}
