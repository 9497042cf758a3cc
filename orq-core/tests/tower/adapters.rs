//! How a service is called, and what a transport around it says of itself.

use std::{
    cell::Cell,
    future::{Ready, ready},
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures::FutureExt;
use http::{Request, Response};
use orq_core::{
    Client, HttpTransport, Timer,
    tower::{RequestBody, ServiceTransport, TransportService},
    transport::{Body, CallContext, Operation, TransportError},
};
use orq_testkit::{ManualTimer, MemoryTransport, fixture};
use tower::{Service, ServiceBuilder, ServiceExt, layer::util::Identity};

use super::chat;

const ANSWER: &str =
    r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"Hello"}}]}"#;

/// A service whose clones aren't ready, and which becomes so at the second poll. It isn't `Sync`.
#[derive(Debug, Default)]
struct Slow {
    polls: Cell<u32>,
}

impl Clone for Slow {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Service<Request<RequestBody>> for Slow {
    type Response = Response<Body>;
    type Error = TransportError;
    type Future = Ready<Result<Response<Body>, TransportError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        self.polls.set(self.polls.get() + 1);
        if self.polls.get() == 2 {
            return Poll::Ready(Ok(()));
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn call(&mut self, _: Request<RequestBody>) -> Self::Future {
        assert_eq!(self.polls.take(), 2, "it is called before it is ready");
        ready(Ok(Response::new(Body::from(ANSWER))))
    }
}

#[tokio::test]
async fn the_clone_that_is_called_is_the_one_that_was_ready() {
    let transport = ServiceTransport::without_timer(Slow::default());
    let deployments = Client::new(transport, "test-key").unwrap().deployments();
    for _ in 0..2 {
        let answer = deployments.invoke(&chat()).await.unwrap();
        assert_eq!(answer.text().as_deref(), Some("Hello"));
    }
}

#[tokio::test]
async fn what_is_layered_keeps_the_timer_the_name_and_the_context() {
    let memory = MemoryTransport::new();
    memory.reply(fixture::completion("Hello"));
    let layered = ServiceTransport::layered(memory.handle(), Identity::new());
    let moment = std::time::Duration::from_nanos(987_654_321);
    memory.timer().advance(moment);
    assert_eq!(layered.timer().unwrap().now(), moment);
    let client = Client::new(layered, "test-key").unwrap();
    client.deployments().invoke(&chat()).await.unwrap();
    let request = memory.only_request();
    let agent = request.header("user-agent").unwrap();
    assert!(agent.ends_with("(memory)"), "{agent}");
    assert_eq!(request.context().unwrap().deployment(), Some("chat"));
    assert_eq!(request.json()["key"], "chat");
}

#[test]
fn a_service_has_the_timer_and_the_name_that_were_given() {
    let service = TransportService::new(MemoryTransport::new().handle());
    let timer = ManualTimer::new();
    let transport = ServiceTransport::new(service.clone(), timer.clone());
    assert_eq!(transport.name(), "tower");
    timer.advance(std::time::Duration::from_secs(7));
    assert_eq!(transport.timer().unwrap().now(), timer.now());
    assert_eq!(transport.named("own").name(), "own");
    let transport = ServiceTransport::without_timer(service);
    assert!(transport.timer().is_none());
}

#[test]
fn debug_shows_nothing_of_the_layers() {
    let secret = http::HeaderValue::from_static("very-secret");
    let name = http::HeaderName::from_static("x-secret");
    let layer = tower_http::set_header::SetRequestHeaderLayer::overriding(name, secret);
    let memory = MemoryTransport::new();
    let transport = ServiceTransport::layered(memory.handle(), layer);
    let shown = format!("{transport:?}");
    assert!(
        shown.contains("memory") && !shown.contains("very-secret"),
        "{shown}"
    );
}

#[test]
fn a_body_shows_its_length_alone() {
    let body = RequestBody::from("very-secret");
    assert_eq!(format!("{body:?}"), "RequestBody(11 bytes)");
}

/// A request that waits for readiness is tracked as unsent, and afterwards what is beneath the service decides.
#[test]
fn only_what_waits_for_readiness_is_unsent() {
    for (is_ready, is_unsent) in [(false, true), (true, false)] {
        let waiting = tower::service_fn(|_: Request<RequestBody>| {
            std::future::pending::<Result<Response<Body>, TransportError>>()
        });
        let layers = ServiceBuilder::new().concurrency_limit(usize::from(is_ready));
        let transport = ServiceTransport::without_timer(layers.service(waiting));
        let context = CallContext::new(Operation::Invoke, None);
        let mut request = Request::new(Bytes::new());
        request.extensions_mut().insert(context.clone());
        assert!(transport.send(request).now_or_never().is_none());
        assert_eq!(context.is_unsent(), is_unsent, "ready: {is_ready}");
    }
}

/// A layer may try something else, beyond what is tracked, once an exchange has its result.
#[tokio::test]
async fn an_exchange_with_a_result_is_never_unsent() {
    let service = super::answering(|_| Ok::<_, TransportError>(Response::new(Body::empty())));
    for is_ready in [true, false] {
        let transport = match is_ready {
            true => {
                Arc::new(ServiceTransport::without_timer(service.clone())) as Arc<dyn HttpTransport>
            }
            false => Arc::new(ServiceTransport::without_timer(super::Unready(|| {
                "never ready".into()
            }))),
        };
        let context = CallContext::new(Operation::Invoke, None);
        let mut request = Request::new(Bytes::new());
        request.extensions_mut().insert(context.clone());
        assert_eq!(transport.send(request).await.is_ok(), is_ready);
        drop(context.track_sending());
        assert!(!context.is_unsent(), "ready: {is_ready}");
    }
}

#[tokio::test]
async fn a_transport_is_a_service() {
    let memory = MemoryTransport::new();
    memory.reply_status(404, "no").reply_json_text("{}");
    let mut service = TransportService::new(memory.handle());
    for status in [404, 200] {
        let request = Request::post("http://localhost/x")
            .body("{}".into())
            .unwrap();
        let response = service.ready().await.unwrap().call(request).await.unwrap();
        assert_eq!(response.status(), status);
        memory.allow_unread();
    }
    assert_eq!(memory.requests()[1].text(), "{}");
}
