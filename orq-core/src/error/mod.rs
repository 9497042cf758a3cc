//! What can go wrong, and everything that is known about it.

mod advice;
mod body;
mod build;
mod display;
mod kind;
mod retry_after;
mod timeout;

use std::{error::Error as StdError, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::{
    call::retry::FailedAttempt,
    model::Completion,
    transport::{Delivery, Phase, TransportError},
};

pub use advice::RetryAdvice;
pub(crate) use body::ErrorBody;
pub use kind::ErrorKind;
pub(crate) use retry_after::retry_after;
pub use timeout::{Clock, Timeout};

type Source = Box<dyn StdError + Send + Sync + 'static>;

/// Why a call failed.
///
/// It is as large as a pointer and opaque; ask it with its methods. `Display` is one line for a log: kind,
/// status, code, orq's message, trace id. Neither it nor `Debug` shows a header, a body or the API key.
///
/// ```
/// use orq_core::{ErrorKind, RetryAdvice};
///
/// # fn example(error: orq_core::Error) {
/// match error.kind() {
///     ErrorKind::Api if error.is_rate_limited() => println!("wait {:?}", error.retry_after()),
///     ErrorKind::Truncated => println!("got only {:?}", error.partial().and_then(|partial| partial.text())),
///     _ if error.retry_advice() == RetryAdvice::Safe => println!("try again: {error}"),
///     _ => println!("give up: {error}"),
/// }
/// # }
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    field: Option<String>,
    message: Option<String>,
    code: Option<String>,
    error_type: Option<String>,
    status: Option<StatusCode>,
    headers: HeaderMap,
    body: Option<Bytes>,
    trace_id: Option<String>,
    retry_after: Option<Duration>,
    phase: Option<Phase>,
    delivery: Option<Delivery>,
    timeout: Option<Timeout>,
    partial: Option<Completion>,
    idempotent: bool,
    attempts: Vec<FailedAttempt>,
    source: Option<Source>,
}

impl Error {
    /// A [`Config`](ErrorKind::Config) error with this cause, for the authors of transports: what a function
    /// like `client_from_env` returns if the transport can't be built.
    pub fn config(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(ErrorKind::Config).with_source(cause)
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The response's status, if a response arrived.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// orq's error code, such as `deployment_not_found`; a numeric code as text.
    /// The codes are listed at <https://docs.orq.ai/reference/errors>.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The `type` that errors in the style of OpenAI carry beside or instead of a code.
    pub fn error_type(&self) -> Option<&str> {
        self.0.error_type.as_deref()
    }

    /// The server's message, or ours where the server had no part in it.
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// The argument that was refused, as a path into the request: `documents[0].text`.
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// orq's id of the trace, to be named to their support: from the header `x-orq-trace-id`, else from what
    /// arrived of the answer.
    pub fn trace_id(&self) -> Option<&str> {
        self.0.trace_id.as_deref()
    }

    /// The response's headers; empty if no response arrived.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// The body of a response that was no answer, up to [`Limits::error_body`](crate::Limits::error_body)
    /// bytes, with the API key replaced should the server have repeated it.
    pub fn body(&self) -> Option<&Bytes> {
        self.0.body.as_ref()
    }

    /// How long the server asked to wait before another try: `retry-after-ms`, else `Retry-After` in seconds
    /// or as a date ([RFC 9110, 10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3)).
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// How far the exchange had come; `None` if it never began or was complete.
    pub fn phase(&self) -> Option<Phase> {
        self.0.phase
    }

    /// Whether the request can have reached the server; `None` if no request was made.
    pub fn delivery(&self) -> Option<Delivery> {
        self.0.delivery
    }

    /// The clock that ran out, if one did.
    pub fn timeout(&self) -> Option<Timeout> {
        self.0.timeout
    }

    /// What had arrived of a streamed answer before it failed.
    pub fn partial(&self) -> Option<&Completion> {
        self.0.partial.as_ref()
    }

    /// Takes what had arrived of a streamed answer, for callers who can do with a part of it.
    pub fn into_partial(self) -> Option<Completion> {
        self.0.partial
    }

    /// The attempts that were made, in their order, this failure last: what happened, and why it was repeated
    /// or not. Empty if nothing was sent, for a `config` or an `argument` error.
    pub fn attempts(&self) -> &[FailedAttempt] {
        &self.0.attempts
    }

    /// Whether to make the same call again.
    pub fn retry_advice(&self) -> RetryAdvice {
        advice::advise(&self.0)
    }

    /// Whether the server answered 429.
    pub fn is_rate_limited(&self) -> bool {
        self.0.status == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Whether the server answered 401 or 403.
    pub fn is_auth(&self) -> bool {
        matches!(
            self.0.status,
            Some(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
        )
    }

    /// Whether the server answered 404.
    pub fn is_not_found(&self) -> bool {
        self.0.status == Some(StatusCode::NOT_FOUND)
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

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
