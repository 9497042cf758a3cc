//! The transport with the faults in it.

use std::{io, mem, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{FutureExt, StreamExt};
use http::{Request, Response, header::CONTENT_LENGTH};
use orq_core::{
    Timer,
    transport::{
        Body, CallContext, Delivery, HttpTransport, Phase, TransportError, TransportErrorKind,
    },
};

use super::{
    error_answer::error_answer,
    injected::InjectedKind,
    injector::{Due, FaultInjector},
};
use crate::reply::{EndAt, Ending};

/// A transport with the faults of a [`FaultInjector`], created by its [`layer`](FaultInjector::layer) or
/// [`wrap`](FaultInjector::wrap).
///
/// A request without a fault is passed on unchanged, as are its response's chunks; dropping a future or a body drops
/// that of the transport underneath.
#[derive(Debug)]
pub struct FaultyTransport {
    inner: Arc<dyn HttpTransport>,
    injector: FaultInjector,
}

impl FaultInjector {
    /// Returns the layer for [`ClientBuilder::layer`](orq_core::ClientBuilder::layer).
    pub fn layer(&self) -> impl Fn(Arc<dyn HttpTransport>) -> FaultyTransport + use<> {
        let injector = self.clone();
        move |inner| injector.wrap(inner)
    }

    /// Wraps `inner` in a transport with this injector's faults.
    pub fn wrap(&self, inner: impl HttpTransport + 'static) -> FaultyTransport {
        FaultyTransport {
            inner: Arc::new(inner),
            injector: self.clone(),
        }
    }
}

impl FaultyTransport {
    fn timer_for_latency(&self) -> Result<Arc<dyn Timer>, TransportError> {
        self.inner.timer().ok_or_else(|| {
            TransportError::new(TransportErrorKind::Other, Phase::Connect, Delivery::NotSent)
                .with_source(
                    "injected latency needs a timer, and the transport underneath has none",
                )
        })
    }
}

#[cfg_attr(not(all(target_arch = "wasm32", target_os = "unknown")), async_trait)]
#[cfg_attr(all(target_arch = "wasm32", target_os = "unknown"), async_trait(?Send))]
impl HttpTransport for FaultyTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Body>, TransportError> {
        let Some(due) = self
            .injector
            .decide(request.extensions().get::<CallContext>())
        else {
            return self.inner.send(request).await;
        };
        match due.fault.kind {
            InjectedKind::Refused => {
                due.happened();
                Err(refused())
            }
            InjectedKind::Status(status) => {
                let answer = error_answer(status, due.headers.clone());
                due.happened();
                Ok(answer)
            }
            InjectedKind::BreakBeforeHead(fault) => {
                let mut response = self.inner.send(request).await?;
                // A double that watches over its bodies sees that this one was begun.
                let _ = response.body_mut().next().now_or_never();
                due.happened();
                Err(fault.before_head())
            }
            InjectedKind::Ending(ending) => {
                let mut response = self.inner.send(request).await?;
                if ending == Ending::Cut {
                    response.headers_mut().remove(CONTENT_LENGTH);
                }
                let byte = due.fault.byte.unwrap_or_default();
                let at = EndAt { byte, ending };
                Ok(response.map(|body| at.of(body, || due.happened())))
            }
            InjectedKind::HeadAfter(delay) => {
                let timer = self.timer_for_latency()?;
                let response = self.inner.send(request).await?;
                due.happened();
                timer.sleep(delay).await;
                Ok(response)
            }
            InjectedKind::Paced(pause) => {
                let timer = self.timer_for_latency()?;
                let response = self.inner.send(request).await?;
                Ok(response.map(|body| paced(body, timer, pause, due)))
            }
        }
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        self.inner.timer()
    }

    fn name(&self) -> &str {
        self.inner.name()
    }
}

/// Returns the body with each chunk but the first held back by `pause`.
fn paced(body: Body, timer: Arc<dyn Timer>, pause: Duration, due: Due) -> Body {
    let (mut due, mut has_begun) = (Some(due), false);
    Body::from_stream(body.then(move |chunk| {
        let is_late = mem::replace(&mut has_begun, true) && chunk.is_ok();
        let wait = is_late.then(|| timer.sleep(pause));
        if let Some(due) = due.take_if(|_| is_late) {
            due.happened();
        }
        async move {
            if let Some(wait) = wait {
                wait.await;
            }
            chunk
        }
    }))
}

fn refused() -> TransportError {
    TransportError::new(
        TransportErrorKind::Connect,
        Phase::Connect,
        Delivery::NotSent,
    )
    .with_source(io::Error::from(io::ErrorKind::ConnectionRefused))
}
