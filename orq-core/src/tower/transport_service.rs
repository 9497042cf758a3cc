//! A transport as a service.

use std::{
    sync::Arc,
    task::{Context, Poll},
};

use http::{Request, Response};
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
    type Future = BoxFuture<'static, Result<Response<Body>, TransportError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let transport = self.0.clone();
        Box::pin(async move { transport.send(request.map(RequestBody::into_bytes)).await })
    }
}
