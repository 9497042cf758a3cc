//! The response, as both transports read it.

use std::{
    any::Any,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use futures::Stream;
use http::{Response, Version};
use http_body::Body as HttpBody;
use orq_core::transport::{
    Body, CallContext, Delivery, Operation, Phase, TransportError, TransportErrorKind as Kind,
};
use tokio::{runtime::Handle, time};

use super::headers::{compact, fit};
use crate::{build_error::Source, decode::decode};

/// For how long, and for how many bytes, the rest of a complete response is read in order to keep its connection.
const DRAIN: (Duration, usize) = (Duration::from_secs(1), 64 * 1024);

/// How the response of one exchange is read.
pub struct Reading {
    pub(super) context: CallContext,
    pub(super) runtime: Handle,
    /// Whether gzip was requested by the transport itself.
    pub(super) decodes: bool,
}

impl Reading {
    /// Returns the response with a body that yields the data as they arrive, and classifies its errors.
    ///
    /// The body holds `lease` until its end. If it is dropped earlier, the exchange is canceled; but where its context is
    /// [complete](CallContext::is_complete) a task reads the rest, for at most a second and 64 KiB.
    pub fn read<B>(
        self,
        mut response: Response<B>,
        classify: fn(Source) -> TransportError,
        lease: Arc<dyn Any + Send + Sync>,
    ) -> Response<Body>
    where
        B: HttpBody<Data = Bytes, Error: Into<Source>> + Send + Unpin + 'static,
    {
        if self.context.operation() == Operation::Stream {
            fit(response.headers_mut());
        }
        compact(response.headers_mut());
        let (http2, decodes) = (response.version() == Version::HTTP_2, self.decodes);
        let response = response.map(|body| {
            let whole = Whole {
                body,
                http2,
                classify,
            };
            Body::from_stream(Held {
                held: Some((whole, lease)),
                reading: self,
            })
        });
        if decodes { decode(response) } else { response }
    }
}

/// The data of a body, which end only where HTTP says that the body ends.
///
/// hyper ensures that, except for a server that resets an HTTP/2 stream with `NO_ERROR`: then its body ends without an
/// error.
struct Whole<B> {
    body: B,
    http2: bool,
    classify: fn(Source) -> TransportError,
}

impl<B> Whole<B>
where
    B: HttpBody<Data = Bytes, Error: Into<Source>> + Unpin,
{
    fn poll_data(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, TransportError>>> {
        loop {
            return Poll::Ready(match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => Some(Ok(data)),
                    // Trailers are ignored.
                    Err(_) => continue,
                },
                Some(Err(error)) => Some(Err((self.classify)(error.into()))),
                None if self.http2 && !self.body.is_end_stream() => Some(Err(cut())),
                None => None,
            });
        }
    }

    /// Reads the rest, within the limits of [`DRAIN`].
    #[expect(clippy::disallowed_methods, reason = "the connection is real")]
    async fn drain(mut self) {
        let mut left = DRAIN.1;
        let rest = std::future::poll_fn(|cx| {
            while let Some(Ok(data)) = ready!(self.poll_data(cx)) {
                left = left.saturating_sub(data.len());
                if left == 0 {
                    break;
                }
            }
            Poll::Ready(())
        });
        let _ = time::timeout(DRAIN.0, rest).await;
    }
}

fn cut() -> TransportError {
    TransportError::new(Kind::Closed, Phase::Body, Delivery::Answered)
        .with_source("the server reset the stream before the end of the body")
}

/// A body with what it holds until its end.
struct Held<B>
where
    B: HttpBody<Data = Bytes, Error: Into<Source>> + Send + Unpin + 'static,
{
    held: Option<(Whole<B>, Arc<dyn Any + Send + Sync>)>,
    reading: Reading,
}

impl<B> Stream for Held<B>
where
    B: HttpBody<Data = Bytes, Error: Into<Source>> + Send + Unpin + 'static,
{
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some((body, _)) = &mut self.held else {
            return Poll::Ready(None);
        };
        let item = ready!(body.poll_data(cx));
        if !matches!(item, Some(Ok(_))) {
            self.held = None;
        }
        Poll::Ready(item)
    }
}

impl<B> Drop for Held<B>
where
    B: HttpBody<Data = Bytes, Error: Into<Source>> + Send + Unpin + 'static,
{
    fn drop(&mut self) {
        let is_complete = self.reading.context.is_complete();
        if let Some((body, lease)) = self.held.take_if(|_| is_complete) {
            self.reading.runtime.spawn(async move {
                body.drain().await;
                drop(lease);
            });
        }
    }
}
