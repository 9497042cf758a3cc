//! A transport without a timer.

use std::sync::Arc;

use orq_core::{
    Timer, async_trait,
    bytes::Bytes,
    http,
    transport::{Body, HttpTransport, TransportError},
};
use orq_testkit::MemoryHandle;

/// Plays what the memory transport was given, and has no timer.
#[derive(Debug)]
pub(crate) struct Timeless(pub(crate) MemoryHandle);

#[async_trait]
impl HttpTransport for Timeless {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Body>, TransportError> {
        self.0.send(request).await
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        None
    }
}
