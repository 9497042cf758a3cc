//! The transport that the client gets.

use std::{future, sync::Arc};

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
pub struct ReplayHandle(pub(super) Arc<Player>);

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
        let began = self.0.timer.now();
        if let Some(error) = &interaction.error {
            self.0.wait(began, error.after_ms).await;
            return Err(error.failure.error());
        }
        let Some(taped) = &interaction.response else {
            return future::pending().await;
        };
        self.0.wait(began, taped.after_ms).await;
        let body = PlayedBody {
            player: Arc::clone(&self.0),
            number,
            interaction: Arc::clone(&interaction),
            head_at: self.0.timer.now(),
        };
        let mut response = Response::new(body.into_body());
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
