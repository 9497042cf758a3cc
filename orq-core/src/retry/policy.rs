//! The trait of retry policies, and the policy that never retries.

use std::{fmt, sync::Arc};

use crate::{
    error::{Error, FailedAttempt, RetryDecision},
    maybe_send::{MaybeSend, MaybeSync},
};

/// Decides whether to retry after a failed attempt.
///
/// It is called after each failed attempt of a call, unless the API key provider failed; for a stream, until the call
/// has returned the stream. The client returns the error in spite of a decision to retry if the wait would exceed the
/// timeout of the whole call, if the wait isn't zero and there is no [`Timer`](crate::Timer), or if the
/// [`RetryBudget`](super::RetryBudget) is used up.
pub trait RetryPolicy: fmt::Debug + MaybeSend + MaybeSync {
    /// Returns the decision after an attempt that failed with `error`. `earlier` are the attempts that failed before
    /// it, in order.
    fn decide(&self, error: &Error, earlier: &[FailedAttempt]) -> RetryDecision;
}

impl<P: RetryPolicy + ?Sized> RetryPolicy for Arc<P> {
    fn decide(&self, error: &Error, earlier: &[FailedAttempt]) -> RetryDecision {
        (**self).decide(error, earlier)
    }
}

/// The policy that never retries.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoRetry;

impl RetryPolicy for NoRetry {
    fn decide(&self, _: &Error, _: &[FailedAttempt]) -> RetryDecision {
        RetryDecision::stop("retries are off")
    }
}
