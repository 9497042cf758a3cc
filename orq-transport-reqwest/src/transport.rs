//! The transport over reqwest's client.

use std::{error::Error as StdError, fmt, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use orq_core::{
    Timer, TokioTimer,
    transport::{Body, Delivery, HttpTransport, Phase, TransportError, TransportErrorKind as Kind},
};
use orq_transport_hyper::{
    ground::{clients::Clients, request},
    verdict::Causes,
};

/// An [`HttpTransport`] over reqwest.
///
/// It is cheap to clone; the clones share their connections.
///
/// Outside of a tokio runtime, [`send`](HttpTransport::send) returns an error of kind `runtime` and sends nothing.
#[derive(Clone)]
pub struct ReqwestTransport {
    clients: Arc<Clients<reqwest::Client>>,
    timer: TokioTimer,
}

impl ReqwestTransport {
    /// Creates a transport that uses `client` as it is. See [A ready-made client](crate#a-ready-made-client).
    pub fn from_client(client: reqwest::Client) -> Self {
        Self::over(Clients::fixed(client))
    }

    pub(crate) fn over(clients: Clients<reqwest::Client>) -> Self {
        Self {
            clients: Arc::new(clients),
            timer: TokioTimer::new(),
        }
    }
}

#[async_trait]
impl HttpTransport for ReqwestTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Body>, TransportError> {
        let prepared = request::prepare(request)?;
        let lease = self.clients.lease().await;
        let request = prepared.request.map(reqwest::Body::wrap);
        let before_head = |error| before_head(error, prepared.has_body);
        let request = reqwest::Request::try_from(request).map_err(before_head)?;
        let url = request.url().clone();
        let result = lease.execute(request).await;
        prepared.tracked.finish();
        let response = result.map_err(before_head)?;
        if *response.url() != url {
            // What arrived answers another request.
            return Err(
                TransportError::new(Kind::Protocol, Phase::Headers, Delivery::Answered)
                    .with_source(
                        "the client followed a redirect; build it with `redirect::Policy::none()`",
                    ),
            );
        }
        Ok(prepared.reading.read(response.into(), in_body, lease))
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        Some(Arc::new(self.timer.clone()))
    }

    fn name(&self) -> &str {
        "reqwest"
    }
}

/// Shows nothing of the client: a ready-made one may have a key in its default headers.
impl fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestTransport").finish_non_exhaustive()
    }
}

/// Classifies the error of an exchange that failed before the response's headers arrived.
fn before_head(error: reqwest::Error, has_body: bool) -> TransportError {
    let error = error.without_url();
    let (kind, phase, delivery) = if error.is_builder() {
        // A scheme that reqwest doesn't speak, or an address that isn't a URL.
        (Kind::Other, Phase::Connect, Delivery::NotSent)
    } else if error.is_redirect() {
        // Only a ready-made client follows redirects, and it gave up.
        (Kind::Protocol, Phase::Headers, Delivery::Answered)
    } else {
        Causes::of(&error)
            .or_timeout(error.is_timeout())
            .before_head(has_body)
    };
    TransportError::new(kind, phase, delivery).with_source(error)
}

/// Classifies the error of a response's body.
fn in_body(error: Box<dyn StdError + Send + Sync>) -> TransportError {
    let is_timeout = error.downcast_ref().is_some_and(reqwest::Error::is_timeout);
    let kind = Causes::of(error.as_ref()).or_timeout(is_timeout).in_body();
    TransportError::new(kind, Phase::Body, Delivery::Answered).with_source(error)
}
