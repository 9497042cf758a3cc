//! What callers may ask an error.

use std::error::Error as StdError;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::{
    advice::{RetryAdvice, advise},
    attempt::FailedAttempt,
    inner::Error,
    kind::{ErrorKind, Timeout},
};
use crate::{
    model::Completion,
    transport::{Delivery, Phase},
};

impl Error {
    /// Creates a [`Config`](ErrorKind::Config) error with this cause. Authors of transports convert the errors of
    /// their builders with it, so that `?` works.
    pub fn config(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(ErrorKind::Config).with_source(cause)
    }

    /// Creates the error that the client makes of a response with a status other than 2xx, for unit tests of retry
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

    /// Returns the response's status, if a response arrived.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// Returns orq's error code, such as `deployment_not_found`; a numeric code as text. The codes are listed at <https://docs.orq.ai/reference/errors>.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// Returns the `type` that errors in the style of OpenAI have beside or instead of a code.
    pub fn error_type(&self) -> Option<&str> {
        self.0.error_type.as_deref()
    }

    /// Returns the server's message, or the client's for an error that the server didn't report.
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// Returns the argument that was refused, as a path into the request: `documents[0].text`.
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// Returns orq's trace id, which their support asks for: from the header `x-orq-trace-id`, else from the part
    /// of the answer that arrived.
    pub fn trace_id(&self) -> Option<&str> {
        self.0.trace_id.as_deref()
    }

    /// Returns the response's headers; empty if no response arrived.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// Returns the body of a response that wasn't an answer, up to
    /// [`Limits::error_body`](crate::Limits::error_body) bytes, with the API key replaced if the server repeated it.
    pub fn body(&self) -> Option<&Bytes> {
        self.0.body.as_ref()
    }

    /// Returns how long the server asked to wait before another attempt: `retry-after-ms`, else `Retry-After` in
    /// seconds or as a date ([RFC 9110, 10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3)). A date
    /// without a `Date` header beside it is ignored, since the core has no wall clock.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns how far the exchange had come; `None` if it never began or was complete.
    pub fn phase(&self) -> Option<Phase> {
        self.0.phase
    }

    /// Returns whether the request can have reached the server; `None` if no request was made.
    pub fn delivery(&self) -> Option<Delivery> {
        self.0.delivery
    }

    /// Returns the timeout that expired, if one did.
    pub fn timeout(&self) -> Option<Timeout> {
        self.0.timeout
    }

    /// Returns the part of a streamed answer that arrived before it failed.
    pub fn partial(&self) -> Option<&Completion> {
        self.0.partial.as_ref()
    }

    /// Returns the part of a streamed answer that arrived before it failed, to accept a partial answer.
    pub fn into_partial(self) -> Option<Completion> {
        self.0.partial
    }

    /// Returns the attempts that were made, in their order, this failure last: what happened, and why it was
    /// repeated or not. Empty for an error that was found before the first attempt, such as an `argument` error.
    pub fn attempts(&self) -> &[FailedAttempt] {
        &self.0.attempts
    }

    /// Returns whether another attempt could succeed, and what it would risk.
    pub fn retry_advice(&self) -> RetryAdvice {
        advise(&self.0)
    }

    /// Returns whether a timeout expired.
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    /// Returns whether no connection was made, TLS included.
    pub fn is_connect(&self) -> bool {
        self.0.phase == Some(Phase::Connect)
    }

    /// Returns whether the server answered 429.
    pub fn is_rate_limited(&self) -> bool {
        self.0.status == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Returns whether the server answered 401 or 403.
    pub fn is_auth(&self) -> bool {
        matches!(
            self.0.status,
            Some(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
        )
    }

    /// Returns whether the server answered 404.
    pub fn is_not_found(&self) -> bool {
        self.0.status == Some(StatusCode::NOT_FOUND)
    }
}
