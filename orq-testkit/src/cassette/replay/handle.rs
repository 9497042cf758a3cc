//! The transport that the client gets.

use std::{future, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use orq_core::{
    Timer,
    transport::{Body, Delivery, HttpTransport, Phase, TransportError, TransportErrorKind},
};

use super::{played_body::PlayedBody, player::Player};
use crate::cassette::request::LiveRequest;

/// The transport for the client of a [`Replay`](super::Replay). Clones play the same cassette.
#[derive(Clone, Debug)]
pub struct ReplayHandle(Arc<Player>);

impl ReplayHandle {
    pub(super) fn new(player: Arc<Player>) -> Self {
        Self(player)
    }

    async fn wait(&self, millis: u64) {
        if self.0.in_own_time && millis > 0 {
            self.0.timer.sleep(Duration::from_millis(millis)).await;
        }
    }
}

#[cfg_attr(not(all(target_arch = "wasm32", target_os = "unknown")), async_trait)]
#[cfg_attr(all(target_arch = "wasm32", target_os = "unknown"), async_trait(?Send))]
impl HttpTransport for ReplayHandle {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Body>, TransportError> {
        let asked = LiveRequest(request);
        let taken = self.0.lock().take(&asked);
        let (number, interaction) = taken.map_err(|problem| {
            // The request did arrive here. To call it not sent would invite the client to send it again.
            let error = TransportError::new(
                TransportErrorKind::Other,
                Phase::Headers,
                Delivery::MaybeSent,
            );
            error.with_source(self.0.explain(&problem))
        })?;
        if let Some(error) = &interaction.error {
            self.wait(error.after_ms).await;
            return Err(error.failure.error());
        }
        let Some(taped) = &interaction.response else {
            return future::pending().await;
        };
        self.wait(taped.after_ms).await;
        let body = PlayedBody::new(Arc::clone(&self.0), number, Arc::clone(&interaction));
        let mut response = Response::new(Body::from_stream(body));
        *response.status_mut() = taped.status;
        *response.headers_mut() = taped.headers.clone();
        Ok(response)
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        Some(Arc::clone(&self.0.timer))
    }

    fn name(&self) -> &str {
        "replay"
    }
}
