//! An attempt that failed, as the attempts after it remember it.

use std::time::Duration;

use http::StatusCode;

use super::RetryDecision;
use crate::{
    error::{Error, ErrorKind},
    transport::Delivery,
};

/// An attempt that failed, and what was decided then.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailedAttempt {
    /// What kind of failure it was.
    pub kind: ErrorKind,
    /// The response's status, if a response arrived.
    pub status: Option<StatusCode>,
    /// Whether the request can have reached the server.
    pub delivery: Option<Delivery>,
    /// The failure in one line.
    pub summary: String,
    /// What was decided: how long was waited before the next attempt, or why there was none.
    pub decision: RetryDecision,
}

impl FailedAttempt {
    pub(crate) fn new(error: &Error, decision: RetryDecision) -> Self {
        Self {
            kind: error.kind(),
            status: error.status(),
            delivery: error.delivery(),
            summary: error.to_string(),
            decision,
        }
    }

    /// How long was waited after it; `None` if it was the last.
    pub fn waited(&self) -> Option<Duration> {
        match &self.decision {
            RetryDecision::Repeat { after } => Some(*after),
            RetryDecision::Stop { .. } => None,
        }
    }
}
