//! The transport with the faults in it.

use std::{future::poll_fn, io, sync::Arc, task::Poll};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response, header::CONTENT_LENGTH};
use orq_core::{
    Timer,
    transport::{
        Body, CallContext, Delivery, HttpTransport, Phase, TransportError, TransportErrorKind,
    },
};

use super::{
    faulty_body::{BrokenBody, PacedBody, lose},
    injector::FaultInjector,
    plan::Plan,
};
use crate::reply::BodyEnd;

/// A transport with the faults of a [`FaultInjector`], made by its [`layer`](FaultInjector::layer) or
/// [`wrap`](FaultInjector::wrap).
///
/// What no fault is due for goes through untouched: bytes come as they come, and dropping a future or a body reaches
/// the transport underneath.
#[derive(Debug)]
pub struct FaultyTransport {
    inner: Arc<dyn HttpTransport>,
    injector: FaultInjector,
}

impl FaultInjector {
    /// The layer for [`ClientBuilder::layer`](orq_core::ClientBuilder::layer).
    pub fn layer(&self) -> impl Fn(Arc<dyn HttpTransport>) -> FaultyTransport + use<> {
        let injector = self.clone();
        move |inner| injector.wrap(inner)
    }

    /// A transport that is `inner` with this injector's faults.
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
        let report = due.report;
        match due.plan {
            Plan::Refuse => {
                report.happened();
                Err(refused())
            }
            Plan::Answer(answer) => {
                report.happened();
                Ok(answer.response())
            }
            Plan::BeforeHead(fault) => {
                let mut response = self.inner.send(request).await?;
                poll_fn(|cx| {
                    lose(response.body_mut(), cx);
                    Poll::Ready(())
                })
                .await;
                report.happened();
                Err(fault.before_head())
            }
            Plan::InBody(end, _) => {
                let mut response = self.inner.send(request).await?;
                if matches!(end, BodyEnd::Cut) {
                    response.headers_mut().remove(CONTENT_LENGTH);
                }
                let broken = |body| BrokenBody::new(body, due.byte, end, report);
                Ok(response.map(|body| Body::from_stream(broken(body))))
            }
            Plan::HeadAfter(delay) => {
                let timer = self.timer_for_latency()?;
                let response = self.inner.send(request).await?;
                report.happened();
                timer.sleep(delay).await;
                Ok(response)
            }
            Plan::Paced(pause) => {
                let timer = self.timer_for_latency()?;
                let response = self.inner.send(request).await?;
                let paced = |body| PacedBody::new(body, timer, pause, report);
                Ok(response.map(|body| Body::from_stream(paced(body))))
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

fn refused() -> TransportError {
    TransportError::new(
        TransportErrorKind::Connect,
        Phase::Connect,
        Delivery::NotSent,
    )
    .with_source(io::Error::from(io::ErrorKind::ConnectionRefused))
}
