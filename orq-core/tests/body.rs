//! The body of a response, as a stream and as an `http_body::Body`.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::pin::{Pin, pin};

use bytes::Bytes;
use futures::{FutureExt, Stream, StreamExt, future::poll_fn, stream};
use http_body::Body as _;
use orq_core::transport::{Body, Delivery, Phase, TransportError, TransportErrorKind};

fn closed() -> TransportError {
    TransportError::new(TransportErrorKind::Closed, Phase::Body, Delivery::Answered)
}

fn chunks<const N: usize>(chunks: [&'static str; N]) -> Body {
    Body::from_stream(stream::iter(chunks.map(|chunk| Ok(Bytes::from(chunk)))))
}

/// The next frame, without waiting.
fn frame(body: &mut Body) -> Option<Result<http_body::Frame<Bytes>, TransportError>> {
    let next = poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx));
    pin!(next).now_or_never().unwrap()
}

fn data(body: &mut Body) -> Bytes {
    let frame = frame(body).unwrap().unwrap();
    frame.into_data().unwrap()
}

/// The exact size, if it is known, and whether the end is.
fn known(body: &Body) -> (Option<u64>, bool) {
    (
        http_body::Body::size_hint(body).exact(),
        body.is_end_stream(),
    )
}

#[test]
fn bytes_are_one_frame_of_a_known_size() {
    for mut body in [
        Body::from("Hello"),
        Body::from("Hello".to_owned()),
        Body::from(b"Hello".to_vec()),
        Body::from(&b"Hello"[..]),
        Body::from(Bytes::from("Hello")),
    ] {
        assert_eq!(known(&body), (Some(5), false));
        assert_eq!(Stream::size_hint(&body), (1, Some(1)));
        assert_eq!(data(&mut body), "Hello");
        assert_eq!(known(&body), (Some(0), true));
        assert!(frame(&mut body).is_none());
        assert_eq!(Stream::size_hint(&body), (0, Some(0)));
    }
}

#[test]
fn a_body_without_bytes_has_ended() {
    for mut body in [
        Body::empty(),
        Body::default(),
        Body::from(""),
        Body::from(vec![]),
    ] {
        assert_eq!(known(&body), (Some(0), true));
        assert!(frame(&mut body).is_none());
        assert!(frame(&mut body).is_none());
    }
}

#[test]
fn a_stream_is_frames_of_an_unknown_size() {
    let mut body = chunks(["Hel", "lo"]);
    assert_eq!(known(&body), (None, false));
    assert_eq!(http_body::Body::size_hint(&body).lower(), 0);
    assert_eq!(Stream::size_hint(&body), (0, None));
    assert_eq!(data(&mut body), "Hel");
    assert_eq!(data(&mut body), "lo");
    assert_eq!(known(&body), (None, false), "the end wasn't seen yet");
    assert!(frame(&mut body).is_none());
    assert_eq!(known(&body), (Some(0), true));
}

#[test]
fn every_frame_is_data() {
    let mut body = chunks(["Hel"]);
    let frame = frame(&mut body).unwrap().unwrap();
    assert!(frame.is_data() && !frame.is_trailers());
}

#[test]
fn an_error_is_the_end_and_the_stream_is_not_polled_again() {
    let items = [Ok(Bytes::from("Hel")), Err(closed()), Ok(Bytes::from("lo"))];
    let mut body = Body::from_stream(stream::iter(items));
    assert_eq!(data(&mut body), "Hel");
    let error = frame(&mut body).unwrap().unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Closed);
    assert_eq!(known(&body), (Some(0), true));
    assert!(frame(&mut body).is_none());
}

#[test]
fn a_stream_that_panics_after_its_end_is_not_polled_again() {
    // `unfold` panics when it is polled after its end.
    let once = stream::unfold(true, |first| async move {
        first.then(|| (Ok(Bytes::from("Hel")), false))
    });
    let mut body = Body::from_stream(once);
    assert_eq!(data(&mut body), "Hel");
    for _ in 0..3 {
        assert!(frame(&mut body).is_none());
    }
}

#[test]
fn frames_and_items_are_the_same_bytes() {
    let mut body = chunks(["Hel", "lo", "!"]);
    assert_eq!(data(&mut body), "Hel");
    assert_eq!(body.next().now_or_never().unwrap().unwrap().unwrap(), "lo");
    assert_eq!(data(&mut body), "!");
}

#[test]
fn a_body_that_waits_is_pending_and_neither_ended_nor_sized() {
    let mut body = Body::from_stream(stream::pending());
    let next = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).now_or_never();
    assert!(next.is_none());
    assert_eq!(known(&body), (None, false));
}

#[test]
fn debug_shows_the_size_and_no_bytes() {
    let mut body = Body::from("secret");
    assert_eq!(format!("{body:?}"), "Body(6 bytes)");
    data(&mut body);
    assert_eq!(format!("{body:?}"), "Body(ended)");
    assert_eq!(format!("{:?}", chunks(["secret"])), "Body(stream)");
}
