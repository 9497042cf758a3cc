//! The layers of tower and tower-http, as the caller of a call sees them.

use std::{
    error::Error as _,
    iter,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use orq_core::{
    Client, Error, ErrorKind, HttpTransport, NoRetry, RetryAdvice, Timer,
    tower::ServiceTransport,
    transport::{Body, CallContext, Delivery, Phase, TransportError, TransportErrorKind},
};
use orq_testkit::{Fault, Gate, MemoryTransport, Reply, fixture};
use tower::{ServiceBuilder, timeout::error::Elapsed};
use tower_http::{set_header::SetRequestHeaderLayer, timeout::TimeoutLayer, trace::TraceLayer};

use super::{chat, facts, failed, tower_errors};

const WAIT: Duration = Duration::from_secs(5);

/// A server that doesn't answer. As long as there is its gate, the client's time stands still, and only tokio's goes on.
fn stalled() -> (MemoryTransport, Gate) {
    let (memory, gate) = (MemoryTransport::new(), Gate::new());
    memory.reply(fixture::completion("Hello").into_reply().head_gate(&gate));
    (memory, gate)
}

fn assert_is_of_tower(error: &Error) {
    let mut chain = iter::successors(error.source(), |&error| error.source());
    assert!(chain.any(|error| error.is::<Elapsed>()), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_timeout_of_tower() {
    let (memory, _gate) = stalled();
    let error = failed(&memory, ServiceBuilder::new().timeout(WAIT)).await;
    assert_is_of_tower(&error);
    let (phase, delivery) = (Some(Phase::Headers), Some(Delivery::MaybeSent));
    let expected = (
        ErrorKind::Timeout,
        phase,
        delivery,
        RetryAdvice::MayDuplicate,
    );
    assert_eq!(facts(&error), expected);
}

/// A transport that waits for a connection for ever.
#[derive(Debug)]
struct Connecting;

#[async_trait]
impl HttpTransport for Connecting {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Body>, TransportError> {
        let context = request.extensions().get::<CallContext>().unwrap();
        let _tracked = context.track_sending();
        std::future::pending().await
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        None
    }
}

#[tokio::test(start_paused = true)]
async fn a_timeout_of_tower_before_the_request_is_sent() {
    let builder = Client::builder(Connecting).api_key("test-key");
    let builder = builder.retry(NoRetry).layer(|inner| {
        let layers = ServiceBuilder::new().timeout(WAIT);
        ServiceTransport::layered(inner, layers).classify_errors(tower_errors)
    });
    let deployments = builder.build().unwrap().deployments();
    let error = deployments.invoke(&chat()).await.unwrap_err();
    assert_is_of_tower(&error);
    let (phase, delivery) = (Some(Phase::Connect), Some(Delivery::NotSent));
    let expected = (ErrorKind::Timeout, phase, delivery, RetryAdvice::Safe);
    assert_eq!(facts(&error), expected);
}

/// It answers by itself, so that the client takes the status for the server's.
#[tokio::test(start_paused = true)]
async fn a_timeout_of_tower_http() {
    let (memory, _gate) = stalled();
    let status = StatusCode::REQUEST_TIMEOUT;
    let error = failed(&memory, TimeoutLayer::with_status_code(status, WAIT)).await;
    assert_eq!(error.status(), Some(status));
    assert_eq!(error.kind(), ErrorKind::Api);
    assert_eq!(error.delivery(), Some(Delivery::Answered));
    assert_eq!(error.retry_advice(), RetryAdvice::MayDuplicate);
}

#[tokio::test]
async fn a_header_is_set() {
    let memory = MemoryTransport::new();
    memory.reply(fixture::completion("Hello"));
    let name = HeaderName::from_static("x-tenant");
    let layer = SetRequestHeaderLayer::overriding(name, HeaderValue::from_static("acme"));
    let builder = memory.client_builder();
    let builder = builder.layer(|inner| ServiceTransport::layered(inner, layer));
    let client = builder.build().unwrap();
    client.deployments().invoke(&chat()).await.unwrap();
    assert_eq!(memory.only_request().header("x-tenant"), Some("acme"));
}

#[tokio::test]
async fn a_trace_covers_the_whole_stream() {
    let memory = MemoryTransport::new();
    memory.reply(fixture::transcript("Hello Jane"));
    let log = Arc::new(Mutex::new(Vec::new()));
    let note = |what: &str| {
        let (log, what) = (log.clone(), what.to_owned());
        move || log.lock().unwrap().push(what.clone())
    };
    let (begun, responded, ended) = (note("request"), note("response"), note("end"));
    let layer = TraceLayer::new_for_http()
        .on_request(move |_: &Request<_>, _: &_| begun())
        .on_response(move |_: &Response<_>, _, _: &_| responded())
        .on_eos(move |_: Option<&_>, _, _: &_| ended());
    let builder = memory.client_builder();
    let builder = builder.layer(|inner| ServiceTransport::layered(inner, layer));
    let client = builder.build().unwrap();
    let stream = client.deployments().stream(&chat()).await.unwrap();
    assert_eq!(*log.lock().unwrap(), ["request", "response"]);
    stream.finish().await.unwrap();
    assert_eq!(*log.lock().unwrap(), ["request", "response", "end"]);
}

/// The facts of a transport's error come through every layer, in the head and in the body.
#[tokio::test]
async fn an_error_of_the_transport_keeps_its_facts() {
    let error = |phase, delivery| TransportError::new(TransportErrorKind::Closed, phase, delivery);
    for (reply, phase, delivery, advice) in [
        (
            Reply::failed(error(Phase::Send, Delivery::NotSent)),
            Phase::Send,
            Delivery::NotSent,
            RetryAdvice::Safe,
        ),
        (
            Reply::failed(error(Phase::Headers, Delivery::MaybeSent)),
            Phase::Headers,
            Delivery::MaybeSent,
            RetryAdvice::MayDuplicate,
        ),
        (
            Reply::json_text("{").break_off(Fault::Reset),
            Phase::Body,
            Delivery::Answered,
            RetryAdvice::MayDuplicate,
        ),
    ] {
        let memory = MemoryTransport::new();
        memory.reply(reply);
        let layers = ServiceBuilder::new()
            .load_shed()
            .buffer(4)
            .concurrency_limit(4)
            .timeout(WAIT)
            .layer(TraceLayer::new_for_http())
            .map_request(|request| request);
        let error = failed(&memory, layers).await;
        let expected = (ErrorKind::Closed, Some(phase), Some(delivery), advice);
        assert_eq!(facts(&error), expected);
    }
}

/// The worker of a buffer ends with its runtime.
#[tokio::test]
async fn a_buffer_without_its_worker() {
    let memory = MemoryTransport::new();
    let layers = {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let _entered = runtime.enter();
        let service = orq_core::tower::TransportService::new(memory.handle());
        let buffer = tower::buffer::Buffer::new(service, 4);
        runtime.shutdown_background();
        tower::layer::layer_fn(move |_| buffer.clone())
    };
    let error = failed(&memory, layers).await;
    let (phase, delivery) = (Some(Phase::Connect), Some(Delivery::NotSent));
    let expected = (ErrorKind::Runtime, phase, delivery, RetryAdvice::Never);
    assert_eq!(facts(&error), expected);
}
