//! A decoded response with its metadata.

use std::{fmt, ops::Deref};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use crate::{
    error::{BudgetLevel, Error, ErrorKind, FailedAttempt},
    headers::{self, RateLimit},
    model::{Completion, DecodeWarning, Message, Warnings, unfenced, without_byte_order_mark},
    secret::ApiKey,
};

/// The metadata of a response: status, headers, trace id, rate limit, failed attempts, retry budget and decode warnings.
///
/// [`Response::meta`] and [`CompletionStream::meta`](crate::CompletionStream::meta) return it.
#[derive(Clone)]
pub struct ResponseMeta {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The trace id in the body's telemetry, if the headers have none.
    pub(crate) trace_in_body: Option<String>,
    pub(crate) failed_attempts: Vec<FailedAttempt>,
    pub(crate) retry_budget: Option<BudgetLevel>,
    pub(crate) warnings: Warnings,
}

impl ResponseMeta {
    pub(crate) fn new(status: StatusCode, headers: HeaderMap) -> Self {
        Self {
            status,
            trace_in_body: None,
            headers,
            failed_attempts: Vec::new(),
            retry_budget: None,
            warnings: Warnings::default(),
        }
    }

    /// Sets the trace id to that of the body's telemetry, with `key` redacted, if the headers had none.
    pub(crate) fn trace_in(&mut self, telemetry: Option<&str>, key: &ApiKey) {
        if self.trace_in_body.is_none() && headers::trace_id(&self.headers).is_none() {
            let given = telemetry.filter(|id| !id.is_empty());
            self.trace_in_body = given.map(|id| key.hide(id.to_owned()));
        }
    }

    /// Returns the status code, always a 2xx.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the response's headers. If the server repeated the API key in one, the key is replaced by `[redacted]`.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns orq's trace id: from the header `x-orq-trace-id`, else from `telemetry.trace_id` in the body. In a
    /// stream without the header it is known once a chunk with telemetry has arrived.
    pub fn trace_id(&self) -> Option<&str> {
        headers::trace_id(&self.headers).or(self.trace_in_body.as_deref())
    }

    /// Returns the rate limit in the headers.
    pub fn rate_limit(&self) -> RateLimit {
        RateLimit::from_headers(&self.headers)
    }

    /// Returns the attempts that failed before this one succeeded, in order.
    pub fn failed_attempts(&self) -> &[FailedAttempt] {
        &self.failed_attempts
    }

    /// Returns the level of the client's [`RetryBudget`](crate::retry::RetryBudget) when the call ended; `None` if the
    /// client has no budget.
    pub fn retry_budget(&self) -> Option<BudgetLevel> {
        self.retry_budget
    }

    /// Returns a warning for each part of the body that had an unexpected type and was left out or replaced. At most
    /// 65 are kept; [`omitted_warnings`](ResponseMeta::omitted_warnings) counts the others.
    ///
    /// The JSON of such parts is still in [`Response::body`] or
    /// [`CompletionChunk::raw`](crate::model::CompletionChunk::raw).
    pub fn warnings(&self) -> &[DecodeWarning] {
        &self.warnings.list
    }

    /// Returns the number of warnings that were not kept.
    pub fn omitted_warnings(&self) -> usize {
        self.warnings.omitted
    }
}

/// Omits the headers, which may contain secrets.
impl fmt::Debug for ResponseMeta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseMeta")
            .field("status", &self.status)
            .field("trace_id", &self.trace_id())
            .field("failed_attempts", &self.failed_attempts)
            .field("retry_budget", &self.retry_budget)
            .field("warnings", &self.warnings())
            .finish_non_exhaustive()
    }
}

/// A decoded value, with the metadata of the response. It dereferences to the value.
///
/// ```
/// use orq_core::{Client, DeploymentRequest};
/// # use orq_testkit::MemoryTransport;
/// # futures::executor::block_on(async {
/// # let memory = MemoryTransport::new();
/// # memory.reply_json(serde_json::json!({ "id": "01J", "choices": [] }));
/// # let client = Client::new(memory.handle(), "my-key")?;
/// let answer = client.deployments().invoke(&DeploymentRequest::new("greeter")).await?;
/// assert_eq!(answer.id.as_deref(), Some("01J")); // a field of the completion
/// assert_eq!(answer.meta().status(), 200);
/// assert!(answer.body().is_some_and(|json| json.starts_with(b"{")));
/// # Ok::<(), orq_core::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct Response<T> {
    pub(crate) value: T,
    pub(crate) meta: ResponseMeta,
    pub(crate) body: Option<Bytes>,
    /// The key to redact in `Debug` and in errors of [`json`](Response::json).
    pub(crate) key: ApiKey,
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, meta: ResponseMeta, body: Option<Bytes>, key: ApiKey) -> Self {
        Self {
            value,
            meta,
            body,
            key,
        }
    }

    /// Returns the metadata: status, headers, trace id, rate limit, failed attempts, warnings.
    pub fn meta(&self) -> &ResponseMeta {
        &self.meta
    }

    pub(crate) fn meta_mut(&mut self) -> &mut ResponseMeta {
        &mut self.meta
    }

    /// Returns the body as received, usually JSON; `None` for a completion assembled from a stream.
    pub fn body(&self) -> Option<&Bytes> {
        self.body.as_ref()
    }

    /// Returns the value without the metadata.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// Returns the value and the metadata.
    pub fn into_parts(self) -> (T, ResponseMeta) {
        (self.value, self.meta)
    }
}

/// Converts the completion to a message of the next request; see [`Completion::to_message`].
impl From<&Response<Completion>> for Message {
    fn from(response: &Response<Completion>) -> Self {
        response.to_message()
    }
}

impl<T> Response<T> {
    fn unreadable(&self, why: String) -> Error {
        Error::new(ErrorKind::Decode)
            .with_message(self.key.hide(why))
            .with_response(self.meta.status, self.meta.headers.clone())
    }
}

impl Response<Bytes> {
    /// Deserializes the body, which must be JSON, to a `T`. A byte order mark before it is ignored.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] if the body isn't JSON or can't be deserialized to a `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(without_byte_order_mark(&self.value))
            .map_err(|error| self.unreadable(format!("the answer can't be read: {error}")))
    }
}

impl Response<Completion> {
    /// Deserializes the text of choice 0, which must be JSON, to a `T`. A Markdown code fence around the JSON is ignored,
    /// with the text outside of it.
    ///
    /// A request asks for such a text by [`response_format`](crate::DeploymentRequest::response_format) or, with the
    /// feature `schemars`, by `response_type`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] if there is no text, or it isn't JSON, or it can't be deserialized to a `T`. The message has
    /// the path of the field, and says if the answer reached the token limit. [`Error::body`] returns the text,
    /// [`Error::partial`] the completion with its finish reason, [`Error::trace_id`] the trace id.
    ///
    /// ```
    /// use orq_core::{Client, DeploymentRequest};
    /// # use orq_testkit::MemoryTransport;
    /// # futures::executor::block_on(async {
    /// # let memory = MemoryTransport::new();
    /// # let choice = serde_json::json!({"message": {"content": "{\"name\": \"Utr"}, "finish_reason": "length"});
    /// # memory.reply_json(serde_json::json!({ "choices": [choice] }));
    /// # let client = Client::new(memory.handle(), "my-key")?;
    /// #[derive(Debug, serde::Deserialize)]
    /// struct City {
    ///     name: String,
    /// }
    ///
    /// let answer = client.deployments().invoke(&DeploymentRequest::new("cities")).await?;
    /// let error = answer.json::<City>().unwrap_err();
    /// let why = "at `name`: EOF while parsing a string at line 1 column 13; \
    ///            the answer reached the limit of tokens";
    /// assert!(error.message().is_some_and(|message| message.contains(why)));
    /// # Ok::<(), orq_core::Error>(())
    /// # }).unwrap();
    /// ```
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let failed = |why: String| {
            let partial = self.value.clone();
            self.unreadable(why).with_partial(partial, &self.key)
        };
        let text = self
            .require_text()
            .map_err(|none| failed(none.to_string()).with_source(none))?;
        let json = &mut serde_json::Deserializer::from_str(unfenced(&text));
        serde_path_to_error::deserialize(&mut *json)
            .map_err(|error| {
                let path = error.path().to_string();
                (path, error.into_inner())
            })
            .and_then(|value| {
                json.end()
                    .map(|()| value)
                    .map_err(|error| (".".to_owned(), error))
            })
            .map_err(|(path, error)| {
                // The path of a whole value is a dot, and a key that was cut is a question mark.
                let path = path.trim_end_matches(['.', '?']);
                let path = match path.is_empty() {
                    true => String::new(),
                    false => format!(" at `{path}`"),
                };
                let mut why = format!("the text of the answer can't be read{path}: {error}");
                if self.is_cut_at_limit() {
                    why += "; the answer reached the limit of tokens";
                }
                let body = self.key.hide(text.clone().into_owned());
                failed(why).with_body(body.into())
            })
    }
}

/// Shows the length of the body instead of the body. If the server repeated the API key in the value, it is redacted.
impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("value", &self.key.debug(&self.value))
            .field("meta", &self.meta)
            .field("body", &self.body.as_ref().map(Bytes::len))
            .finish_non_exhaustive()
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}
