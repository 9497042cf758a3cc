//! The body of a service's response.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures::stream;
use http_body::Body as HttpBody;

use super::failure::{Classifier, Moment, Source};
use crate::{
    maybe_send::MaybeSend,
    transport::{Body, TransportError},
};

/// A body, and the future that returned it. The fields are dropped in this order.
struct Held<R, F> {
    body: Pin<Box<R>>,
    _responding: Pin<Box<F>>,
    classifier: Classifier,
}

/// Returns the body as a transport's. The future that returned it is dropped with it, at its end or before, since the
/// future may hold what the exchange needs until then, such as the permit of a concurrency limit.
pub(super) fn held<R, F>(body: R, responding: Pin<Box<F>>, classifier: Classifier) -> Body
where
    R: HttpBody<Data = Bytes> + MaybeSend + 'static,
    R::Error: Into<Source>,
    F: Future + MaybeSend + 'static,
{
    if body.is_end_stream() {
        return Body::empty();
    }
    let mut held = Held {
        body: Box::pin(body),
        _responding: responding,
        classifier,
    };
    Body::from_stream(stream::poll_fn(move |cx| held.poll_data(cx)))
}

impl<R, F> Held<R, F>
where
    R: HttpBody<Data = Bytes>,
    R::Error: Into<Source>,
{
    /// Returns the next bytes. Trailers are skipped.
    fn poll_data(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, TransportError>>> {
        loop {
            match ready!(self.body.as_mut().poll_frame(cx)) {
                Some(Ok(frame)) => {
                    if let Ok(bytes) = frame.into_data() {
                        return Poll::Ready(Some(Ok(bytes)));
                    }
                }
                Some(Err(error)) => {
                    let error = self.classifier.convert(error, Moment::Answered);
                    return Poll::Ready(Some(Err(error)));
                }
                None => return Poll::Ready(None),
            }
        }
    }
}
