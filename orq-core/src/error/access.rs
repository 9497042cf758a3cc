//! The public methods of an error.

use std::error::Error as StdError;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::{
    advice::{RetryAdvice, advise, is_excluded, reported_status},
    attempt::{BudgetLevel, FailedAttempt},
    inner::Error,
    kind::{ErrorKind, Timeout},
};
use crate::{
    model::Completion,
    transport::{Delivery, Phase},
};

impl Error {
    /// Creates a [`Config`](ErrorKind::Config) error with this source. Crates with transports use it to convert the
    /// errors of their constructors.
    pub fn config(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(ErrorKind::Config).with_source(cause)
    }

    /// Creates the error that the client returns for a response with a status other than 2xx, for unit tests of retry
    /// policies and of error handling.
    ///
    /// ```
    /// use orq_core::{Error, RetryAdvice, bytes::Bytes, http};
    ///
    /// let body = Bytes::from(r#"{"error":{"code":"rate_limit_exceeded","message":"Slow down"}}"#);
    /// let mut response = http::Response::new(body);
    /// *response.status_mut() = http::StatusCode::TOO_MANY_REQUESTS;
    /// let error = Error::from_response(response);
    /// assert_eq!(error.code(), Some("rate_limit_exceeded"));
    /// assert_eq!(error.retry_advice(), RetryAdvice::Safe);
    /// ```
    pub fn from_response(response: http::Response<Bytes>) -> Self {
        let (parts, body) = response.into_parts();
        Self::of_response(parts.status, parts.headers, &body, None).with_body(body)
    }

    /// Returns the kind of failure.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the status code of the response; `None` if no response arrived.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// Returns orq's error code, such as `deployment_not_found`; a numeric code as text. The codes are listed at
    /// <https://docs.orq.ai/reference/errors>.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// Returns the field `type` of the error, which errors in OpenAI's format have beside or instead of a code.
    pub fn error_type(&self) -> Option<&str> {
        self.0.error_type.as_deref()
    }

    /// Returns the message of the server, or of the client for an error that the server didn't report. For the HTML page
    /// of a proxy it is the title, with the headers `server` and `via`.
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// Returns the invalid argument of an [`Argument`](ErrorKind::Argument) error, as a path into the request, such as
    /// `documents[0].text`.
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// Returns orq's trace id: from the header `x-orq-trace-id`, else from the telemetry in the part of a stream that
    /// arrived.
    pub fn trace_id(&self) -> Option<&str> {
        self.0.trace_id.as_deref()
    }

    /// Returns the headers of the response; empty if no response arrived.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// Returns the body of the response, or the data of the stream's event, that caused the error: at most
    /// [`Limits::error_body`](crate::Limits::error_body) bytes. If the server repeated the API key, it is redacted.
    pub fn body(&self) -> Option<&Bytes> {
        self.0.body.as_ref()
    }

    /// Returns how long the server asks to wait before a retry: from `retry-after-ms`, else from `Retry-After` in
    /// seconds, with units (`1m30s`, `PT42S`), as a date
    /// ([RFC 9110, 10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3)) or as a Unix time. The latter two are
    /// compared with the header `Date`, and ignored if there is none, since the core has no wall clock. Of several, the
    /// longest counts.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns the phase of the exchange in which the call failed; `None` if no request was made, or if the response
    /// arrived but isn't a valid result.
    pub fn phase(&self) -> Option<Phase> {
        self.0.phase
    }

    /// Returns whether the request may have reached the server; `None` if no request was made.
    pub fn delivery(&self) -> Option<Delivery> {
        self.0.delivery
    }

    /// Returns the timeout that expired; `None` if none did.
    pub fn timeout(&self) -> Option<Timeout> {
        self.0.timeout
    }

    /// Returns the part of a streamed completion that arrived before the stream failed, or what there was of a
    /// completion beside an error in the same JSON.
    pub fn partial(&self) -> Option<&Completion> {
        self.0.partial.as_ref()
    }

    /// Returns the same as [`partial`](Error::partial), to use it nevertheless.
    pub fn into_partial(self) -> Option<Completion> {
        self.0.partial
    }

    /// Returns the attempts that were made, in order, each with the decision of the retry policy. The last one is this
    /// error. Empty if no attempt was made, as for an [`Argument`](ErrorKind::Argument) error.
    pub fn attempts(&self) -> &[FailedAttempt] {
        &self.0.attempts
    }

    /// Returns the level of the client's [`RetryBudget`](crate::retry::RetryBudget) when the call ended; for an error of
    /// a stream, when the call returned the stream. `None` if the client has no budget or no attempt was made.
    pub fn retry_budget(&self) -> Option<BudgetLevel> {
        self.0.retry_budget
    }

    /// Returns whether a retry may succeed, and whether the server may then do the work twice.
    pub fn retry_advice(&self) -> RetryAdvice {
        advise(&self.0)
    }

    /// Returns whether the server excludes a retry.
    pub(crate) fn excludes_retry(&self) -> bool {
        is_excluded(&self.0)
    }

    /// Returns whether the kind is [`Timeout`](ErrorKind::Timeout).
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    /// Returns whether the phase is [`Connect`](Phase::Connect): the failure happened before a connection was made, TLS
    /// included.
    pub fn is_connect(&self) -> bool {
        self.0.phase == Some(Phase::Connect)
    }

    /// Returns whether the status is 429. The code of an error in a 2xx response or an event counts, too, if it is the
    /// number of a status.
    pub fn is_rate_limited(&self) -> bool {
        reported_status(&self.0) == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Returns whether the status, or such a code, is 401 or 403.
    pub fn is_auth(&self) -> bool {
        matches!(
            reported_status(&self.0),
            Some(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
        )
    }

    /// Returns whether the status, or such a code, is 404.
    pub fn is_not_found(&self) -> bool {
        reported_status(&self.0) == Some(StatusCode::NOT_FOUND)
    }
}
