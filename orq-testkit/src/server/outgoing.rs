//! A response body on its way to a socket.

use std::{
    mem,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures::{Stream, StreamExt};
use http::Response;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use orq_core::transport::{Body, TransportError};

use super::socket::Ending;
use crate::reply::Fault;

/// Bytes whose length is known, or chunks that are sent one by one.
pub(super) enum Outgoing {
    Full(Bytes),
    Chunks(Chunks),
}

pub(super) struct Chunks {
    body: Body,
    /// Whether a chunk was sent just now.
    pause: bool,
    /// The error that ends the body, once everything before it has left.
    failed: Option<TransportError>,
    ending: Ending,
}

impl Outgoing {
    pub(super) fn full(body: impl Into<Bytes>) -> Self {
        Self::Full(body.into())
    }

    /// A body that is in hand goes out with its length, a stream as it comes.
    pub(super) async fn of(response: Response<Body>, ending: Ending) -> Response<Self> {
        let (head, mut body) = response.into_parts();
        let in_hand = Stream::size_hint(&body).1.is_some();
        let outgoing = match in_hand {
            true => match body.next().await {
                Some(Ok(bytes)) => Self::Full(bytes),
                _ => Self::full(""),
            },
            false => Self::Chunks(Chunks {
                body,
                pause: false,
                failed: None,
                ending,
            }),
        };
        Response::from_parts(head, outgoing)
    }
}

impl Chunks {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, TransportError>>> {
        // hyper flushes what it has when a body has nothing more for the moment. So each chunk is followed by such
        // a moment, and leaves on its own.
        if mem::take(&mut self.pause) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.failed.is_none() {
            match ready!(self.body.poll_next_unpin(cx)) {
                Some(Err(error)) => self.failed = Some(error),
                chunk => {
                    self.pause = chunk.is_some();
                    return Poll::Ready(chunk);
                }
            }
        }
        // hyper drops what it has of a body that fails.
        ready!(self.ending.poll_flushed(cx));
        Poll::Ready(self.failed.take().map(|error| {
            if let Some(fault) = Fault::of(&error) {
                self.ending.by(fault);
            }
            Err(error)
        }))
    }
}

impl HttpBody for Outgoing {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        match &mut *self {
            Self::Full(bytes) => {
                let bytes = mem::take(bytes);
                Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
            }
            Self::Chunks(chunks) => {
                let polled = chunks.poll_chunk(cx);
                polled.map(|chunk| chunk.map(|chunk| chunk.map(Frame::data)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Full(bytes) if bytes.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Full(bytes) => {
                SizeHint::with_exact(u64::try_from(bytes.len()).unwrap_or(u64::MAX))
            }
            Self::Chunks(_) => SizeHint::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::task::noop_waker_ref;

    use super::*;

    #[test]
    fn after_each_chunk_there_is_a_moment_to_flush() {
        let body = Body::from_stream(futures::stream::iter([Ok("a".into()), Ok("b".into())]));
        let mut outgoing = Outgoing::Chunks(Chunks {
            body,
            pause: false,
            failed: None,
            ending: Ending::default(),
        });
        let mut cx = Context::from_waker(noop_waker_ref());
        let mut next = || match Pin::new(&mut outgoing).poll_frame(&mut cx) {
            Poll::Ready(Some(frame)) => {
                String::from_utf8(frame.unwrap().into_data().unwrap().to_vec()).unwrap()
            }
            Poll::Ready(None) => "end".to_owned(),
            Poll::Pending => "pause".to_owned(),
        };
        let seen: Vec<_> = (0..5).map(|_| next()).collect();
        assert_eq!(seen, ["a", "pause", "b", "pause", "end"]);
    }
}
