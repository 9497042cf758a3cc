//! A transport without a network, which costs next to nothing.
#![allow(
    clippy::expect_used,
    reason = "a benchmark that can't be set up must fail"
)]

use std::sync::Arc;

use bytes::Bytes;
use futures::{executor::block_on, stream};
use http::{HeaderValue, Request, Response, header::CONTENT_TYPE};
use orq_core::{
    Client, CompletionStream, DeploymentRequest, Deployments, HttpTransport, Timer, async_trait,
    transport::{Body, TransportError},
};

use crate::load::Load;

/// How many events a stream has.
const EVENTS: usize = 1000;

/// Gives the same answer to every request.
#[derive(Debug)]
struct InMemory {
    content_type: HeaderValue,
    /// One for each event, as a server sends them.
    chunks: Vec<Bytes>,
}

impl InMemory {
    fn new(load: Load) -> Self {
        if !load.is_stream() {
            return Self {
                content_type: HeaderValue::from_static("application/json"),
                chunks: vec![load.answer().data.into()],
            };
        }
        let data = load.events(EVENTS).into_iter().map(|event| event.data);
        let data = data.chain(["[DONE]".to_owned()]);
        Self {
            content_type: HeaderValue::from_static("text/event-stream"),
            chunks: data
                .map(|data| format!("data: {data}\n\n").into())
                .collect(),
        }
    }
}

#[async_trait]
impl HttpTransport for InMemory {
    async fn send(&self, _: Request<Bytes>) -> Result<Response<Body>, TransportError> {
        let chunks = self.chunks.clone().into_iter().map(Ok);
        let mut response = Response::new(Body::from_stream(stream::iter(chunks)));
        let content_type = self.content_type.clone();
        response.headers_mut().insert(CONTENT_TYPE, content_type);
        Ok(response)
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        None
    }
}

/// Returns the deployments of a client whose server gives this answer.
pub(crate) fn deployments(load: Load) -> Deployments {
    let client = Client::new(InMemory::new(load), "sk-orq-test");
    client
        .expect("a key is all that a client needs")
        .deployments()
}

/// Returns an opened stream, and how many bytes of text are in it.
pub(crate) fn stream(request: &DeploymentRequest) -> (CompletionStream, usize) {
    let stream = block_on(deployments(Load::Text).stream(request).into_future());
    let taken = Load::Text
        .events(EVENTS)
        .into_iter()
        .map(|event| event.taken);
    (stream.expect("the transport never fails"), taken.sum())
}
