//! A rate limit at work.

use std::{collections::HashMap, sync::Mutex, time::Duration};

use http::StatusCode;

use super::rate_limit::FakeRateLimit;
use crate::{lock::lock, shape::Problem};

/// What the headers of a double tell that has no limit of its own. Nobody is refused.
const ADVERTISED: u64 = 1000;

/// Counts the requests of each key.
#[derive(Debug)]
pub(crate) struct Limiter {
    limit: FakeRateLimit,
    enforced: bool,
    /// By the key's index.
    windows: Mutex<HashMap<usize, Window>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Window {
    ends: Duration,
    used: u64,
}

/// Where a key stands after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) limit: FakeRateLimit,
    pub(crate) remaining: u64,
    pub(crate) resets_in: Duration,
    /// Whether the request is let through.
    pub(crate) admitted: bool,
    enforced: bool,
}

impl Limiter {
    pub(crate) fn enforcing(limit: FakeRateLimit) -> Self {
        Self {
            limit,
            enforced: true,
            windows: Mutex::default(),
        }
    }

    /// A limit that is told of and not enforced.
    pub(crate) fn advertised() -> Self {
        Self {
            enforced: false,
            ..Self::enforcing(FakeRateLimit::per_minute(ADVERTISED))
        }
    }

    /// Counts a request of this key at `now`, unless it is refused.
    pub(crate) fn take(&self, key: usize, now: Duration) -> Standing {
        let mut windows = lock(&self.windows);
        let window = windows.entry(key).or_default();
        if now >= window.ends {
            *window = Window {
                ends: now.saturating_add(self.limit.window()),
                used: 0,
            };
        }
        let left = self.limit.requests().saturating_sub(window.used);
        if left > 0 {
            window.used += 1;
        }
        Standing {
            limit: self.limit,
            remaining: left.saturating_sub(1),
            resets_in: window.ends.saturating_sub(now),
            admitted: left > 0 || !self.enforced,
            enforced: self.enforced,
        }
    }
}

impl Standing {
    /// Of two limits that a request met, the one to be told of: the one that refuses, or that is nearer to it.
    pub(crate) fn tighter(self, later: Self) -> Self {
        match self.enforced && self.remaining < later.remaining {
            true => self,
            false => later,
        }
    }

    /// More requests than the limit lets through.
    pub(crate) fn refusal(&self) -> Problem {
        let (limit, seconds) = (self.limit, self.seconds());
        let (requests, window) = (limit.requests(), limit.window());
        let message =
            format!("More than {requests} requests in {window:?}. Try again in {seconds} seconds.");
        Problem::coded(StatusCode::TOO_MANY_REQUESTS, limit.code(), &message, None)
    }

    /// How long the window goes on, in whole seconds, rounded up.
    pub(crate) fn seconds(&self) -> u64 {
        let begun = u64::from(self.resets_in.subsec_nanos() > 0);
        self.resets_in.as_secs().saturating_add(begun)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn two_in_ten_seconds() -> Limiter {
        Limiter::enforcing(FakeRateLimit::new(2, 10 * SECOND))
    }

    /// Whether it was admitted, what remains, and for how many seconds.
    fn take(limiter: &Limiter, key: usize, now: Duration) -> (bool, u64, u64) {
        let standing = limiter.take(key, now);
        (standing.admitted, standing.remaining, standing.seconds())
    }

    #[test]
    fn a_window_begins_with_its_first_request() {
        let limiter = two_in_ten_seconds();
        assert_eq!(take(&limiter, 0, 3 * SECOND), (true, 1, 10));
        assert_eq!(take(&limiter, 0, 12 * SECOND), (true, 0, 1));
        assert_eq!(take(&limiter, 0, 12 * SECOND), (false, 0, 1));
        // Who was refused and waits for as long as it is told gets through.
        assert_eq!(take(&limiter, 0, 13 * SECOND), (true, 1, 10));
    }

    #[test]
    fn seconds_are_rounded_up() {
        let limiter = two_in_ten_seconds();
        take(&limiter, 0, Duration::ZERO);
        assert_eq!(take(&limiter, 0, Duration::from_millis(1)), (true, 0, 10));
        let last = Duration::from_nanos(9_999_999_999);
        assert_eq!(take(&limiter, 0, last), (false, 0, 1));
    }

    #[test]
    fn each_key_has_its_own() {
        let limiter = two_in_ten_seconds();
        for key in [0, 1] {
            assert_eq!(take(&limiter, key, SECOND), (true, 1, 10));
        }
    }

    #[test]
    fn what_is_only_told_refuses_nobody() {
        let limiter = Limiter::advertised();
        for used in 1..=ADVERTISED {
            assert_eq!(take(&limiter, 0, SECOND), (true, ADVERTISED - used, 60));
        }
        assert_eq!(take(&limiter, 0, SECOND), (true, 0, 60));
    }

    #[test]
    fn at_the_end_of_time_nothing_overflows() {
        let limiter = two_in_ten_seconds();
        assert_eq!(take(&limiter, 0, Duration::MAX), (true, 1, 0));
    }

    #[test]
    fn the_limit_that_is_nearer_to_its_end_is_told() {
        let wide = Limiter::enforcing(FakeRateLimit::per_minute(9)).take(0, SECOND);
        let tight = two_in_ten_seconds().take(0, SECOND);
        assert_eq!(wide.tighter(tight), tight);
        assert_eq!(tight.tighter(wide), tight);
        let told = Limiter::advertised().take(0, SECOND);
        let wider = Limiter::enforcing(FakeRateLimit::per_minute(5000)).take(0, SECOND);
        assert_eq!(
            told.tighter(wider),
            wider,
            "a limit that is none doesn't count"
        );
    }
}
