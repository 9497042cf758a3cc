//! What an open stream keeps of the bytes that it has read.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::sync::Arc;

use bytes::Bytes;
use futures::{FutureExt, StreamExt, stream};
use orq_core::{
    Client, DeploymentRequest, HttpTransport, Timer,
    transport::{Body, TransportError},
};

/// Answers with one read of a body that then waits. The read refers to `buffer`, as a slice of a transport's buffer
/// does.
#[derive(Debug)]
struct OneRead {
    text: String,
    buffer: Arc<()>,
}

struct Read {
    text: String,
    _buffer: Arc<()>,
}

impl AsRef<[u8]> for Read {
    fn as_ref(&self) -> &[u8] {
        self.text.as_bytes()
    }
}

#[orq_core::async_trait]
impl HttpTransport for OneRead {
    async fn send(&self, _: http::Request<Bytes>) -> Result<http::Response<Body>, TransportError> {
        let read = Bytes::from_owner(Read {
            text: self.text.clone(),
            _buffer: self.buffer.clone(),
        });
        let body = stream::iter([Ok(read)]).chain(stream::pending());
        let mut response = http::Response::new(Body::from_stream(body));
        let headers = response.headers_mut();
        headers.insert("content-type", "text/event-stream".parse().unwrap());
        Ok(response)
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        None
    }
}

#[tokio::test]
async fn a_stream_that_waits_keeps_none_of_the_transports_buffers() {
    let event = "data: {\"choices\":[{\"index\":0,\"message\":{\"content\":\"Hello\"}}]}\n\n";
    for after in ["", ": comment\n\n", "data: {\"cho"] {
        let buffer = Arc::new(());
        let transport = OneRead {
            text: [event, after].concat(),
            buffer: buffer.clone(),
        };
        let client = Client::builder(transport).api_key("key").build().unwrap();
        let call = client.deployments();
        let mut stream = call.stream(&DeploymentRequest::new("chat")).await.unwrap();
        assert!(stream.next_chunk().await.unwrap().is_some());
        assert!(stream.next_chunk().now_or_never().is_none());
        // One is the transport's, one is the test's.
        assert_eq!(Arc::strong_count(&buffer), 2, "{after:?}");
    }
}
