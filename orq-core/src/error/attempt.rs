//! A failed attempt, the decision of the retry policy, and the level of the retry budget.

use std::{borrow::Cow, time::Duration};

use http::StatusCode;

use super::kind::ErrorKind;
use crate::transport::Delivery;

/// The decision of a retry policy after a failed attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetryDecision {
    /// Retry after a wait.
    #[non_exhaustive]
    Repeat {
        /// How long to wait before the next attempt.
        after: Duration,
    },
    /// Return the error to the caller.
    #[non_exhaustive]
    Stop {
        /// The reason, as a short text for logs.
        why: Cow<'static, str>,
    },
}

impl RetryDecision {
    /// Returns the decision to retry after this wait.
    pub fn repeat(after: Duration) -> Self {
        Self::Repeat { after }
    }

    /// Returns the decision not to retry, for this reason.
    pub fn stop(why: impl Into<Cow<'static, str>>) -> Self {
        Self::Stop { why: why.into() }
    }
}

/// A failed attempt, and the decision of the retry policy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailedAttempt {
    /// The kind of failure.
    pub kind: ErrorKind,
    /// The status code of the response; `None` if no response arrived.
    pub status: Option<StatusCode>,
    /// Whether the request may have reached the server; `None` if no request was made.
    pub delivery: Option<Delivery>,
    /// The error in one line, as displayed by [`Error`](crate::Error).
    pub summary: String,
    /// How long the client waited before the next attempt, or why there was none.
    pub decision: RetryDecision,
}

impl FailedAttempt {
    /// Returns how long the client waited before the next attempt; `None` if this was the last one.
    pub fn waited(&self) -> Option<Duration> {
        match &self.decision {
            RetryDecision::Repeat { after } => Some(*after),
            RetryDecision::Stop { .. } => None,
        }
    }
}

/// The level of a [`RetryBudget`](crate::retry::RetryBudget), in retries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BudgetLevel {
    /// The number of retries that it allowed, rounded down.
    pub available: u32,
    /// The number of retries that it allows when it is full.
    pub capacity: u32,
}
