//! A request as a double received it.

use std::{borrow::Cow, fmt, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Uri, header::AUTHORIZATION};
use orq_core::{
    DeploymentRequest,
    transport::{CallContext, Operation},
};
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::redacted::{RedactedHeaders, redacted};
use crate::guard::fail;

/// A request that a double received, as it would have been sent.
///
/// The assertions print the differences, and a failure names the line of the call:
///
/// ```
/// use orq_core::DeploymentRequest;
/// use orq_testkit::MemoryTransport;
/// use serde_json::json;
///
/// # futures::executor::block_on(async {
/// let memory = MemoryTransport::new();
/// memory.reply_json(json!({ "choices": [] }));
/// let request = DeploymentRequest::new("greeter").input("firstname", "Jane");
/// memory.client().deployments().invoke(&request).await?;
///
/// let sent = memory.only_request();
/// sent.assert_json_contains(json!({ "inputs": { "firstname": "Jane" } }));
/// assert_eq!(sent.deployment_request(), request);
/// # Ok::<(), orq_core::Error>(())
/// # }).unwrap();
/// ```
///
/// `Debug` and all messages omit credentials: the values of `authorization`, `proxy-authorization` and
/// `cookie`, of every header that was marked sensitive, and the bearer's key wherever it occurs.
#[derive(Clone)]
pub struct RecordedRequest {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
    context: Option<CallContext>,
    at: Duration,
    number: usize,
    in_flight: usize,
}

impl RecordedRequest {
    pub(crate) fn new(request: Request<Bytes>, at: Duration) -> Self {
        let (head, body) = request.into_parts();
        Self {
            method: head.method,
            uri: head.uri,
            headers: head.headers,
            body,
            context: head.extensions.get().cloned(),
            at,
            number: 1,
            in_flight: 1,
        }
    }

    /// Gives the request its place among the others.
    pub(crate) fn arrived(&mut self, number: usize, in_flight: usize) {
        (self.number, self.in_flight) = (number, in_flight);
    }

    /// `text` without the bearer's key.
    pub(crate) fn redacted<'a>(&self, text: &'a str) -> Cow<'a, str> {
        redacted(text, self.bearer())
    }

    /// Returns the method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Returns the whole URI.
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Returns the path, without the query.
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// Returns the first value of this parameter of the query, decoded.
    pub fn query(&self, name: &str) -> Option<Cow<'_, str>> {
        let query = self.uri.query().unwrap_or_default().as_bytes();
        let mut pairs = form_urlencoded::parse(query);
        pairs.find_map(|(is, value)| (is == name).then_some(value))
    }

    /// Returns all headers, credentials included.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the first value of the header `name`, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns the key in `authorization: Bearer KEY`.
    pub fn bearer(&self) -> Option<&str> {
        self.header(AUTHORIZATION.as_str())?.strip_prefix("Bearer ")
    }

    /// Returns the body's bytes.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Returns the body as text, which keeps the order of keys. Bytes that aren't UTF-8 become U+FFFD.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// Parses the body as JSON.
    ///
    /// # Panics
    ///
    /// If the body isn't JSON. The message shows it.
    #[track_caller]
    pub fn json(&self) -> Value {
        self.read("JSON")
    }

    /// Parses the body as the request of invoke, stream or get_config.
    ///
    /// # Panics
    ///
    /// If the body isn't such a request. The message shows it.
    #[track_caller]
    pub fn deployment_request(&self) -> DeploymentRequest {
        self.read("a deployment's request")
    }

    #[track_caller]
    fn read<T: DeserializeOwned>(&self, what: &str) -> T {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => fail(&format!(
                "the body of {} {} isn't {what} ({error}): {:?}",
                self.method,
                self.path(),
                self.redacted(&self.text())
            )),
        }
    }

    /// Returns the operation of the call: by the context, or else by the method and the path.
    pub fn operation(&self) -> Operation {
        if let Some(context) = &self.context {
            return context.operation();
        }
        let (get, post) = (self.method == Method::GET, self.method == Method::POST);
        let path = self.path();
        match path.rsplit('/').next() {
            Some("stream") if post => Operation::Stream,
            Some("invoke") if post && self.field("stream") == Some(Value::Bool(true)) => {
                Operation::Stream
            }
            Some("invoke") if post => Operation::Invoke,
            Some("get_config") if post => Operation::GetConfig,
            Some("deployments") if get => Operation::List,
            Some("versions") if get && self.listed_deployment().is_some() => Operation::Versions,
            Some("annotation") if post => Operation::Annotate,
            Some("annotation") if self.method == Method::DELETE => Operation::DeleteAnnotations,
            Some("feedback") if post => Operation::Feedback,
            _ => Operation::Other,
        }
    }

    /// Returns the deployment's key: by the context, or else by the body's `key` or the path of its versions.
    pub fn deployment(&self) -> Option<Cow<'_, str>> {
        if let Some(context) = &self.context {
            return context.deployment().map(Cow::Borrowed);
        }
        match self.field("key") {
            Some(Value::String(key)) => Some(Cow::Owned(key)),
            Some(_) => None,
            None => self.listed_deployment(),
        }
    }

    /// The deployment whose versions the path is for.
    fn listed_deployment(&self) -> Option<Cow<'_, str>> {
        let path = self.path().strip_suffix("/versions")?;
        let (before, key) = path.rsplit_once('/')?;
        let key = percent_decode_str(key).decode_utf8().ok()?;
        before.ends_with("/deployments").then_some(key)
    }

    fn field(&self, name: &str) -> Option<Value> {
        let mut body: Value = serde_json::from_slice(&self.body).ok()?;
        body.get_mut(name).map(Value::take)
    }

    /// Returns the call that this request belongs to, if the sender set it. The client always does; over a socket it is
    /// unknown.
    pub fn context(&self) -> Option<&CallContext> {
        self.context.as_ref()
    }

    /// Returns when the request arrived, on the double's timer ([`Timer::now`](orq_core::Timer::now)).
    pub fn at(&self) -> Duration {
        self.at
    }

    /// Returns the request's number among those of the double, counted from 1.
    pub fn number(&self) -> usize {
        self.number
    }

    /// Returns how many exchanges were in progress when the request arrived, its own included: 1 if there was no other.
    ///
    /// That is how a test sees that a dropped stream was stopped: the next request's is 1.
    ///
    /// ```
    /// use orq_core::DeploymentRequest;
    /// use orq_testkit::{MemoryTransport, fixture};
    ///
    /// # futures::executor::block_on(async {
    /// let memory = MemoryTransport::new();
    /// memory.reply(fixture::transcript("Hello Jane").into_reply().first_chunks(1).stall());
    /// memory.reply(fixture::completion("Hello"));
    ///
    /// let (deployments, request) = (memory.client().deployments(), DeploymentRequest::new("chat"));
    /// let mut stream = deployments.stream(&request).await?;
    /// stream.next_text().await?;
    /// drop(stream);
    /// deployments.invoke(&request).await?;
    /// assert_eq!(memory.requests()[1].in_flight(), 1);
    /// # Ok::<(), orq_core::Error>(())
    /// # }).unwrap();
    /// ```
    pub fn in_flight(&self) -> usize {
        self.in_flight
    }
}

/// One line: the method, the URI, and the call if it is known.
impl fmt::Display for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}",
            self.method,
            self.redacted(&self.uri.to_string())
        )?;
        let Some(context) = &self.context else {
            return Ok(());
        };
        write!(f, " ({}", context.operation())?;
        if let Some(key) = context.deployment() {
            write!(f, " {:?}", self.redacted(key))?;
        }
        write!(f, ", attempt {})", context.attempt())
    }
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let context = format!("{:?}", self.context);
        let context = self.redacted(&context);
        f.debug_struct("RecordedRequest")
            .field("method", &self.method)
            .field("uri", &self.redacted(&self.uri.to_string()))
            .field(
                "headers",
                &RedactedHeaders {
                    headers: &self.headers,
                    key: self.bearer(),
                },
            )
            .field("body", &self.redacted(&self.text()))
            .field("context", &format_args!("{context}"))
            .field("at", &self.at)
            .field("number", &self.number)
            .field("in_flight", &self.in_flight)
            .finish()
    }
}

#[cfg(test)]
mod tests;
