//! What a recorder has seen so far.

use std::{
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use orq_core::{Timer, transport::HttpTransport};

use super::exchange::RecordedExchange;
use crate::lock::lock;

/// What the test and its handles share.
pub(super) struct Recording {
    pub(super) inner: Arc<dyn HttpTransport>,
    pub(super) timer: Option<Arc<dyn Timer>>,
    pub(super) exchanges: Mutex<Vec<RecordedExchange>>,
}

impl Recording {
    pub(super) fn now(&self) -> Duration {
        self.timer
            .as_ref()
            .map(|timer| timer.now())
            .unwrap_or_default()
    }

    /// Changes the exchange at `index`, at the present time.
    pub(super) fn update(
        &self,
        index: usize,
        change: impl FnOnce(&mut RecordedExchange, Duration),
    ) {
        let now = self.now();
        if let Some(exchange) = lock(&self.exchanges).get_mut(index) {
            change(exchange, now);
        }
    }
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording")
            .field("inner", &self.inner)
            .field("interactions", &lock(&self.exchanges).len())
            .finish_non_exhaustive()
    }
}
