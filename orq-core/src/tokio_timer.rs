//! The timer of the tokio runtime, with the feature `tokio`.

use std::{future::poll_fn, task::Poll, time::Duration};

use tokio::{
    runtime::Handle,
    time::{self, Instant},
};

use crate::time::{Sleep, Timer};

/// The longest sleep; every platform's clock can add it.
const FAR_FUTURE: Duration = Duration::from_secs(60 * 60 * 24 * 365 * 30);

/// A [`Timer`] on tokio's clock, which a test can pause (`tokio::time::pause`). It exists with the feature `tokio`.
///
/// The runtime must have its time driver enabled, as it is under `#[tokio::main]` and `enable_all()`. A sleep can be
/// created anywhere; polled outside of a runtime it stays pending instead of panicking.
///
/// ```
/// use orq_core::{Timer, TokioTimer};
///
/// let timer = TokioTimer::new();
/// let earlier = timer.now();
/// assert!(timer.now() >= earlier);
/// ```
#[derive(Clone, Debug)]
pub struct TokioTimer {
    epoch: Instant,
}

impl TokioTimer {
    /// Creates a timer that counts from now.
    pub fn new() -> Self {
        Self {
            epoch: Instant::now(),
        }
    }
}

impl Default for TokioTimer {
    fn default() -> Self {
        Self::new()
    }
}

impl Timer for TokioTimer {
    fn now(&self) -> Duration {
        Instant::now().saturating_duration_since(self.epoch)
    }

    #[expect(clippy::disallowed_methods, reason = "this is the timer")]
    fn sleep(&self, duration: Duration) -> Sleep {
        // `time::sleep` panics outside of a runtime, so it is created by the first poll. The deadline is fixed here,
        // because the time counts from this call.
        let now = Instant::now();
        let deadline = now.checked_add(duration.min(FAR_FUTURE)).unwrap_or(now);
        Box::pin(async move {
            poll_fn(|_| match Handle::try_current() {
                Ok(_) => Poll::Ready(()),
                Err(_) => Poll::Pending,
            })
            .await;
            time::sleep_until(deadline).await;
        })
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_sleep_counts_from_its_creation() {
        let timer = TokioTimer::new();
        let sleep = timer.sleep(Duration::from_secs(5));
        time::advance(Duration::from_secs(4)).await;
        let mut sleep = sleep;
        assert!((&mut sleep).now_or_never().is_none());
        time::advance(Duration::from_secs(1)).await;
        sleep.await;
        assert_eq!(timer.now(), Duration::from_secs(5));
    }

    #[tokio::test(start_paused = true)]
    async fn the_longest_sleep_does_not_panic() {
        let timer = TokioTimer::new();
        assert!(timer.sleep(Duration::MAX).now_or_never().is_none());
    }

    #[test]
    fn outside_of_a_runtime_nothing_panics() {
        let timer = TokioTimer::new();
        let before = timer.now();
        assert!(timer.sleep(Duration::ZERO).now_or_never().is_none());
        assert!(timer.now() >= before);
    }
}
