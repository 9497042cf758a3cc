//! A transport as a service.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use http::{Request, Response};
use sync_wrapper::SyncWrapper;
use tower_service::Service;

use super::request_body::RequestBody;
use crate::{
    maybe_send::BoxFuture,
    transport::{Body, HttpTransport, TransportError},
};

/// A transport as a [`Service`], for tower's layers. It is always ready. Clones share the transport.
///
/// ```
/// use http::{Method, Request};
/// use orq_core::tower::TransportService;
/// use orq_testkit::FakeOrq;
/// use tower::ServiceExt;
///
/// # futures::executor::block_on(async {
/// let service = TransportService::new(FakeOrq::new());
/// let request = Request::builder().uri("https://my.orq.ai/v2/deployments").body("".into())?;
/// let response = service.oneshot(request).await?;
/// assert_eq!(response.status(), 401);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct TransportService(Arc<dyn HttpTransport>);

impl TransportService {
    /// Creates a service of this transport.
    pub fn new(transport: impl HttpTransport + 'static) -> Self {
        Self(Arc::new(transport))
    }
}

impl Service<Request<RequestBody>> for TransportService {
    type Response = Response<Body>;
    type Error = TransportError;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let transport = self.0.clone();
        let request = request.map(RequestBody::into_bytes);
        let sent = async move { transport.send(request).await };
        ResponseFuture(SyncWrapper::new(Box::pin(sent)))
    }
}

/// The response of a [`TransportService`]. It is `Sync` too, as tower's `boxed_clone_sync` requires.
pub struct ResponseFuture(SyncWrapper<BoxFuture<'static, Result<Response<Body>, TransportError>>>);

impl Future for ResponseFuture {
    type Output = Result<Response<Body>, TransportError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.get_mut().as_mut().poll(cx)
    }
}

impl fmt::Debug for ResponseFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
