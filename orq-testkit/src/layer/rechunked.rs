//! The same bytes in other chunks.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use fastrand::Rng;
use futures::{Stream, StreamExt};
use http::{Request, Response};
use orq_core::{
    Timer,
    transport::{Body, HttpTransport, TransportError},
};

use super::random::random;

/// Returns a layer that delivers the body of every response in other chunks. It tests in one line that a reader doesn't
/// depend on where the network splits the bytes.
///
/// ```
/// use orq_core::{Client, DeploymentRequest};
/// use orq_testkit::{FakeOrq, rechunked};
///
/// # futures::executor::block_on(async {
/// let request = DeploymentRequest::new("chat").input("firstname", "Zoë");
/// for seed in 0..20 {
///     let client = Client::builder(FakeOrq::new())
///         .api_key(FakeOrq::DEFAULT_API_KEY)
///         .layer(rechunked(seed))
///         .build()?;
///     let mut stream = client.deployments().stream(&request).await?;
///     let mut text = String::new();
///     while let Some(piece) = stream.next_text().await? {
///         text += &piece;
///     }
///     assert_eq!(text, "You said: Hello, I am Zoë.");
/// }
/// # Ok::<(), orq_core::Error>(())
/// # }).unwrap();
/// ```
///
/// Bytes are split anywhere, within a character or a line end too, down to one at a time; those that arrived together
/// may be joined. The chunks depend on the seed and on the number of the request. For single bytes whatever the seed,
/// use `.layer(Rechunked::bytewise)`. See [`Rechunked`] for what doesn't change.
pub fn rechunked(seed: u64) -> impl Fn(Arc<dyn HttpTransport>) -> Rechunked {
    move |inner| Rechunked::new(inner, seed)
}

/// A transport whose bodies come in other chunks, created by [`rechunked`].
///
/// The bytes are the same, and so is the end, clean or not. It never waits for bytes in order to join them, and holds
/// none back while the transport underneath is waiting; it reads at most 4 KiB and a chunk ahead. No chunk is empty.
#[derive(Debug)]
pub struct Rechunked {
    inner: Arc<dyn HttpTransport>,
    /// `None` for chunks of one byte.
    seed: Option<u64>,
    requests: AtomicU64,
}

impl Rechunked {
    /// Wraps `inner`, whose bodies then come in other chunks.
    pub fn new(inner: impl HttpTransport + 'static, seed: u64) -> Self {
        let bytewise = Self::bytewise(Arc::new(inner));
        Self {
            seed: Some(seed),
            ..bytewise
        }
    }

    /// Wraps `inner`, whose bodies then come one byte at a time: `.layer(Rechunked::bytewise)`.
    pub fn bytewise(inner: Arc<dyn HttpTransport>) -> Self {
        Self {
            inner,
            seed: None,
            requests: AtomicU64::new(0),
        }
    }
}

#[cfg_attr(not(all(target_arch = "wasm32", target_os = "unknown")), async_trait)]
#[cfg_attr(all(target_arch = "wasm32", target_os = "unknown"), async_trait(?Send))]
impl HttpTransport for Rechunked {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Body>, TransportError> {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let mut sizes = Sizes::drawn(random(self.seed.unwrap_or_default(), number));
        if self.seed.is_none() {
            sizes.most = 0;
        }
        let response = self.inner.send(request).await?;
        Ok(response.map(|body| Body::from_stream(Chunks::new(body, sizes))))
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        self.inner.timer()
    }

    fn name(&self) -> &str {
        self.inner.name()
    }
}

/// How long chunks are: all of one byte, or the shorter the likelier, up to a limit.
struct Sizes {
    rng: Rng,
    /// The longest chunk is 2 to the power of this.
    most: u32,
}

impl Sizes {
    fn drawn(mut rng: Rng) -> Self {
        let most = match rng.u8(..4) {
            0 => 0,
            1 => 3,
            2 => 8,
            _ => 12,
        };
        Self { rng, most }
    }

    fn next(&mut self) -> usize {
        let longest = 1 << self.rng.u32(..=self.most);
        self.rng.usize(1..=longest)
    }
}

struct Chunks {
    inner: Body,
    sizes: Sizes,
    /// The length of the next chunk, if there are as many bytes.
    wanted: usize,
    /// What has arrived and wasn't handed over yet.
    waiting: BytesMut,
    /// The end, once it has come.
    end: Option<Option<TransportError>>,
}

impl Chunks {
    fn new(inner: Body, mut sizes: Sizes) -> Self {
        Self {
            inner,
            wanted: sizes.next(),
            sizes,
            waiting: BytesMut::new(),
            end: None,
        }
    }

    fn next_chunk(&mut self) -> Bytes {
        let length = self.wanted.min(self.waiting.len());
        self.wanted = self.sizes.next();
        self.waiting.split_to(length).freeze()
    }
}

impl Stream for Chunks {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        while self.waiting.len() < self.wanted && self.end.is_none() {
            match self.inner.poll_next_unpin(cx) {
                Poll::Ready(Some(Ok(chunk))) => self.waiting.extend_from_slice(&chunk),
                Poll::Ready(Some(Err(error))) => self.end = Some(Some(error)),
                Poll::Ready(None) => self.end = Some(None),
                Poll::Pending if self.waiting.is_empty() => return Poll::Pending,
                Poll::Pending => break,
            }
        }
        if !self.waiting.is_empty() {
            return Poll::Ready(Some(Ok(self.next_chunk())));
        }
        Poll::Ready(self.end.take().flatten().map(Err))
    }
}
