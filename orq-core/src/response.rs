//! An answer, together with what is known of the exchange that brought it.

use std::{
    fmt,
    ops::{Deref, DerefMut},
};

use bytes::Bytes;
use http::{HeaderMap, StatusCode, response::Parts};
use serde::de::DeserializeOwned;

use crate::{
    auth::ApiKey,
    call::retry::FailedAttempt,
    error::{Error, ErrorKind},
    model::{Completion, DecodeWarning, Message},
};

/// An answer and the exchange that brought it. It derefs to the answer.
///
/// ```
/// # use orq_core::{Client, DeploymentRequest};
/// # use orq_testkit::MemoryTransport;
/// # futures::executor::block_on(async {
/// # let memory = MemoryTransport::new();
/// # memory.reply_json(serde_json::json!({ "id": "01J", "choices": [] }));
/// # let client = Client::new(memory.handle(), "my-key")?;
/// let answer = client.deployments().invoke(&DeploymentRequest::new("greeter")).await?;
/// assert_eq!(answer.status(), 200);
/// assert_eq!(answer.id.as_deref(), Some("01J")); // a field of the completion
/// assert!(answer.body().is_some_and(|json| json.starts_with(b"{")));
/// # Ok::<(), orq_core::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct Response<T> {
    value: T,
    status: StatusCode,
    headers: HeaderMap,
    body: Option<Bytes>,
    trace_id: Option<String>,
    warnings: Vec<DecodeWarning>,
    failed_attempts: Vec<FailedAttempt>,
    /// For hiding it, should the server have repeated it in what can't be read.
    key: Option<ApiKey>,
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, parts: Parts, body: Bytes, warnings: Vec<DecodeWarning>) -> Self {
        Self {
            body: Some(body),
            ..Self::assembled(value, parts.status, parts.headers, warnings)
        }
    }

    pub(crate) fn assembled(
        value: T,
        status: StatusCode,
        headers: HeaderMap,
        warnings: Vec<DecodeWarning>,
    ) -> Self {
        let trace_id = trace_id(&headers);
        Self {
            value,
            status,
            headers,
            body: None,
            trace_id,
            warnings,
            failed_attempts: Vec::new(),
            key: None,
        }
    }

    pub(crate) fn after(mut self, failed_attempts: Vec<FailedAttempt>) -> Self {
        self.failed_attempts = failed_attempts;
        self
    }

    pub(crate) fn with_key(mut self, key: ApiKey) -> Self {
        self.key = Some(key);
        self
    }

    pub(crate) fn with_trace_id(mut self, trace_id: Option<String>) -> Self {
        self.trace_id = self.trace_id.or(trace_id);
        self
    }

    /// The response's status, always a 2xx.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The response's headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body as the server sent it: as a rule, JSON. `None` for an answer that was assembled from a stream.
    pub fn body(&self) -> Option<&Bytes> {
        self.body.as_ref()
    }

    /// orq's id of the trace: from the header `x-orq-trace-id`, else from the answer's telemetry.
    pub fn trace_id(&self) -> Option<&str> {
        self.trace_id.as_deref()
    }

    /// The rate limit that the headers speak of.
    pub fn rate_limit(&self) -> RateLimit<'_> {
        RateLimit::new(&self.headers)
    }

    /// The attempts that had failed before this one succeeded, in their order.
    pub fn failed_attempts(&self) -> &[FailedAttempt] {
        &self.failed_attempts
    }

    /// The parts of the answer that had another shape than expected and were left out of the value.
    /// [`body`](Response::body) still holds them.
    pub fn warnings(&self) -> &[DecodeWarning] {
        &self.warnings
    }

    /// The answer alone.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl Response<Bytes> {
    /// Reads the body as JSON.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] if the body isn't the JSON of a `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.value).map_err(|error| {
            let unreadable =
                Error::new(ErrorKind::Decode).with_response(self.status, self.headers.clone());
            let why = format!("the answer can't be read: {error}");
            match self.key.as_ref().and_then(|key| key.redact_text(&why)) {
                Some(redacted) => unreadable.with_message(redacted),
                None => unreadable.with_message(why).with_source(error),
            }
        })
    }
}

/// Without the headers, and with the body's length for the body: the value shows what it says.
impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("value", &self.value)
            .field("trace_id", &self.trace_id)
            .field("body", &self.body.as_ref().map(Bytes::len))
            .field("warnings", &self.warnings)
            .field("failed_attempts", &self.failed_attempts)
            .finish_non_exhaustive()
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Response<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

/// [`Completion::to_message`], so that an answer can be handed to a request's setters.
impl From<&Response<Completion>> for Message {
    fn from(answer: &Response<Completion>) -> Self {
        answer.value.to_message()
    }
}

/// What the headers `x-ratelimit-*` say, as text: orq writes a reset as `58s`, other servers as a number.
/// See <https://docs.orq.ai/reference/rate-limits>.
#[derive(Clone, Copy, Debug)]
pub struct RateLimit<'a> {
    headers: &'a HeaderMap,
}

impl<'a> RateLimit<'a> {
    pub(crate) fn new(headers: &'a HeaderMap) -> Self {
        Self { headers }
    }

    /// How many requests are allowed in the current window.
    pub fn limit(&self) -> Option<&'a str> {
        self.header("x-ratelimit-limit")
    }

    /// How many requests are left in the current window.
    pub fn remaining(&self) -> Option<&'a str> {
        self.header("x-ratelimit-remaining")
    }

    /// When the window ends.
    pub fn reset(&self) -> Option<&'a str> {
        self.header("x-ratelimit-reset")
    }

    fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.get(name)?.to_str().ok()
    }
}

pub(crate) const TRACE_ID: &str = "x-orq-trace-id";

/// The trace id that a response's headers name.
pub(crate) fn trace_id(headers: &HeaderMap) -> Option<String> {
    Some(headers.get(TRACE_ID)?.to_str().ok()?.to_owned())
}

/// The trace id that an answer's telemetry names.
pub(crate) fn trace_id_in(completion: &Completion) -> Option<&str> {
    completion.telemetry.as_ref()?.trace_id.as_deref()
}
