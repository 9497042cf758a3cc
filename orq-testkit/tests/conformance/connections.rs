//! Transports that are broken in what they do with connections.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures::{Stream, StreamExt, future::BoxFuture, stream};
use orq_core::{
    Timer, async_trait,
    bytes::Bytes,
    http::{Request, Response, Uri},
    transport::{Body, CallContext, HttpTransport, TransportError},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::broken::Inner;

type Answer = Result<Response<Body>, TransportError>;
type Chunk = Result<Bytes, TransportError>;

/// Reads the rest of a complete body by a function of its own.
pub(crate) struct Draining {
    pub(crate) inner: Inner,
    pub(crate) drain: fn(Body) -> BoxFuture<'static, ()>,
}

impl fmt::Debug for Draining {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Draining")
    }
}

#[async_trait]
impl HttpTransport for Draining {
    async fn send(&self, request: Request<Bytes>) -> Answer {
        let context = request.extensions().get::<CallContext>().cloned();
        let (head, body) = self.inner.send(request).await?.into_parts();
        let drained = Drained {
            body: Some(body),
            context,
            drain: self.drain,
        };
        Ok(Response::from_parts(head, Body::from_stream(drained)))
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        self.inner.timer()
    }
}

struct Drained {
    body: Option<Body>,
    context: Option<CallContext>,
    drain: fn(Body) -> BoxFuture<'static, ()>,
}

impl Stream for Drained {
    type Item = Chunk;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Chunk>> {
        self.body.as_mut().unwrap().poll_next_unpin(cx)
    }
}

impl Drop for Drained {
    fn drop(&mut self) {
        let is_complete = self.context.as_ref().is_some_and(CallContext::is_complete);
        if let Some(body) = self.body.take().filter(|_| is_complete) {
            tokio::spawn((self.drain)(body));
        }
    }
}

/// Reads on while nobody polls the body.
#[derive(Debug)]
pub(crate) struct ReadingAhead(pub(crate) Inner);

#[async_trait]
impl HttpTransport for ReadingAhead {
    async fn send(&self, request: Request<Bytes>) -> Answer {
        let (head, mut body) = self.0.send(request).await?.into_parts();
        let (chunks, read) = tokio::sync::mpsc::unbounded_channel();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    () = chunks.closed() => break,
                    chunk = body.next() => match chunk {
                        Some(chunk) => drop(chunks.send(chunk)),
                        None => break,
                    }
                }
            }
        });
        let read = stream::unfold(read, |mut read| async {
            read.recv().await.map(|chunk| (chunk, read))
        });
        Ok(Response::from_parts(head, Body::from_stream(read)))
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        self.0.timer()
    }
}

/// Goes on with a request that nobody waits for any more.
#[derive(Debug)]
pub(crate) struct Lingering(pub(crate) Inner);

#[async_trait]
impl HttpTransport for Lingering {
    async fn send(&self, request: Request<Bytes>) -> Answer {
        let inner = Arc::clone(&self.0);
        let sending = tokio::spawn(async move { inner.send(request).await });
        sending.await.unwrap()
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        self.0.timer()
    }
}

/// Sends plain `http` to the proxy too.
#[derive(Debug)]
pub(crate) struct Proxied(pub(crate) Inner, pub(crate) Option<Uri>);

#[async_trait]
impl HttpTransport for Proxied {
    async fn send(&self, mut request: Request<Bytes>) -> Answer {
        if let Some(proxy) = &self.1
            && request.uri().scheme_str() == Some("http")
        {
            *request.uri_mut() = proxy.clone();
        }
        self.0.send(request).await
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        self.0.timer()
    }
}

/// Has at most so many responses whose bodies aren't dropped.
#[derive(Debug)]
pub(crate) struct Narrow {
    inner: Inner,
    permits: Arc<Semaphore>,
}

impl Narrow {
    pub(crate) fn new(inner: Inner, most: usize) -> Self {
        let permits = Arc::new(Semaphore::new(most));
        Self { inner, permits }
    }
}

#[async_trait]
impl HttpTransport for Narrow {
    async fn send(&self, request: Request<Bytes>) -> Answer {
        let permit: OwnedSemaphorePermit = Arc::clone(&self.permits).acquire_owned().await.unwrap();
        let (head, body) = self.inner.send(request).await?.into_parts();
        let held = body.inspect(move |_| {
            let _ = &permit;
        });
        Ok(Response::from_parts(head, Body::from_stream(held)))
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        self.inner.timer()
    }
}
