//! Time as the core sees it: a [`Timer`] that the transport's runtime provides.
//!
//! The core never asks the operating system for the time, so that it runs in a browser and a test can control the
//! clock.

use std::{fmt, sync::Arc, time::Duration};

use crate::maybe_send::{BoxFuture, MaybeSend, MaybeSync};

/// The future that [`Timer::sleep`] returns. It is `Send`, except on `wasm32-unknown-unknown`.
pub type Sleep = BoxFuture<'static, ()>;

/// A monotonic clock that can be read and waited on.
///
/// Each transport returns the timer of its runtime from
/// [`HttpTransport::timer`](crate::transport::HttpTransport::timer);
/// [`ClientBuilder::timer`](crate::client::ClientBuilder::timer) replaces it.
///
/// An implementation must be monotonic: [`now`](Timer::now) never goes back, and a sleep of `d` that began at `t`
/// ends no earlier than `now() == t + d`.
pub trait Timer: fmt::Debug + MaybeSend + MaybeSync {
    /// Returns the time since this timer's own epoch, which has no meaning outside of the timer.
    fn now(&self) -> Duration;

    /// Returns a future that is ready once `duration` has passed, counted from this call and not from the first
    /// poll. Dropping the future cancels the sleep.
    fn sleep(&self, duration: Duration) -> Sleep;
}

impl<T: Timer + ?Sized> Timer for Arc<T> {
    fn now(&self) -> Duration {
        (**self).now()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        (**self).sleep(duration)
    }
}
