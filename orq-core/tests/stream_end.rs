//! What becomes of a stream's connection at its end.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures::{FutureExt, StreamExt, stream};
use orq_core::{
    Client, CompletionStream, DeploymentRequest, HttpTransport, Timer,
    transport::{Body, CallContext, TransportError},
};
use orq_testkit::{MemoryTransport, Reply, fixture};

async fn read(memory: &MemoryTransport) -> CompletionStream {
    let call = memory.client().deployments();
    let mut stream = call.stream(&DeploymentRequest::new("chat")).await.unwrap();
    while stream.next_chunk().await.unwrap().is_some() {}
    stream
}

/// Otherwise an HTTP library takes the connection for one that is still in use, and closes it.
#[tokio::test]
async fn after_the_end_mark_the_body_is_read_to_its_end() {
    let memory = MemoryTransport::new();
    let reply = Reply::from(fixture::transcript("Hello Jane"));
    memory.reply(reply.read_to_end());
    drop(read(&memory).await);
}

#[tokio::test]
async fn a_body_that_does_not_end_after_the_end_mark_is_dropped() {
    let memory = MemoryTransport::new();
    let reply = || Reply::from(fixture::transcript("Hello Jane"));
    memory.reply(reply().stall()).reply(reply());
    let held = read(&memory).await;
    drop(read(&memory).await);
    assert_eq!(memory.most_in_flight(), 1);
    drop(held);
}

/// Answers each request with these events, and keeps the context of the last one.
#[derive(Debug)]
struct Kept {
    events: &'static str,
    context: Arc<Mutex<Option<CallContext>>>,
}

#[orq_core::async_trait]
impl HttpTransport for Kept {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Body>, TransportError> {
        *self.context.lock().unwrap() = request.extensions().get().cloned();
        // The connection stays open.
        let events = stream::iter([Ok(self.events.into())]).chain(stream::pending());
        let mut response = http::Response::new(Body::from_stream(events));
        let headers = response.headers_mut();
        headers.insert("content-type", "text/event-stream".parse().unwrap());
        Ok(response)
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        None
    }
}

/// The transport may keep the connection of a stream that was read to its end mark, and of no other.
#[tokio::test]
async fn only_a_stream_that_has_ended_is_complete() {
    for (events, is_complete) in [
        ("data: {\"choices\":[]}\n\ndata: [DONE]\n\n", true),
        ("data: {\"choices\":[]}\n\n", false),
        (
            "data: {\"choices\":[]}\n\nevent: error\ndata: no\n\n",
            false,
        ),
    ] {
        let context = Arc::default();
        let transport = Kept {
            events,
            context: Arc::clone(&context),
        };
        let client = Client::new(transport, "sk-test").unwrap();
        let request = DeploymentRequest::new("chat");
        let mut stream = client.deployments().stream(&request).await.unwrap();
        let seen = || context.lock().unwrap().clone().unwrap().is_complete();
        assert!(stream.next().await.unwrap().is_ok());
        assert!(!seen());
        let _ = stream.next().now_or_never();
        drop(stream);
        assert_eq!(seen(), is_complete, "{events}");
    }
}
