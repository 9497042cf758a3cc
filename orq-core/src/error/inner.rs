//! The fields of an error, and how the client sets them.

use std::{error::Error as StdError, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::{
    attempt::{BudgetLevel, FailedAttempt, RetryDecision},
    body::ErrorBody,
    kind::{Clock, ErrorKind, Timeout},
    page::page,
    retry_after::retry_after,
};
use crate::{
    headers::{self, without_secrets},
    model::Completion,
    secret::{ApiKey, InvalidApiKey},
    transport::{Delivery, Phase, TransportError},
};

/// The message where the server reported an error without words.
pub(crate) const REPORTED: &str = "the server reported an error";

pub(super) type Source = Box<dyn StdError + Send + Sync + 'static>;

/// The error of a call.
///
/// Its methods return the details. `Display` writes one line for a log, with kind, status, code, message and trace id.
/// Neither `Display` nor `Debug` shows a body or the API key. The type has the size of a pointer.
///
/// ```
/// use orq_core::{ErrorKind, RetryAdvice};
///
/// fn report(error: &orq_core::Error) {
///     match error.kind() {
///         ErrorKind::Api if error.is_rate_limited() => println!("wait {:?}", error.retry_after()),
///         ErrorKind::Truncated => {
///             println!("got only {:?}", error.partial().and_then(|partial| partial.text()));
///         }
///         _ if error.retry_advice() == RetryAdvice::Safe => println!("try again: {error}"),
///         _ => println!("give up: {error}"),
///     }
/// }
/// ```
pub struct Error(pub(super) Box<Inner>);

#[derive(Default)]
pub(super) struct Inner {
    pub(super) kind: ErrorKind,
    pub(super) field: Option<String>,
    pub(super) message: Option<String>,
    pub(super) code: Option<String>,
    pub(super) has_own_code: bool,
    pub(super) error_type: Option<String>,
    pub(super) status: Option<StatusCode>,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Bytes>,
    pub(super) trace_id: Option<String>,
    pub(super) retry_after: Option<Duration>,
    pub(super) phase: Option<Phase>,
    pub(super) delivery: Option<Delivery>,
    pub(super) timeout: Option<Timeout>,
    pub(super) partial: Option<Completion>,
    pub(super) idempotent: bool,
    pub(super) attempts: Vec<FailedAttempt>,
    pub(super) retry_budget: Option<BudgetLevel>,
    pub(super) source: Option<Source>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner {
            kind,
            ..Inner::default()
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

    /// Creates the error for a response with a status other than 2xx, or with an error in its body.
    pub(crate) fn of_response(
        status: StatusCode,
        headers: HeaderMap,
        body: &[u8],
        key: Option<&ApiKey>,
    ) -> Self {
        let mut error = Self::new(ErrorKind::Api);
        if status.is_success() {
            error = error.with_message(REPORTED);
        }
        error = error.with_error_body(ErrorBody::parse(body, key));
        if let Some(page) = page(body, &headers, key) {
            error = error.with_message(page);
        }
        if status.is_redirection()
            && let Some(to) = headers::text(&headers, "location")
        {
            let to = without_secrets(to);
            error = error.with_message(format!("not followed: a redirect to {to}"));
        }
        error.with_response(status, headers)
    }

    pub(crate) fn with_error_body(mut self, body: ErrorBody) -> Self {
        self.0.code = body.code;
        self.0.has_own_code = body.has_own_code;
        self.0.error_type = body.error_type;
        self.0.message = body.message.or(self.0.message);
        self
    }

    pub(crate) fn with_response(mut self, status: StatusCode, headers: HeaderMap) -> Self {
        let trace_id = headers::trace_id(&headers).map(str::to_owned);
        self.0.trace_id = trace_id.or(self.0.trace_id);
        let is_unreadable = matches!(self.0.kind, ErrorKind::Decode | ErrorKind::Truncated);
        if self.0.status.is_none()
            && is_unreadable
            && let Some(encoding) = headers::encoding(&headers)
        {
            let message = self.0.message.get_or_insert_default();
            *message += &format!("; the transport didn't decode its content-encoding {encoding:?}");
        }
        if matches!(self.0.kind, ErrorKind::Api | ErrorKind::StreamError) {
            self.0.retry_after = retry_after(&headers);
        }
        self.0.status = Some(status);
        self.0.headers = headers;
        self.0.delivery = Some(Delivery::Answered);
        self
    }

    pub(crate) fn with_body(mut self, body: Bytes) -> Self {
        self.0.body = Some(body);
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

    /// Sets the part of a streamed completion that had arrived. If the headers had no trace id, it is taken from the
    /// telemetry, with `key` redacted.
    pub(crate) fn with_partial(mut self, partial: Completion, key: &ApiKey) -> Self {
        let in_telemetry = partial.telemetry_trace_id();
        let in_telemetry = in_telemetry.map(|id| key.hide(id.to_owned()));
        self.0.trace_id = self.0.trace_id.take().or(in_telemetry);
        self.0.partial = Some(partial);
        self
    }

    pub(crate) fn with_idempotent(mut self, idempotent: bool) -> Self {
        self.0.idempotent = idempotent;
        self
    }

    /// Sets the attempts: the earlier ones, and this error with the decision of the retry policy.
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

    pub(crate) fn with_retry_budget(mut self, level: Option<BudgetLevel>) -> Self {
        self.0.retry_budget = level;
        self
    }
}

impl FailedAttempt {
    /// Creates the record of an attempt that failed with this error.
    pub fn new(error: &Error, decision: RetryDecision) -> Self {
        Self {
            kind: error.0.kind,
            status: error.0.status,
            delivery: error.0.delivery,
            summary: error.to_string(),
            decision,
        }
    }
}

impl From<TransportError> for Error {
    fn from(error: TransportError) -> Self {
        let kind = ErrorKind::from(error.kind());
        let mut this = Self::new(kind).with_reach(error.phase(), error.delivery());
        if kind == ErrorKind::Timeout && error.phase() == Phase::Connect {
            this.0.timeout = Some(Timeout {
                clock: Clock::Connect,
                waited: None,
            });
        }
        this.with_source(error)
    }
}

impl From<InvalidApiKey> for Error {
    fn from(error: InvalidApiKey) -> Self {
        Self::configuration(error.to_string())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
