//! A request as a double received it.

use std::{borrow::Cow, fmt, time::Duration};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Uri,
    header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION},
};
use orq_core::transport::CallContext;
use serde_json::Value;

use crate::failure::fail;

/// A request that reached a [`MemoryTransport`](crate::MemoryTransport), as it would have left the machine.
///
/// `Debug` leaves credentials out: the values of `authorization`, `proxy-authorization` and `cookie`, and of every
/// header that was marked sensitive.
#[derive(Clone)]
pub struct RecordedRequest {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
    context: Option<CallContext>,
    at: Duration,
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
        }
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The whole URI.
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The path, without the query.
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// All headers, credentials included.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The first value of the header `name`, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The key in `authorization: Bearer KEY`.
    pub fn bearer(&self) -> Option<&str> {
        self.header(AUTHORIZATION.as_str())?.strip_prefix("Bearer ")
    }

    /// The body's bytes.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The body as text, in which the order of keys can be seen. Bytes that aren't UTF-8 show as U+FFFD.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// The body, read as JSON.
    ///
    /// # Panics
    ///
    /// If the body isn't JSON. The message shows it.
    #[track_caller]
    pub fn json(&self) -> Value {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => fail(&format!(
                "the body of {} {} isn't JSON ({error}): {:?}",
                self.method,
                self.path(),
                self.text()
            )),
        }
    }

    /// The call that this request belongs to, if the sender said so. The client always does.
    pub fn context(&self) -> Option<&CallContext> {
        self.context.as_ref()
    }

    /// When the request arrived, on the double's own clock ([`Timer::now`](orq_core::Timer::now)).
    pub fn at(&self) -> Duration {
        self.at
    }
}

/// One line: the method, the URI, and the call if it is known.
impl fmt::Display for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.uri)?;
        let Some(context) = &self.context else {
            return Ok(());
        };
        write!(f, " ({}", context.operation())?;
        if let Some(key) = context.deployment() {
            write!(f, " {key:?}")?;
        }
        write!(f, ", attempt {})", context.attempt())
    }
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordedRequest")
            .field("method", &self.method)
            .field("uri", &self.uri)
            .field("headers", &Redacted(&self.headers))
            .field("body", &self.text())
            .field("context", &self.context)
            .field("at", &self.at)
            .finish()
    }
}

/// Headers without the values that are nobody's business.
struct Redacted<'a>(&'a HeaderMap);

impl fmt::Debug for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secret = |name: &HeaderName, value: &HeaderValue| {
            value.is_sensitive() || [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE].contains(name)
        };
        let shown = self
            .0
            .iter()
            .map(|(name, value)| match secret(name, value) {
                true => (name, "<redacted>".into()),
                false => (name, String::from_utf8_lossy(value.as_bytes())),
            });
        f.debug_map().entries(shown).finish()
    }
}

#[cfg(test)]
mod tests {
    use orq_core::transport::Operation;

    use super::*;

    fn recorded() -> RecordedRequest {
        let mut request = Request::post("https://my.orq.ai/v2/deployments/invoke?x=1")
            .header("authorization", "Bearer sk-orq-secret")
            .header("x-plain", "seen")
            .body(Bytes::from(r#"{"b":1,"a":2}"#))
            .unwrap();
        let mut marked = HeaderValue::from_static("hidden");
        marked.set_sensitive(true);
        request.headers_mut().insert("x-marked", marked);
        let context = CallContext::new(Operation::Invoke, Some("chat"));
        request.extensions_mut().insert(context);
        RecordedRequest::new(request, Duration::from_secs(7))
    }

    #[test]
    fn everything_that_was_sent_can_be_asked_for() {
        let request = recorded();
        assert_eq!(request.method(), Method::POST);
        assert_eq!(request.path(), "/v2/deployments/invoke");
        assert_eq!(request.uri().query(), Some("x=1"));
        assert_eq!(request.bearer(), Some("sk-orq-secret"));
        assert_eq!(request.header("x-plain"), Some("seen"));
        assert_eq!(request.header("x-absent"), None);
        assert_eq!(request.text(), r#"{"b":1,"a":2}"#);
        assert_eq!(request.json(), serde_json::json!({"a": 2, "b": 1}));
        assert_eq!(request.context().unwrap().deployment(), Some("chat"));
        assert_eq!(request.at(), Duration::from_secs(7));
    }

    #[test]
    fn credentials_are_not_printed() {
        let printed = format!("{:?}", recorded());
        assert!(printed.contains("seen"));
        assert!(!printed.contains("sk-orq-secret"), "{printed}");
        assert!(!printed.contains("hidden"), "{printed}");
    }

    #[test]
    #[should_panic(expected = "isn't JSON")]
    fn a_body_that_is_no_json_fails_the_test() {
        let request = Request::post("/x").body(Bytes::from("nope")).unwrap();
        RecordedRequest::new(request, Duration::ZERO).json();
    }
}
