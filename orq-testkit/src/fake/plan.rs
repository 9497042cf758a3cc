//! What was decided on a request, before any of it happens.

use std::time::Duration;

use http::StatusCode;
use serde_json::Value;

use super::model::{fault::What, settings::Settings};
use crate::{
    reply::{EndAt, Fault, Reply},
    shape::{Completion, Problem},
};

/// The answer to a request, and how it is given.
pub(super) struct Plan {
    pub(super) outcome: Outcome,
    /// How long the head takes.
    pub(super) latency: Duration,
    /// How long each event takes.
    pub(super) pace: Duration,
    /// Where the body ends early.
    pub(super) cutoff: Option<EndAt>,
}

/// The answer to a request.
pub(super) enum Outcome {
    Json(StatusCode, Value),
    Events(Box<Completion>),
    Script(Box<Reply>),
    Break(Fault),
}

impl Plan {
    pub(super) fn ok(body: Value) -> Self {
        Outcome::Json(StatusCode::OK, body).into()
    }

    pub(super) fn refusal(problem: Problem) -> Self {
        Outcome::Json(problem.status, problem.body).into()
    }

    pub(super) fn completion(completion: Completion, streamed: bool) -> Self {
        match streamed {
            true => Outcome::Events(Box::new(completion)).into(),
            false => Self::ok(completion.into_json()),
        }
    }

    /// What happens in place of an answer.
    ///
    /// # Errors
    ///
    /// If the fault is in the body of the answer: where.
    pub(super) fn fault(fault: &What) -> Result<Self, EndAt> {
        match fault {
            What::BreakBeforeHead(fault) => Ok(Outcome::Break(*fault).into()),
            What::Error(problem) => Ok(Self::refusal(problem.clone())),
            What::Reply(reply) => Ok(Outcome::Script(reply.clone()).into()),
            What::InBody(cutoff) => Err(*cutoff),
        }
    }

    /// The same in the deployment's time. A script has its own.
    pub(super) fn timed(mut self, settings: &Settings) -> Self {
        if !matches!(self.outcome, Outcome::Script(_)) {
            self.latency = settings.latency_ms.map_or(Duration::ZERO, |it| it.0);
            self.pace = settings.pace_ms.map_or(Duration::ZERO, |it| it.0);
        }
        self
    }
}

impl From<Outcome> for Plan {
    fn from(outcome: Outcome) -> Self {
        Self {
            outcome,
            latency: Duration::ZERO,
            pace: Duration::ZERO,
            cutoff: None,
        }
    }
}
