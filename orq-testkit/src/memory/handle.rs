//! The transport that the client gets.

use std::{fmt, future, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use orq_core::{
    Timer,
    transport::{Body, Delivery, HttpTransport, Phase, TransportError, TransportErrorKind},
};

use super::state::{Outcome, Shared};
use crate::RecordedRequest;

/// The transport of a [`MemoryTransport`](crate::MemoryTransport), to be given to a client. Clones share its queue.
///
/// Its timer is the [`ManualTimer`](crate::ManualTimer) of the test, so that a client's clocks run in virtual time.
#[derive(Clone)]
pub struct MemoryHandle(Arc<Shared>);

impl MemoryHandle {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self(shared)
    }
}

#[cfg_attr(not(all(target_arch = "wasm32", target_os = "unknown")), async_trait)]
#[cfg_attr(all(target_arch = "wasm32", target_os = "unknown"), async_trait(?Send))]
impl HttpTransport for MemoryHandle {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Body>, TransportError> {
        let request = RecordedRequest::new(request, self.0.timer.now());
        let line = request.to_string();
        let outcome = self.0.lock().take(request);
        match outcome {
            Some(Outcome::Reply(reply)) => Ok(reply.into_response()),
            Some(Outcome::Fail(error)) => Err(error),
            Some(Outcome::Never) => future::pending().await,
            // The request did arrive here. To call it not sent would invite the client to send it again, after a
            // pause that never ends while the clock stands still.
            None => {
                let (kind, phase) = (TransportErrorKind::Other, Phase::Headers);
                let error = TransportError::new(kind, phase, Delivery::MaybeSent);
                let source = format!("MemoryTransport has no reply left for {line}");
                Err(error.with_source(source))
            }
        }
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        Some(Arc::new(self.0.timer.clone()))
    }

    fn name(&self) -> &str {
        "memory"
    }
}

impl fmt::Debug for MemoryHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MemoryHandle")
            .field(&*self.0.lock())
            .finish()
    }
}
