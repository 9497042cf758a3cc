//! The bodies of a service's responses.

use std::{
    collections::VecDeque,
    convert::Infallible,
    io,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures::StreamExt;
use http::{HeaderMap, Request, Response};
use http_body::Frame;
use orq_core::{
    HttpTransport,
    tower::{RequestBody, ServiceTransport},
    transport::{Body, Delivery, Phase, TransportError, TransportErrorKind},
};

/// A body of frames, which ends or fails.
#[derive(Clone)]
struct Frames(VecDeque<Option<&'static str>>, io::ErrorKind);

impl http_body::Body for Frames {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        Poll::Ready(match (self.0.pop_front(), self.1) {
            (Some(Some(data)), _) => Some(Ok(Frame::data(data.into()))),
            (Some(None), _) => Some(Ok(Frame::trailers(HeaderMap::new()))),
            (None, io::ErrorKind::Other) => None,
            (None, kind) => Some(Err(kind.into())),
        })
    }
}

async fn body(frames: impl IntoIterator<Item = Option<&'static str>>, end: io::ErrorKind) -> Body {
    let frames = Frames(frames.into_iter().collect(), end);
    let service = tower::service_fn(move |_: Request<RequestBody>| {
        let response = Response::new(frames.clone());
        async { Ok::<_, Infallible>(response) }
    });
    let transport = ServiceTransport::without_timer(service).classify_errors(|error| {
        let is_timeout = error.downcast_ref::<io::Error>()?.kind() == io::ErrorKind::TimedOut;
        let (phase, delivery) = (Phase::Headers, Delivery::MaybeSent);
        is_timeout.then(|| TransportError::new(TransportErrorKind::Timeout, phase, delivery))
    });
    let response = transport.send(Request::new(Bytes::new())).await;
    response.unwrap().into_body()
}

#[tokio::test]
async fn data_pass_and_trailers_do_not() {
    let frames = [Some("Hel"), None, Some("lo"), None];
    let mut body = body(frames, io::ErrorKind::Other).await;
    assert_eq!(body.next().await.unwrap().unwrap(), "Hel");
    assert_eq!(body.next().await.unwrap().unwrap(), "lo");
    assert!(body.next().await.is_none());
}

#[tokio::test]
async fn an_error_of_the_body_is_one_after_the_answer() {
    for (end, kind) in [
        (io::ErrorKind::TimedOut, TransportErrorKind::Timeout),
        (io::ErrorKind::BrokenPipe, TransportErrorKind::Other),
    ] {
        let mut body = body([Some("Hel")], end).await;
        assert_eq!(body.next().await.unwrap().unwrap(), "Hel");
        let error = body.next().await.unwrap().unwrap_err();
        let facts = (error.kind(), error.phase(), error.delivery());
        assert_eq!(facts, (kind, Phase::Body, Delivery::Answered));
        let source = std::error::Error::source(&error).unwrap();
        assert_eq!(source.downcast_ref::<io::Error>().unwrap().kind(), end);
        assert!(body.next().await.is_none());
    }
}
