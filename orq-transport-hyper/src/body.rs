//! The body of a response, as hyper hands it over.

use std::{
    error::Error as StdError,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures::Stream;
use http::Version;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use orq_core::transport::{Body, TransportError};

use crate::error::{self, Reason};

type Source = Box<dyn StdError + Send + Sync>;

/// hyper's body, whose end is the end that HTTP defines.
///
/// hyper sees to that itself, save for one case: a server that resets an HTTP/2 stream with `NO_ERROR` ends the
/// body there, without an error.
pub(crate) struct Whole {
    body: Incoming,
    http2: bool,
}

impl Whole {
    pub(crate) fn new(body: Incoming, version: Version) -> Self {
        Self {
            body,
            http2: version == Version::HTTP_2,
        }
    }
}

impl HttpBody for Whole {
    type Data = Bytes;
    type Error = Source;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Source>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        Poll::Ready(match frame {
            Some(frame) => Some(frame.map_err(Into::into)),
            None if self.http2 && !self.body.is_end_stream() => Some(Err(Reason::CUT.into())),
            None => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Passes on the data of `body` as it comes, its errors classified.
pub(crate) fn data<B>(body: B) -> Body
where
    B: HttpBody<Data = Bytes, Error = Source> + Send + Unpin + 'static,
{
    Body::from_stream(Data(body))
}

struct Data<B>(B);

impl<B> Stream for Data<B>
where
    B: HttpBody<Data = Bytes, Error = Source> + Unpin,
{
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            return Poll::Ready(match ready!(Pin::new(&mut self.0).poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => Some(Ok(data)),
                    // Trailers, which the seam doesn't carry.
                    Err(_) => continue,
                },
                Some(Err(error)) => Some(Err(error::in_body(error))),
                None => None,
            });
        }
    }
}
