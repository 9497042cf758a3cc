//! The [`Timer`], which the transport provides.
//!
//! The core never reads the time of the operating system, so that it runs in a browser and tests can control the time.

use std::{fmt, sync::Arc, time::Duration};

use crate::maybe_send::{BoxFuture, MaybeSend, MaybeSync};

/// The future that [`Timer::sleep`] returns. It is `Send`, except on `wasm32-unknown-unknown`.
pub type Sleep = BoxFuture<'static, ()>;

/// A monotonic clock and its sleeps, for timeouts and the waits between attempts.
///
/// Each transport returns the timer of its runtime from
/// [`HttpTransport::timer`](crate::transport::HttpTransport::timer);
/// [`ClientBuilder::timer`](crate::client::ClientBuilder::timer) replaces it.
///
/// An implementation must be monotonic: [`now`](Timer::now) never goes back, and a sleep of `d` that began at `t`
/// ends no earlier than `now() == t + d`.
pub trait Timer: fmt::Debug + MaybeSend + MaybeSync {
    /// Returns the time since an arbitrary start that is fixed for this timer.
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
