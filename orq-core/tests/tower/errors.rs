//! What the errors of a service are to a transport.

use std::{
    error::Error as StdError,
    fmt, io,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use http::Request;
use orq_core::{
    HttpTransport,
    tower::ServiceTransport,
    transport::{CallContext, Delivery, Operation, Phase, TransportError, TransportErrorKind},
};
use tower::BoxError;

use super::{Unready, answering};

type Told = (TransportErrorKind, Phase, Delivery);

fn told(error: &TransportError) -> Told {
    (error.kind(), error.phase(), error.delivery())
}

fn tls() -> TransportError {
    let (phase, delivery) = (Phase::Send, Delivery::MaybeSent);
    TransportError::new(TransportErrorKind::Tls, phase, delivery).with_source("no trust")
}

/// An error of a layer, around another error.
#[derive(Debug)]
struct Wrapped(BoxError);

impl fmt::Display for Wrapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("wrapped")
    }
}

impl StdError for Wrapped {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.0)
    }
}

fn classify(error: &(dyn StdError + 'static)) -> Option<TransportError> {
    let (kind, phase, delivery) = (
        TransportErrorKind::Timeout,
        Phase::Headers,
        Delivery::NotSent,
    );
    error
        .is::<io::Error>()
        .then(|| TransportError::new(kind, phase, delivery))
}

async fn sent(transport: impl HttpTransport) -> TransportError {
    let sent = transport.send(Request::new(Bytes::new())).await;
    sent.unwrap_err()
}

async fn called(error: impl Fn() -> BoxError + Clone + Send + 'static) -> TransportError {
    let service = answering(move |_| Err(error()));
    sent(ServiceTransport::without_timer(service).classify_errors(classify)).await
}

#[tokio::test]
async fn a_transport_error_passes_unchanged() {
    let error = called(|| tls().into()).await;
    assert_eq!(told(&error), told(&tls()));
    assert_eq!(error.source().unwrap().to_string(), "no trust");
}

#[tokio::test]
async fn one_within_another_error_still_tells_its_facts() {
    let error = called(|| Wrapped(Box::new(Wrapped(tls().into()))).into()).await;
    assert_eq!(told(&error), told(&tls()));
    assert!(error.source().unwrap().is::<Wrapped>());
}

#[tokio::test]
async fn an_unknown_error_may_come_after_the_sending() {
    let error = called(|| "unknown".into()).await;
    let expected = (
        TransportErrorKind::Other,
        Phase::Headers,
        Delivery::MaybeSent,
    );
    assert_eq!(told(&error), expected);
    assert_eq!(error.source().unwrap().to_string(), "unknown");
}

#[tokio::test]
async fn the_callers_function_is_asked_from_the_outside_in() {
    let timeout = (
        TransportErrorKind::Timeout,
        Phase::Headers,
        Delivery::NotSent,
    );
    for error in [
        called(|| io::Error::other("own").into()).await,
        called(|| Wrapped(io::Error::other("own").into()).into()).await,
        called(|| io::Error::other(tls()).into()).await,
    ] {
        assert_eq!(told(&error), timeout);
    }
    let error = called(|| Wrapped(tls().with_source(io::Error::other("own")).into()).into()).await;
    assert_eq!(told(&error), told(&tls()));
}

/// A layer that tried another transport may return its error, after the first exchange was dropped.
#[tokio::test]
async fn a_transport_error_is_believed_after_an_exchange_was_dropped() {
    for (error, delivery) in [
        (Some(tls()), Delivery::MaybeSent),
        (None, Delivery::NotSent),
    ] {
        let error = Arc::new(Mutex::new(error));
        let service = answering(move |request| {
            let context = request.extensions().get::<CallContext>().unwrap();
            drop(context.track_sending());
            Err(match error.lock().unwrap().take() {
                Some(own) => own.into(),
                None => BoxError::from("unknown"),
            })
        });
        let mut request = Request::new(Bytes::new());
        let context = CallContext::new(Operation::Invoke, None);
        request.extensions_mut().insert(context);
        let transport = ServiceTransport::without_timer(service);
        let error = transport.send(request).await.unwrap_err();
        assert_eq!(error.delivery(), delivery);
    }
}

#[tokio::test]
async fn nothing_is_sent_through_a_service_that_is_not_ready() {
    let unready =
        || ServiceTransport::without_timer(Unready(|| io::Error::other("never ready").into()));
    for (transport, kind) in [
        (unready(), TransportErrorKind::Other),
        (
            unready().classify_errors(classify),
            TransportErrorKind::Timeout,
        ),
        (
            unready().classify_errors(|_| Some(tls())),
            TransportErrorKind::Tls,
        ),
    ] {
        let error = sent(transport).await;
        assert_eq!(told(&error), (kind, Phase::Connect, Delivery::NotSent));
        assert_eq!(error.source().unwrap().to_string(), "never ready");
    }
    let error = sent(ServiceTransport::without_timer(Unready(|| tls().into()))).await;
    let expected = (TransportErrorKind::Tls, Phase::Connect, Delivery::NotSent);
    assert_eq!(told(&error), expected);
    assert_eq!(
        told(error.source().unwrap().downcast_ref().unwrap()),
        told(&tls())
    );
}
