//! How long to wait before another attempt.

use std::{
    collections::hash_map::RandomState,
    fmt,
    hash::{BuildHasher, Hasher},
    sync::Arc,
    time::Duration,
};

use crate::transport::{MaybeSend, MaybeSync};

/// A source of chance for [`Backoff`].
pub trait Jitter: fmt::Debug + MaybeSend + MaybeSync {
    /// A number from 0 up to 1, which is left out.
    fn next(&self) -> f64;
}

/// Chance from the seeds that the standard library gives to its hash maps.
#[derive(Debug)]
struct StandardJitter;

impl Jitter for StandardJitter {
    fn next(&self) -> f64 {
        // The upper 53 bits, which is as many as an f64 between 0 and 1 has.
        (RandomState::new().build_hasher().finish() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Exponential backoff with full jitter: a random wait between zero and a bound that doubles with each attempt.
#[derive(Clone, Debug)]
#[must_use]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    jitter: Arc<dyn Jitter>,
}

impl Backoff {
    /// A bound of `first` after the first failure, doubled after each further one, and never above `longest`.
    pub fn exponential(first: Duration, longest: Duration) -> Self {
        Self {
            first,
            longest,
            jitter: Arc::new(StandardJitter),
        }
    }

    /// Takes its chance from here, for instance from a seeded generator in a test.
    pub fn jitter(mut self, jitter: impl Jitter + 'static) -> Self {
        self.jitter = Arc::new(jitter);
        self
    }

    /// The wait after `failures` failures, at least one.
    pub fn wait(&self, failures: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
        let bound = self.first.saturating_mul(doubled).min(self.longest);
        let chance = self.jitter.next();
        let part = if chance.is_finite() {
            chance.clamp(0.0, 1.0)
        } else {
            1.0
        };
        Duration::try_from_secs_f64(bound.as_secs_f64() * part).unwrap_or(bound)
    }
}

/// Half a second after the first failure, at most 8 seconds.
impl Default for Backoff {
    fn default() -> Self {
        Self::exponential(Duration::from_millis(500), Duration::from_secs(8))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Always(f64);

    impl Jitter for Always {
        fn next(&self) -> f64 {
            self.0
        }
    }

    fn waits(chance: f64) -> Vec<u128> {
        let backoff = Backoff::default().jitter(Always(chance));
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
    fn a_broken_source_of_chance_does_no_harm() {
        for chance in [f64::NAN, f64::INFINITY, 7.0] {
            assert_eq!(waits(chance), waits(1.0));
        }
        assert_eq!(waits(-1.0), waits(0.0));
    }

    #[test]
    fn the_standard_source_stays_in_its_range_and_varies() {
        let drawn: Vec<_> = (0..100).map(|_| StandardJitter.next()).collect();
        assert!(drawn.iter().all(|chance| (0.0..1.0).contains(chance)));
        assert!(drawn.iter().any(|chance| *chance != drawn[0]));
    }
}
