//! The transport that the client gets.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use orq_core::{
    Timer,
    transport::{Body, Delivery, HttpTransport, Phase, TransportError, TransportErrorKind},
};

use super::state::Shared;
use crate::{
    guard::Explanation,
    reply::Playback,
    request::{OverSocket, RecordedRequest},
};

/// The transport for the client of a [`MemoryTransport`](crate::MemoryTransport). Clones share its replies.
///
/// Its timer is that of the `MemoryTransport`, so that the client's clocks run in virtual time.
#[derive(Clone, Debug)]
pub struct MemoryHandle(pub(super) Arc<Shared>);

#[cfg_attr(not(all(target_arch = "wasm32", target_os = "unknown")), async_trait)]
#[cfg_attr(all(target_arch = "wasm32", target_os = "unknown"), async_trait(?Send))]
impl HttpTransport for MemoryHandle {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Body>, TransportError> {
        let clock = &self.0.clock;
        clock.stir();
        let over_socket = request.extensions().get::<OverSocket>().is_some();
        let request = RecordedRequest::new(request, clock.timer().now());
        let found = self.0.take(request);
        let exchange = OpenExchange(Arc::clone(&self.0));
        let matched = found.map_err(no_reply)?;
        let played = matched.reply.clone().play(clock, exchange).await;
        if played.is_err() && over_socket && matched.reply.is_for_memory_alone() {
            self.0.lock().only_in_memory(&matched);
        }
        let response = played?;
        self.0.lock().hand_out(&matched, response.body().progress());
        Ok(response.map(Playback::into_body))
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        Some(Arc::clone(self.0.clock.timer()))
    }

    fn name(&self) -> &str {
        "memory"
    }
}

/// An exchange that goes on, from the request to the end of the body or until somebody drops it.
struct OpenExchange(Arc<Shared>);

impl Drop for OpenExchange {
    fn drop(&mut self) {
        self.0.lock().exchange_over();
    }
}

/// The request did arrive here. To call it not sent would invite the client to send it again.
fn no_reply(why: String) -> TransportError {
    let (kind, phase) = (TransportErrorKind::Other, Phase::Headers);
    TransportError::new(kind, phase, Delivery::MaybeSent)
        .with_source(Explanation(format!("MemoryTransport: {why}")))
}
