//! A validated and serialized request, from which the request of each attempt is created.

use std::{borrow::Cow, sync::Arc};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};

use crate::{
    error::Error,
    headers::JSON,
    options::CallOptions,
    secret::{ApiKey, KeySource},
    shared::Shared,
    transport::{CallContext, Operation},
};

/// The request and the settings of one call.
pub(crate) struct RequestTemplate {
    pub(crate) shared: Arc<Shared>,
    pub(crate) key: KeySource,
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    /// The headers of the operation. They replace the client's headers, and the call's headers replace them.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Bytes,
    pub(crate) context: CallContext,
    pub(crate) options: CallOptions,
}

/// Room for the headers of most requests, with those that the transport sets.
const MOST_HEADERS: usize = 8;

impl RequestTemplate {
    /// Creates a request for `path_and_query`, which begins with a slash, with this `accept` header.
    pub(crate) fn new(
        (shared, key): (&Arc<Shared>, &KeySource),
        method: Method,
        path_and_query: impl Into<Cow<'static, str>>,
        accept: HeaderValue,
        context: CallContext,
    ) -> Result<Self, Error> {
        let uri = Self::uri(shared, path_and_query)?;
        let mut headers = Vec::with_capacity(4);
        headers.push((header::ACCEPT, accept));
        Ok(Self {
            shared: shared.clone(),
            key: key.clone(),
            headers,
            body: Bytes::new(),
            options: CallOptions::default(),
            method,
            uri,
            context,
        })
    }

    pub(crate) fn uri(
        shared: &Shared,
        path_and_query: impl Into<Cow<'static, str>>,
    ) -> Result<Uri, Error> {
        let refused =
            |error| Error::argument("path", "it can't be part of a URL").with_source(error);
        shared.base_url.join(path_and_query.into()).map_err(refused)
    }

    pub(crate) fn set_json_body(&mut self, json: Vec<u8>) {
        self.headers.push((header::CONTENT_TYPE, JSON));
        self.body = json.into();
    }

    pub(crate) fn is_stream(&self) -> bool {
        self.context.operation() == Operation::Stream
    }

    /// Creates the HTTP request of one attempt, which has this context.
    pub(crate) fn request(&self, context: &CallContext, key: &ApiKey) -> http::Request<Bytes> {
        let mut request = http::Request::new(self.body.clone());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        let own = self.headers.iter().map(|(name, value)| (name, value));
        let own = self.shared.options.headers.iter().chain(own);
        let mut headers = HeaderMap::with_capacity(MOST_HEADERS);
        for (name, value) in own.chain(&self.options.headers) {
            headers.insert(name, value.clone());
        }
        headers.insert(header::AUTHORIZATION, key.header());
        *request.headers_mut() = headers;
        request.extensions_mut().insert(context.clone());
        request
    }
}
