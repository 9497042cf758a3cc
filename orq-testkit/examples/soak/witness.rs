//! What the client's side knows of each request.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderName, Request, Response, Uri, uri::Authority};
use orq_core::{
    HttpTransport, Timer,
    transport::{Body, CallContext, Delivery, TransportError},
};

use crate::{
    fault::{Fault, Kind},
    ledger::Ledger,
};

/// The header with a call's number.
pub(crate) const CALL: HeaderName = HeaderName::from_static("x-soak-call");
/// The header with the number of a call's request, counted from 0.
pub(crate) const SEND: HeaderName = HeaderName::from_static("x-soak-send");

/// A layer that numbers the requests of one call, and remembers those that were not sent.
pub(crate) struct Witness<T> {
    pub(crate) inner: T,
    pub(crate) seed: u64,
    pub(crate) call: u64,
    /// How many requests the call has made.
    pub(crate) sends: Arc<AtomicUsize>,
    /// How many of these were a first attempt: the client's calls that were polled.
    pub(crate) polled: Arc<AtomicUsize>,
    /// An address where nobody listens.
    pub(crate) nowhere: Authority,
    pub(crate) ledger: Arc<Ledger>,
}

impl<T> fmt::Debug for Witness<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Witness").finish_non_exhaustive()
    }
}

#[async_trait]
impl<T: HttpTransport> HttpTransport for Witness<T> {
    async fn send(&self, mut request: Request<Bytes>) -> Result<Response<Body>, TransportError> {
        let send = self.sends.fetch_add(1, Relaxed);
        let context = request.extensions().get::<CallContext>();
        if context.is_some_and(|context| context.attempt() == 1) {
            self.polled.fetch_add(1, Relaxed);
        }
        request.headers_mut().insert(CALL, self.call.into());
        request.headers_mut().insert(SEND, send.into());
        let fault = Fault::of_request(self.seed, self.call, send as u64);
        if fault.kind == Kind::Refused {
            self.ledger.tally.fault(fault.kind);
            let mut parts = std::mem::take(request.uri_mut()).into_parts();
            parts.authority = Some(self.nowhere.clone());
            // These parts were a URI before, and an authority replaces another.
            *request.uri_mut() = Uri::from_parts(parts).unwrap_or_default();
        }
        let sent = self.inner.send(request).await;
        let error = sent.as_ref().err();
        if error.is_some_and(|error| error.delivery() == Delivery::NotSent) {
            self.ledger.not_sent(self.call, send);
        }
        sent
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        self.inner.timer()
    }

    fn name(&self) -> &str {
        self.inner.name()
    }
}
