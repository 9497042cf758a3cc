//! A failed attempt, and what was decided after it.

use std::{borrow::Cow, time::Duration};

use http::StatusCode;

use super::kind::ErrorKind;
use crate::transport::Delivery;

/// What to do after a failed attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetryDecision {
    /// Make another attempt after this wait.
    #[non_exhaustive]
    Repeat {
        /// How long to wait first.
        after: Duration,
    },
    /// Return the error.
    #[non_exhaustive]
    Stop {
        /// The reason, in a few words for a log.
        why: Cow<'static, str>,
    },
}

impl RetryDecision {
    /// Makes another attempt after this wait.
    pub fn repeat(after: Duration) -> Self {
        Self::Repeat { after }
    }

    /// Returns the error, for this reason.
    pub fn stop(why: impl Into<Cow<'static, str>>) -> Self {
        Self::Stop { why: why.into() }
    }
}

/// An attempt that failed, and what was decided after it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailedAttempt {
    /// The kind of failure.
    pub kind: ErrorKind,
    /// The response's status, if a response arrived.
    pub status: Option<StatusCode>,
    /// Whether the request can have reached the server; `None` if no request was made.
    pub delivery: Option<Delivery>,
    /// The failure in one line, as [`Error`](crate::Error) displays it.
    pub summary: String,
    /// What was decided: how long the client waited before the next attempt, or why there was none.
    pub decision: RetryDecision,
}

impl FailedAttempt {
    /// Returns how long the client waited afterwards; `None` if it was the last attempt.
    pub fn waited(&self) -> Option<Duration> {
        match &self.decision {
            RetryDecision::Repeat { after } => Some(*after),
            RetryDecision::Stop { .. } => None,
        }
    }
}
