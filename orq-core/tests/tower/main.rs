//! Transports as services, services as transports, and the layers of tower and tower-http between them.
#![cfg(feature = "tower")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod adapters;
mod balance;
mod bodies;
mod errors;
mod limits;
mod panics;
mod stacks;

use std::{
    error::Error as StdError,
    future::Ready,
    task::{Context, Poll},
};

use http::{Request, Response};
use orq_core::{
    DeploymentRequest, Error, ErrorKind, RetryAdvice,
    tower::{RequestBody, ServiceTransport, TransportService},
    transport::{Body, Delivery, Phase, TransportError, TransportErrorKind},
};
use orq_testkit::MemoryTransport;
use tower::{BoxError, Layer, Service, buffer, load_shed, timeout};

/// What the caller of a call sees of its error.
type Facts = (ErrorKind, Option<Phase>, Option<Delivery>, RetryAdvice);

fn facts(error: &Error) -> Facts {
    let (kind, advice) = (error.kind(), error.retry_advice());
    (kind, error.phase(), error.delivery(), advice)
}

fn chat() -> DeploymentRequest {
    DeploymentRequest::new("chat")
}

/// Invokes through a layer, which must make the call fail.
async fn failed<L>(memory: &MemoryTransport, layer: L) -> Error
where
    L: Layer<TransportService>,
    ServiceTransport<L::Service>: orq_core::HttpTransport + 'static,
{
    let builder = memory.client_builder();
    let builder = builder
        .layer(|inner| ServiceTransport::layered(inner, layer).classify_errors(tower_errors));
    let client = builder.build().unwrap();
    client.deployments().invoke(&chat()).await.unwrap_err()
}

/// The function of the documentation.
fn tower_errors(error: &(dyn StdError + 'static)) -> Option<TransportError> {
    if error.is::<timeout::error::Elapsed>() {
        let kind = TransportErrorKind::Timeout;
        Some(TransportError::new(
            kind,
            Phase::Headers,
            Delivery::MaybeSent,
        ))
    } else if error.is::<load_shed::error::Overloaded>() {
        let kind = TransportErrorKind::Connect;
        Some(TransportError::new(kind, Phase::Connect, Delivery::NotSent))
    } else if error.is::<buffer::error::Closed>() {
        let kind = TransportErrorKind::Runtime;
        Some(TransportError::new(kind, Phase::Connect, Delivery::NotSent))
    } else {
        None
    }
}

/// A service that is a function, and is always ready.
fn answering<E>(
    answer: impl Fn(Request<RequestBody>) -> Result<Response<Body>, E> + Clone + Send + 'static,
) -> impl Service<
    Request<RequestBody>,
    Response = Response<Body>,
    Error = E,
    Future = Ready<Result<Response<Body>, E>>,
> + Clone
+ Send
+ 'static {
    tower::service_fn(move |request| std::future::ready(answer(request)))
}

/// A service that never gets ready.
#[derive(Clone)]
struct Unready(fn() -> BoxError);

impl Service<Request<RequestBody>> for Unready {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = Ready<Result<Response<Body>, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Err(self.0()))
    }

    fn call(&mut self, _: Request<RequestBody>) -> Self::Future {
        panic!("it is called before it is ready");
    }
}
