//! A response body on its way to a socket.

use std::{
    mem,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures::StreamExt;
use http::{HeaderMap, Response, header::CONTENT_TYPE};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use orq_core::transport::{Body, TransportError};

/// Bytes whose length is known, or chunks that are sent one by one.
pub(super) enum Outgoing {
    Full(Bytes),
    Chunks { body: Body, pause: bool },
}

impl Outgoing {
    pub(super) fn full(body: impl Into<Bytes>) -> Self {
        Self::Full(body.into())
    }

    /// An event stream goes out as it comes. Anything else is read first, so that its length is known.
    pub(super) async fn of(response: Response<Body>) -> Response<Self> {
        let (head, body) = response.into_parts();
        let body = if is_event_stream(&head.headers) {
            Self::Chunks { body, pause: false }
        } else {
            match whole(body).await {
                Ok(bytes) => Self::Full(bytes),
                Err(error) => {
                    let failed = futures::stream::iter([Err(error)]);
                    let body = Body::from_stream(failed);
                    Self::Chunks { body, pause: false }
                }
            }
        };
        Response::from_parts(head, body)
    }
}

fn is_event_stream(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).map(|value| value.as_bytes());
    content_type.is_some_and(|value| value.starts_with(b"text/event-stream"))
}

async fn whole(mut body: Body) -> Result<Bytes, TransportError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = body.next().await {
        bytes.extend_from_slice(&chunk?);
    }
    Ok(bytes.into())
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
            // hyper flushes what it has when a body has nothing more for the moment. So each chunk is followed by
            // such a moment, and leaves on its own.
            Self::Chunks { pause, .. } if *pause => {
                *pause = false;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Self::Chunks { body, pause } => {
                let polled = body.poll_next_unpin(cx);
                *pause = matches!(polled, Poll::Ready(Some(Ok(_))));
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
            Self::Chunks { .. } => SizeHint::default(),
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
        let mut outgoing = Outgoing::Chunks { body, pause: false };
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
