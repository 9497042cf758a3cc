//! A request that is checked and serialised, ready to be sent.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Uri, header};

use super::{clocks::Clocks, retry::RetryPolicy};
use crate::{
    client::Client,
    error::Error,
    transport::{CallContext, Operation},
};

pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");
pub(crate) const EVENT_STREAM: HeaderValue = HeaderValue::from_static("text/event-stream");

/// Everything that one call sends, and the clocks it asked for.
pub(crate) struct Prepared {
    pub(crate) client: Client,
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) context: CallContext,
    pub(crate) clocks: Clocks,
    /// Instead of the client's.
    pub(crate) retry: Option<Arc<dyn RetryPolicy>>,
}

impl Prepared {
    /// A request to a path that is known to be well formed.
    pub(crate) fn new(
        client: Client,
        method: Method,
        path_and_query: &str,
        context: CallContext,
    ) -> Result<Self, Error> {
        let uri = client.inner().base_url.join(path_and_query);
        let uri = uri.map_err(|error| {
            Error::argument("path", "it can't be part of a URL").with_source(error)
        })?;
        Ok(Self {
            headers: HeaderMap::new(),
            body: Bytes::new(),
            clocks: Clocks::default(),
            retry: None,
            client,
            method,
            uri,
            context,
        })
    }

    pub(crate) fn accept(mut self, media_type: HeaderValue) -> Self {
        self.headers.insert(header::ACCEPT, media_type);
        self
    }

    pub(crate) fn set_json_body(&mut self, json: Vec<u8>) {
        self.headers.insert(header::CONTENT_TYPE, JSON);
        self.body = json.into();
    }

    /// Whether sending it twice is the same as sending it once
    /// ([RFC 9110, 9.2.2](https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2)).
    pub(crate) fn is_idempotent(&self) -> bool {
        self.method.is_idempotent()
    }

    pub(crate) fn is_stream(&self) -> bool {
        self.context.operation() == Operation::Stream
    }

    /// The request of attempt number `attempt`, with the client's headers under the call's.
    pub(crate) fn request(&self, attempt: u32) -> http::Request<Bytes> {
        let mut request = http::Request::new(self.body.clone());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        let headers = request.headers_mut();
        headers.clone_from(&self.client.inner().headers);
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
        headers.insert(header::AUTHORIZATION, self.client.key().header());
        let context = self.context.clone().with_attempt(attempt);
        request.extensions_mut().insert(context);
        request
    }
}
