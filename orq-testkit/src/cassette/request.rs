//! A request as a recorder or a replay got it.

use std::fmt;

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request,
    header::{ACCEPT, CONTENT_TYPE},
};
use orq_core::transport::CallContext;

use super::{
    redact::{PLACEHOLDER, Redaction, is_secret},
    tape::TapedRequest,
};

/// With all its secrets, so there is no `Debug`.
pub(super) struct LiveRequest {
    method: Method,
    path: String,
    pub(super) headers: HeaderMap,
    body: Bytes,
    context: Option<CallContext>,
}

impl LiveRequest {
    /// The body isn't copied.
    pub(super) fn new(request: &Request<Bytes>) -> Self {
        let path = request.uri().path_and_query();
        Self {
            method: request.method().clone(),
            path: path.map_or("/", |path| path.as_str()).to_owned(),
            headers: request.headers().clone(),
            body: request.body().clone(),
            context: request.extensions().get().cloned(),
        }
    }

    /// What of it a cassette holds.
    pub(super) fn taped(&self, redaction: &Redaction, kept: &[HeaderName]) -> TapedRequest {
        let context = self.context.as_ref();
        let mut headers = HeaderMap::new();
        for name in [ACCEPT, CONTENT_TYPE].iter().chain(kept) {
            if !headers.contains_key(name) {
                let values = self.headers.get_all(name).iter();
                headers.extend(values.map(|value| (name.clone(), value.clone())));
            }
        }
        TapedRequest {
            operation: context.map(|context| context.operation().to_string()),
            deployment: context
                .and_then(CallContext::deployment)
                .map(|key| redaction.text(key)),
            attempt: context.map(CallContext::attempt),
            method: redaction.text(self.method.as_str()),
            path: redaction.text(&self.path),
            headers: redacted(&headers, redaction),
            body: redaction.body(&self.body),
        }
    }
}

pub(super) fn redacted(headers: &HeaderMap, redaction: &Redaction) -> HeaderMap {
    let redacted = headers.iter().map(|(name, value)| {
        let value = match is_secret(name, value) {
            true => None,
            false => HeaderValue::from_bytes(&redaction.bytes(value.as_bytes())).ok(),
        };
        (
            name.clone(),
            value.unwrap_or(HeaderValue::from_static(PLACEHOLDER)),
        )
    });
    let mut headers = HeaderMap::new();
    for (name, value) in redacted {
        headers.append(name, value);
    }
    headers
}

/// The request in a few words, for messages.
impl fmt::Display for TapedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        let Some(operation) = &self.operation else {
            return Ok(());
        };
        write!(f, " ({operation}")?;
        if let Some(deployment) = &self.deployment {
            write!(f, " {deployment:?}")?;
        }
        if let Some(attempt) = self.attempt {
            write!(f, ", attempt {attempt}")?;
        }
        f.write_str(")")
    }
}
