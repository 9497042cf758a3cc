//! How the client makes an error, piece by piece.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::{Clock, Error, ErrorBody, ErrorKind, Inner, Source, Timeout};
use crate::{
    auth::ApiKey,
    call::retry::{FailedAttempt, RetryDecision},
    model::Completion,
    transport::{Delivery, Phase},
};

impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner {
            kind,
            field: None,
            message: None,
            code: None,
            error_type: None,
            status: None,
            headers: HeaderMap::new(),
            body: None,
            trace_id: None,
            retry_after: None,
            phase: None,
            delivery: None,
            timeout: None,
            partial: None,
            idempotent: false,
            attempts: Vec::new(),
            source: None,
        }))
    }

    pub(crate) fn configuration(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config).with_message(message)
    }

    pub(crate) fn argument(field: impl Into<String>, message: impl Into<String>) -> Self {
        let mut error = Self::new(ErrorKind::Argument).with_message(message);
        error.0.field = Some(field.into());
        error
    }

    pub(crate) fn with_message(mut self, message: impl Into<String>) -> Self {
        self.0.message = Some(message.into());
        self
    }

    pub(crate) fn with_source(mut self, source: impl Into<Source>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn with_error_body(mut self, body: ErrorBody) -> Self {
        self.0.code = body.code;
        self.0.error_type = body.error_type;
        self.0.message = body.message.or(self.0.message);
        self
    }

    pub(crate) fn with_response(mut self, status: StatusCode, headers: HeaderMap) -> Self {
        self.0.trace_id = crate::response::trace_id(&headers).or(self.0.trace_id);
        self.0.status = Some(status);
        self.0.headers = headers;
        self.0.delivery = Some(Delivery::Answered);
        self
    }

    pub(crate) fn with_body(mut self, body: Bytes) -> Self {
        self.0.body = Some(body);
        self
    }

    pub(crate) fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        self.0.retry_after = retry_after;
        self
    }

    pub(crate) fn with_reach(mut self, phase: Phase, delivery: Delivery) -> Self {
        self.0.phase = Some(phase);
        self.0.delivery = Some(delivery);
        self
    }

    pub(crate) fn with_timeout(mut self, clock: Clock, waited: Duration) -> Self {
        self.0.timeout = Some(Timeout {
            clock,
            waited: Some(waited),
        });
        self
    }

    /// Adds what had arrived. Its telemetry may name the trace; `key` is hidden there, should the server have
    /// repeated it.
    pub(crate) fn with_partial(mut self, partial: Completion, key: &ApiKey) -> Self {
        let in_telemetry = || {
            let id = crate::response::trace_id_in(&partial)?;
            Some(key.redact_text(id).unwrap_or_else(|| id.to_owned()))
        };
        self.0.trace_id = self.0.trace_id.take().or_else(in_telemetry);
        self.0.partial = Some(partial);
        self
    }

    pub(crate) fn with_idempotent(mut self, idempotent: bool) -> Self {
        self.0.idempotent = idempotent;
        self
    }

    /// Adds what went before, and this failure itself with what was decided on it.
    pub(crate) fn with_attempts(
        mut self,
        earlier: Vec<FailedAttempt>,
        decision: RetryDecision,
    ) -> Self {
        let last = FailedAttempt::new(&self, decision);
        self.0.attempts = earlier;
        self.0.attempts.push(last);
        self
    }
}
