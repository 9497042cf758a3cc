//! A request as a recorder or a replay got it.

use std::fmt;

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, Method, Request,
    header::{ACCEPT, CONTENT_TYPE},
};
use orq_core::transport::CallContext;

use super::{redact::Redaction, tape::TapedRequest};

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
        let is_kept = |name: &_| *name == ACCEPT || *name == CONTENT_TYPE || kept.contains(name);
        TapedRequest {
            operation: context.map(|context| context.operation().to_string()),
            deployment: context
                .and_then(CallContext::deployment)
                .map(|key| redaction.text(key)),
            attempt: context.map(CallContext::attempt),
            method: redaction.text(self.method.as_str()),
            path: redaction.text(&self.path),
            headers: redaction.headers(&self.headers, is_kept),
            body: redaction.body(&self.body),
        }
    }
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
