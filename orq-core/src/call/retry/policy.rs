//! The trait, and the policy that never repeats.

use std::{borrow::Cow, fmt, sync::Arc, time::Duration};

use super::FailedAttempt;
use crate::{
    error::Error,
    transport::{MaybeSend, MaybeSync},
};

/// What to do after a failed attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetryDecision {
    /// Try again after this wait.
    #[non_exhaustive]
    Repeat {
        /// How long to wait first.
        after: Duration,
    },
    /// Return the error.
    #[non_exhaustive]
    Stop {
        /// Why, in a few words for a log.
        why: Cow<'static, str>,
    },
}

impl RetryDecision {
    /// Try again after this wait.
    pub fn repeat(after: Duration) -> Self {
        Self::Repeat { after }
    }

    /// Return the error, for this reason.
    pub fn stop(why: impl Into<Cow<'static, str>>) -> Self {
        Self::Stop { why: why.into() }
    }
}

/// Decides whether a failed attempt is followed by another.
///
/// It is asked after each attempt that failed once something was or would have been sent, for a stream until its
/// first event is handed out. Whatever it decides, the client doesn't wait past the clock on the whole call, and
/// doesn't repeat anything if it has no [`Timer`](crate::Timer) to wait with.
pub trait RetryPolicy: fmt::Debug + MaybeSend + MaybeSync {
    /// What to do after `error`, when the attempts `earlier` had failed too.
    fn decide(&self, error: &Error, earlier: &[FailedAttempt]) -> RetryDecision;
}

impl<P: RetryPolicy + ?Sized> RetryPolicy for Arc<P> {
    fn decide(&self, error: &Error, earlier: &[FailedAttempt]) -> RetryDecision {
        (**self).decide(error, earlier)
    }
}

/// Repeats nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoRetry;

impl RetryPolicy for NoRetry {
    fn decide(&self, _: &Error, _: &[FailedAttempt]) -> RetryDecision {
        RetryDecision::stop("retries are off")
    }
}
