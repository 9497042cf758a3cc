//! The body of a response, as reqwest hands it over.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures::Stream;
use hyper::body::Body as _;
use orq_core::transport::{Body, TransportError};

use crate::error;

/// Passes on the data of `body` as it comes, its errors classified.
///
/// With `whole`, an end before the announced length is an error. hyper sees to that itself, save for one case:
/// a server that resets an HTTP/2 stream with `NO_ERROR` ends the body there, without an error.
pub(crate) fn data(body: reqwest::Body, whole: bool) -> Body {
    Body::from_stream(Data { body, whole })
}

struct Data {
    body: reqwest::Body,
    whole: bool,
}

impl Stream for Data {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            return Poll::Ready(match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => Some(Ok(data)),
                    // Trailers, which the seam doesn't carry.
                    Err(_) => continue,
                },
                Some(Err(error)) => Some(Err(error::in_body(error))),
                None if self.whole && self.body.size_hint().lower() > 0 => Some(Err(error::cut())),
                None => None,
            });
        }
    }
}
