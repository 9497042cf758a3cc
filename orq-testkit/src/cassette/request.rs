//! A request as a recorder or a replay got it.

use std::fmt;

use bytes::Bytes;
use http::{
    HeaderName, Request,
    header::{ACCEPT, CONTENT_TYPE},
    uri::PathAndQuery,
};
use orq_core::transport::CallContext;

use super::{redact::Redaction, tape::TapedRequest};

/// With all its secrets, so there is no `Debug`. The body isn't copied.
pub(super) struct LiveRequest(pub(super) Request<Bytes>);

impl LiveRequest {
    /// What of it a cassette holds.
    pub(super) fn taped(&self, redaction: &Redaction, kept: &[HeaderName]) -> TapedRequest {
        let request = &self.0;
        let context = request.extensions().get::<CallContext>();
        let path = request.uri().path_and_query();
        let is_kept = |name: &_| *name == ACCEPT || *name == CONTENT_TYPE || kept.contains(name);
        TapedRequest {
            operation: context.map(|context| context.operation().to_string()),
            deployment: context
                .and_then(CallContext::deployment)
                .map(|key| redaction.text(key)),
            attempt: context.map(CallContext::attempt),
            method: redaction.text(request.method().as_str()),
            path: redaction.text(path.map_or("/", PathAndQuery::as_str)),
            headers: redaction.headers(request.headers(), is_kept),
            body: redaction.body(request.body()),
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
