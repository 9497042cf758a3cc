//! The transport over hyper-util's client.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use hyper::body::Body as HttpBody;
use hyper_util::client::legacy::{Client, ResponseFuture, connect::Connect};
use orq_core::{
    Timer, TokioTimer,
    transport::{Body, HttpTransport, TrackedBody, TransportError},
};

use crate::{
    build_error::Source,
    ground::{clients::Clients, request},
    verdict,
};

/// An [`HttpTransport`] over hyper.
///
/// It is cheap to clone; the clones share their connections.
///
/// Outside of a tokio runtime, [`send`](HttpTransport::send) returns an error of kind `runtime` and sends nothing.
#[derive(Clone)]
pub struct HyperTransport {
    clients: Arc<Clients<Exchange>>,
    timer: TokioTimer,
}

/// A client as one function from request to response, whatever its connector and the body of its requests.
pub(crate) struct Exchange(Box<dyn Fn(Request<TrackedBody>) -> ResponseFuture + Send + Sync>);

impl Exchange {
    pub(crate) fn new<C, B>(client: Client<C, B>, body: fn(TrackedBody) -> B) -> Self
    where
        C: Connect + Clone + Send + Sync + 'static,
        B: HttpBody<Data: Send, Error: Into<Source>>,
        B: Send + Unpin + 'static,
    {
        Self(Box::new(move |request| client.request(request.map(body))))
    }
}

impl HyperTransport {
    /// Creates a transport that uses `client` as it is. See [A ready-made client](crate#a-ready-made-client).
    ///
    /// `B` is the body of its requests, such as `http_body_util::Full<Bytes>`.
    pub fn from_client<C, B>(client: Client<C, B>) -> Self
    where
        C: Connect + Clone + Send + Sync + 'static,
        B: HttpBody<Data: Send, Error: Into<Source>>,
        B: From<Bytes> + Send + Unpin + 'static,
    {
        let exchange = Exchange::new(client, |body| B::from(body.into_bytes()));
        Self::over(Clients::fixed(exchange))
    }

    pub(crate) fn over(clients: Clients<Exchange>) -> Self {
        Self {
            clients: Arc::new(clients),
            timer: TokioTimer::new(),
        }
    }
}

#[async_trait]
impl HttpTransport for HyperTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Body>, TransportError> {
        let prepared = request::prepare(request)?;
        let lease = self.clients.lease().await;
        let result = (lease.0)(prepared.request).await;
        prepared.tracked.finish();
        let response = result.map_err(|error| verdict::before_head(error, prepared.has_body))?;
        Ok(prepared.reading.read(response, verdict::in_body, lease))
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        Some(Arc::new(self.timer.clone()))
    }

    fn name(&self) -> &str {
        "hyper"
    }
}

impl fmt::Debug for HyperTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HyperTransport").finish_non_exhaustive()
    }
}
