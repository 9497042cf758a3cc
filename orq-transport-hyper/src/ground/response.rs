//! The response, as both transports read it.

use std::{
    any::Any,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
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
        let response = response.map(|mut body| {
            let data = stream::poll_fn(move |cx| {
                Poll::Ready(match ready!(Pin::new(&mut body).poll_frame(cx)) {
                    // Trailers have no data.
                    Some(Ok(frame)) => Some(Ok(frame.into_data().unwrap_or_default())),
                    Some(Err(error)) => Some(Err(classify(error.into()))),
                    // hyper ends a body only where HTTP says that it ends, except for a server that resets an HTTP/2
                    // stream with `NO_ERROR`.
                    None if http2 && !body.is_end_stream() => Some(Err(cut())),
                    None => None,
                })
            });
            Body::from_stream(Held {
                held: Some((data, lease)),
                reading: self,
            })
        });
        if decodes { decode(response) } else { response }
    }
}

fn cut() -> TransportError {
    TransportError::new(Kind::Closed, Phase::Body, Delivery::Answered)
        .with_source("the server reset the stream before the end of the body")
}

type Data = Result<Bytes, TransportError>;

/// The data of a body with what is held until their end.
struct Held<S: Stream<Item = Data> + Send + Unpin + 'static> {
    held: Option<(S, Arc<dyn Any + Send + Sync>)>,
    reading: Reading,
}

impl<S: Stream<Item = Data> + Send + Unpin + 'static> Stream for Held<S> {
    type Item = Data;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Data>> {
        let Some((data, _)) = &mut self.held else {
            return Poll::Ready(None);
        };
        let item = ready!(Pin::new(data).poll_next(cx));
        if !matches!(item, Some(Ok(_))) {
            self.held = None;
        }
        Poll::Ready(item)
    }
}

impl<S: Stream<Item = Data> + Send + Unpin + 'static> Drop for Held<S> {
    fn drop(&mut self) {
        let is_complete = self.reading.context.is_complete();
        if let Some((data, lease)) = self.held.take_if(|_| is_complete) {
            self.reading.runtime.spawn(async move {
                drain(data).await;
                drop(lease);
            });
        }
    }
}

/// Reads the rest, within the limits of [`DRAIN`].
#[expect(clippy::disallowed_methods, reason = "the connection is real")]
async fn drain(mut data: impl Stream<Item = Data> + Unpin) {
    let (time, mut left) = DRAIN;
    let rest = async {
        while left > 0
            && let Some(Ok(data)) = data.next().await
        {
            left = left.saturating_sub(data.len());
        }
    };
    let _ = time::timeout(time, rest).await;
}
