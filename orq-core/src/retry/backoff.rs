//! How long to wait before a retry.

use std::{
    collections::hash_map::RandomState,
    fmt,
    hash::{BuildHasher, Hasher},
    sync::Arc,
    time::Duration,
};

use crate::maybe_send::{MaybeSend, MaybeSync};

/// A function that returns random numbers in `[0, 1)`.
trait Jitter: Fn() -> f64 + MaybeSend + MaybeSync {}
impl<F: Fn() -> f64 + MaybeSend + MaybeSync> Jitter for F {}

/// Exponential backoff with full jitter: a random wait between zero and a bound that doubles with each failure.
/// Default: the bound is 500 ms after the first failure, and at most 8 s.
#[derive(Clone)]
#[must_use]
pub struct Backoff {
    first: Duration,
    max: Duration,
    jitter: Arc<dyn Jitter>,
}

impl Backoff {
    /// Creates a backoff whose bound is `first` after the first failure, doubles with each further failure, and is at
    /// most `max`.
    pub fn exponential(first: Duration, max: Duration) -> Self {
        Self {
            first,
            max,
            jitter: Arc::new(random),
        }
    }

    /// Sets the function that returns random numbers in `[0, 1)`, for example a seeded generator in a test. Default:
    /// numbers from the standard library's [`RandomState`].
    pub fn jitter(mut self, jitter: impl Fn() -> f64 + MaybeSend + MaybeSync + 'static) -> Self {
        self.jitter = Arc::new(jitter);
        self
    }

    /// Returns a random wait after this number of failures. Zero failures count as one.
    pub fn wait(&self, failures: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
        let bound = self.first.saturating_mul(doubled).min(self.max);
        let random = (self.jitter)();
        let part = if random.is_finite() {
            random.clamp(0.0, 1.0)
        } else {
            1.0
        };
        Duration::try_from_secs_f64(bound.as_secs_f64() * part).unwrap_or(bound)
    }
}

/// A bound of 500 ms after the first failure, and at most 8 s.
impl Default for Backoff {
    fn default() -> Self {
        Self::exponential(Duration::from_millis(500), Duration::from_secs(8))
    }
}

impl fmt::Debug for Backoff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backoff")
            .field("first", &self.first)
            .field("max", &self.max)
            .finish_non_exhaustive()
    }
}

fn random() -> f64 {
    // The upper 53 bits: the precision of an f64 in [0, 1).
    (RandomState::new().build_hasher().finish() >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(random: f64) -> Vec<u128> {
        let backoff = Backoff::default().jitter(move || random);
        [1, 2, 3, 5, 6, 40, u32::MAX]
            .map(|failures| backoff.wait(failures).as_millis())
            .to_vec()
    }

    #[test]
    fn the_bound_doubles_up_to_the_longest() {
        assert_eq!(waits(1.0), [500, 1000, 2000, 8000, 8000, 8000, 8000]);
        assert_eq!(waits(0.5), [250, 500, 1000, 4000, 4000, 4000, 4000]);
        assert_eq!(waits(0.0), [0; 7]);
    }

    #[test]
    fn broken_randomness_does_no_harm() {
        for random in [f64::NAN, f64::INFINITY, 7.0] {
            assert_eq!(waits(random), waits(1.0));
        }
        assert_eq!(waits(-1.0), waits(0.0));
    }

    #[test]
    fn the_standard_jitter_stays_in_its_range_and_varies() {
        let drawn: Vec<_> = (0..100).map(|_| random()).collect();
        assert!(drawn.iter().all(|drawn| (0.0..1.0).contains(drawn)));
        assert!(drawn.iter().any(|other| *other != drawn[0]));
    }
}
