//! Time as the core sees it: a [`Timer`] given by the transport's runtime.
//!
//! The core never asks the operating system for the time, so that it runs in a browser and so that a test
//! can hold the clock in its hand.

use std::{fmt, sync::Arc, time::Duration};

use crate::transport::{BoxFuture, MaybeSend, MaybeSync};

/// The future that [`Timer::sleep`] returns. It is `Send`, except on `wasm32-unknown-unknown`.
pub type Sleep = BoxFuture<'static, ()>;

/// A clock that can be read and waited on.
///
/// Each transport hands out the timer of the runtime it lives in
/// ([`HttpTransport::timer`](crate::transport::HttpTransport::timer)); a client may be given another one.
///
/// Implementations must be monotonic: [`now`](Timer::now) never goes back, and a sleep of `d` that began at
/// `now` does not end while `now() < now + d`.
pub trait Timer: fmt::Debug + MaybeSend + MaybeSync {
    /// Time since this timer's own epoch, which means nothing outside of it.
    fn now(&self) -> Duration;

    /// Wall-clock time since the Unix epoch (1970-01-01T00:00:00Z).
    ///
    /// It is read only to turn a date that a server sent into a delay.
    fn wall(&self) -> Duration;

    /// A future that is ready once `duration` has passed.
    ///
    /// The time is counted from this call, not from the first poll. Dropping the future forgets it.
    fn sleep(&self, duration: Duration) -> Sleep;
}

impl<T: Timer + ?Sized> Timer for Arc<T> {
    fn now(&self) -> Duration {
        (**self).now()
    }

    fn wall(&self) -> Duration {
        (**self).wall()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        (**self).sleep(duration)
    }
}
