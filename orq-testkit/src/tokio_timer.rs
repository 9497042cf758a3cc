//! Real time, on tokio.

use std::time::Duration;

use orq_core::{Sleep, Timer};
use tokio::time::{Instant, sleep};

/// A [`Timer`] that runs on tokio's clock: for code under test that sleeps or times out on tokio itself, and for a
/// [`FakeOrq`](crate::FakeOrq) that shall give real dates.
///
/// In a test whose runtime is paused, everything then passes on one virtual clock:
///
/// ```
/// use std::time::Duration;
///
/// use orq_core::DeploymentRequest;
/// use orq_testkit::{MemoryTransport, TokioTimer, client, fixture};
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() {
/// let memory = MemoryTransport::with_timer(TokioTimer::new());
/// memory.allow_unread();
/// memory.reply(fixture::completion("late").into_reply().head_after(Duration::from_secs(10)));
///
/// let call = client(&memory).deployments().invoke(&DeploymentRequest::new("chat"));
/// assert!(tokio::time::timeout(Duration::from_secs(1), call).await.is_err());
/// # }
/// ```
///
/// Its sleeps must be awaited inside of a tokio runtime with time enabled. A runtime that is paused
/// (`tokio::time::pause`) holds them too.
#[derive(Clone, Debug)]
pub struct TokioTimer {
    epoch: Instant,
}

impl TokioTimer {
    /// A timer whose epoch is now.
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
        self.epoch.elapsed()
    }

    #[expect(clippy::disallowed_methods, reason = "this is the timer")]
    fn sleep(&self, duration: Duration) -> Sleep {
        let asked = Instant::now();
        Box::pin(async move { sleep(duration.saturating_sub(asked.elapsed())).await })
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn sleeps_count_from_when_they_were_asked_for() {
        const SECOND: Duration = Duration::from_secs(1);
        let timer = TokioTimer::new();
        let slept = timer.sleep(SECOND);
        tokio::time::advance(2 * SECOND).await;
        assert_eq!(timer.now(), 2 * SECOND);
        slept.await;
        assert_eq!(timer.now(), 2 * SECOND);
        timer.sleep(SECOND).await;
        assert!(timer.now() >= 3 * SECOND);
        assert!(timer.sleep(Duration::MAX).now_or_never().is_none());
    }
}
