//! The timer of a double, and what it can be told.

use std::{
    any::Any,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use orq_core::Timer;

use super::ManualTimer;

/// A timer of any kind; if it is a [`ManualTimer`], it hears what goes on.
#[derive(Clone, Debug)]
pub(crate) struct TimeSource {
    timer: Arc<dyn Timer>,
    manual: Option<ManualTimer>,
    /// The date at the timer's epoch, as the time since the Unix epoch.
    pub(crate) starts_at: Duration,
}

/// 2026-01-01T00:00:00Z.
const START: Duration = Duration::from_secs(1_767_225_600);

impl TimeSource {
    pub(crate) fn new(timer: impl Timer + 'static) -> Self {
        let manual = (&timer as &dyn Any).downcast_ref().cloned();
        Self {
            timer: Arc::new(timer),
            manual,
            starts_at: START,
        }
    }

    /// The date, as the time since the Unix epoch.
    pub(crate) fn date(&self) -> Duration {
        self.starts_at.saturating_add(self.timer.now())
    }

    pub(crate) fn timer(&self) -> &Arc<dyn Timer> {
        &self.timer
    }

    /// The timer, if it can be moved by hand.
    pub(crate) fn manual(&self) -> Option<&ManualTimer> {
        self.manual.as_ref()
    }

    /// Says that something happened.
    pub(crate) fn stir(&self) {
        if let Some(manual) = &self.manual {
            manual.stir();
        }
    }

    /// Says that something outside is waited for, until what is returned is released or dropped.
    pub(crate) fn hold(&self) -> Hold {
        if let Some(manual) = &self.manual {
            manual.hold();
        }
        Hold {
            manual: self.manual.clone(),
            released: AtomicBool::new(false),
        }
    }
}

impl Default for TimeSource {
    fn default() -> Self {
        Self::new(ManualTimer::auto())
    }
}

/// Keeps a clock from moving by itself.
#[derive(Debug)]
#[must_use]
pub(crate) struct Hold {
    manual: Option<ManualTimer>,
    released: AtomicBool,
}

impl Hold {
    /// Lets go of the clock, once.
    pub(crate) fn release(&self) {
        if let Some(manual) = &self.manual
            && !self.released.swap(true, Ordering::AcqRel)
        {
            manual.release();
        }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.release();
    }
}
