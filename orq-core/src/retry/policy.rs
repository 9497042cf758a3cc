//! The trait of retry policies, and the policy that never repeats.

use std::{fmt, sync::Arc};

use crate::{
    error::{Error, FailedAttempt, RetryDecision},
    maybe_send::{MaybeSend, MaybeSync},
};

/// Decides whether a failed attempt is followed by another.
///
/// It is asked after each attempt that sent a request or would have sent one, but not if there was no key to send; for
/// a stream, until its first event is returned to the caller. Whatever it decides, the client makes no attempt after the timeout of the whole call, and
/// doesn't wait if it has no [`Timer`](crate::Timer): a decision to repeat at once still counts then.
pub trait RetryPolicy: fmt::Debug + MaybeSend + MaybeSync {
    /// Returns what to do after `error`. `earlier` are the attempts that failed before it.
    fn decide(&self, error: &Error, earlier: &[FailedAttempt]) -> RetryDecision;
}

impl<P: RetryPolicy + ?Sized> RetryPolicy for Arc<P> {
    fn decide(&self, error: &Error, earlier: &[FailedAttempt]) -> RetryDecision {
        (**self).decide(error, earlier)
    }
}

/// The policy that never makes a second attempt.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoRetry;

impl RetryPolicy for NoRetry {
    fn decide(&self, _: &Error, _: &[FailedAttempt]) -> RetryDecision {
        RetryDecision::stop("retries are off")
    }
}
