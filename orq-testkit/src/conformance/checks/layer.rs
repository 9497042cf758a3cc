//! What a layer owes to the transport that it wraps.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::FutureExt;
use http::{Request, Response};
use orq_core::{
    Timer,
    transport::{Body, CallContext, HttpTransport, Operation, TransportError},
};

use crate::{
    conformance::{
        exchange::{Transport, post},
        failure::{CheckFailed, OrFail, Outcome, ensure, ensure_eq},
        subject::Subject,
    },
    lock::lock,
    time::ManualTimer,
};

/// An inner transport that answers at once, and remembers what it was told.
#[derive(Debug)]
struct Witness {
    timer: ManualTimer,
    context: Mutex<Option<CallContext>>,
}

#[async_trait]
impl HttpTransport for Witness {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Body>, TransportError> {
        let context = request.extensions().get::<CallContext>().cloned();
        *lock(&self.context) = context;
        Ok(Response::new(Body::empty()))
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        Some(Arc::new(self.timer.clone()))
    }
}

/// A witness, and the layer over it.
fn over_a_witness(subject: &Subject) -> Result<(Arc<Witness>, Transport), CheckFailed> {
    let witness = Arc::new(Witness {
        timer: ManualTimer::new(),
        context: Mutex::new(None),
    });
    let inner: Transport = Arc::clone(&witness) as _;
    let layer = subject.layer.as_ref().or_fail("this check is for layers")?;
    Ok((witness, layer(inner)))
}

pub(super) async fn the_timer_is_passed_on(subject: &Subject) -> Outcome {
    let (witness, layered) = over_a_witness(subject)?;
    let timer = layered
        .timer()
        .or_fail("the inner transport has a timer, and the layer none")?;
    // A time that no other clock shows.
    let odd = Duration::from_nanos(987_654_321_987_654_321);
    witness.timer.advance(odd);
    ensure_eq!(timer.now(), odd, "the time that the layer's timer shows");
    let mut sleep = timer.sleep(Duration::from_nanos(1));
    let early = (&mut sleep).now_or_never();
    ensure!(early.is_none(), "a sleep ended before its time");
    witness.timer.advance(Duration::from_nanos(1));
    let ended = sleep.now_or_never();
    ensure!(ended.is_some(), "a sleep did not end in its time");
    Ok(())
}

pub(super) async fn the_call_context_is_passed_on(subject: &Subject) -> Outcome {
    let (witness, layered) = over_a_witness(subject)?;
    let context = CallContext::new(Operation::Invoke, Some("conformance")).with_attempt(2);
    let mut request = post("http://127.0.0.1:1/")?;
    request.extensions_mut().insert(context.clone());
    layered.send(request).await?;
    let seen = lock(&witness.context).take();
    ensure_eq!(seen, Some(context), "the inner transport's context");
    Ok(())
}
