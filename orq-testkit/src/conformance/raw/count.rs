//! Counts that can be waited for.

use tokio::sync::watch;

/// A count that all its clones share.
#[derive(Clone, Debug, Default)]
pub(crate) struct Count(watch::Sender<usize>);

impl Count {
    pub(crate) fn add(&self) {
        self.0.send_modify(|count| *count += 1);
    }

    pub(crate) fn get(&self) -> usize {
        *self.0.borrow()
    }

    /// Waits until something was counted.
    pub(crate) async fn any(&self) {
        // The channel is open as long as this end of it.
        let _ = self.0.subscribe().wait_for(|count| *count > 0).await;
    }
}
