//! The body of a response, as a stream of bytes.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures::Stream;
use http_body::{Frame, SizeHint};
use sync_wrapper::SyncWrapper;

use super::TransportError;
use crate::maybe_send::{BoxStream, MaybeSend};

/// The body of a response: a [`Stream`] of [`Bytes`] that ends with `None` or after the first error. It also implements
/// [`http_body::Body`], with data frames only.
///
/// Create one from bytes (`Body::from("…")`) or from a stream ([`Body::from_stream`]). The body is `Sync` even if the
/// stream is only `Send`. Dropping the body drops the stream, which cancels the exchange.
///
/// ```
/// use futures::StreamExt;
/// use orq_core::transport::Body;
///
/// # futures::executor::block_on(async {
/// let mut body = Body::from_stream(futures::stream::iter([Ok("Hel".into()), Ok("lo".into())]));
/// assert_eq!(body.next().await.unwrap().unwrap(), "Hel");
/// assert_eq!(body.next().await.unwrap().unwrap(), "lo");
/// assert!(body.next().await.is_none());
/// # });
/// ```
pub struct Body(Inner);

enum Inner {
    Full(Option<Bytes>),
    Stream(SyncWrapper<BoxStream<'static, Result<Bytes, TransportError>>>),
    Ended,
}

impl Body {
    /// Returns an empty body.
    pub fn empty() -> Self {
        Self(Inner::Ended)
    }

    /// Returns a body that yields the items of `stream`. The stream isn't polled again after its end or an error.
    pub fn from_stream<S>(stream: S) -> Self
    where
        S: Stream<Item = Result<Bytes, TransportError>> + MaybeSend + 'static,
    {
        Self(Inner::Stream(SyncWrapper::new(Box::pin(stream))))
    }
}

impl Default for Body {
    fn default() -> Self {
        Self::empty()
    }
}

macro_rules! from_bytes {
    ($($bytes:ty),*) => {$(
        impl From<$bytes> for Body {
            fn from(bytes: $bytes) -> Self {
                let bytes = Bytes::from(bytes);
                Self(Inner::Full(Some(bytes).filter(|bytes| !bytes.is_empty())))
            }
        }
    )*};
}

from_bytes!(Bytes, Vec<u8>, String, &'static [u8], &'static str);

impl Stream for Body {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = match &mut self.0 {
            Inner::Full(bytes) => bytes.take().map(Ok),
            Inner::Stream(stream) => match stream.get_mut().as_mut().poll_next(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(item) => item,
            },
            Inner::Ended => None,
        };
        if !matches!(item, Some(Ok(_))) {
            self.0 = Inner::Ended;
        }
        Poll::Ready(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            Inner::Full(bytes) => (bytes.iter().len(), Some(bytes.iter().len())),
            Inner::Stream(_) => (0, None),
            Inner::Ended => (0, Some(0)),
        }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        self.poll_next(cx).map_ok(Frame::data)
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.0, Inner::Full(None) | Inner::Ended)
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Inner::Full(Some(bytes)) => SizeHint::with_exact(bytes.len() as u64),
            Inner::Stream(_) => SizeHint::default(),
            Inner::Full(None) | Inner::Ended => SizeHint::with_exact(0),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Inner::Full(Some(bytes)) => write!(f, "Body({} bytes)", bytes.len()),
            Inner::Stream(_) => f.write_str("Body(stream)"),
            Inner::Full(None) | Inner::Ended => f.write_str("Body(ended)"),
        }
    }
}
