//! Transports that are broken on purpose, each in one way, over one that isn't.

use std::{
    fmt,
    sync::{Arc, Mutex},
};

use futures::StreamExt;
use orq_core::{
    Timer, async_trait,
    bytes::Bytes,
    http::{Request, Response, header},
    transport::{
        Body, CallContext, Delivery, HttpTransport, Phase, TransportError,
        TransportErrorKind as Kind,
    },
};

pub(crate) type Inner = Arc<dyn HttpTransport>;
type Answer = Result<Response<Body>, TransportError>;

macro_rules! broken {
    ($($(#[$doc:meta])* $name:ident => $send:expr;)*) => {$(
        $(#[$doc])*
        pub(crate) struct $name(pub(crate) Inner);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }

        #[async_trait]
        impl HttpTransport for $name {
            async fn send(&self, request: Request<Bytes>) -> Answer {
                $send(&self.0, request).await
            }

            fn timer(&self) -> Option<Arc<dyn Timer>> {
                self.0.timer()
            }
        }
    )*};
}

broken! {
    /// Sends once more what got no answer.
    Retrying => retry;
    /// Waits for the whole body before it gives the head.
    Buffering => buffer;
    /// Goes where it is sent.
    Redirected => follow;
    /// Calls whatever is lost before an answer not sent.
    Optimist => not_sent;
    /// Shows in an error what it could not send.
    Talkative => show;
    /// Takes a body that breaks for a whole one.
    Unbroken => swallow;
    /// Adds a header of its own.
    Signing => sign;
    /// Panics on what it doesn't expect.
    Nervous => panicking;
    /// Takes no error for an answer.
    Judging => judge;
    /// Hides the encoding of a body.
    Hiding => hide;
    /// Says that it may have sent a request before it connects.
    Hasty => mark_early;
    /// Says that it sent nothing until it has an answer.
    Tardy => mark_late;
}

async fn hide(inner: &Inner, request: Request<Bytes>) -> Answer {
    let mut response = inner.send(request).await?;
    response.headers_mut().remove(header::CONTENT_ENCODING);
    Ok(response)
}

async fn mark_early(inner: &Inner, request: Request<Bytes>) -> Answer {
    if let Some(context) = request.extensions().get::<CallContext>() {
        context.track_sending().finish();
    }
    inner.send(request).await
}

async fn mark_late(inner: &Inner, mut request: Request<Bytes>) -> Answer {
    let context = request.extensions_mut().remove::<CallContext>();
    let tracked = context.as_ref().map(CallContext::track_sending);
    let answer = inner.send(request).await;
    if let Some(tracked) = tracked {
        tracked.finish();
    }
    answer
}

async fn retry(inner: &Inner, request: Request<Bytes>) -> Answer {
    match inner.send(request.clone()).await {
        Err(error) if error.kind() == Kind::Closed => inner.send(request).await,
        answer => answer,
    }
}

async fn buffer(inner: &Inner, request: Request<Bytes>) -> Answer {
    let (head, mut body) = inner.send(request).await?.into_parts();
    let mut bytes = Vec::new();
    while let Some(chunk) = body.next().await {
        bytes.extend_from_slice(&chunk?);
    }
    Ok(Response::from_parts(head, bytes.into()))
}

async fn follow(inner: &Inner, request: Request<Bytes>) -> Answer {
    let response = inner.send(request.clone()).await?;
    match response.headers().get(header::LOCATION) {
        None => Ok(response),
        Some(location) => {
            let mut request = request;
            *request.uri_mut() = location.to_str().unwrap().parse().unwrap();
            inner.send(request).await
        }
    }
}

async fn not_sent(inner: &Inner, request: Request<Bytes>) -> Answer {
    inner
        .send(request)
        .await
        .map_err(|error| match error.kind() {
            Kind::Closed if error.phase() != Phase::Connect => {
                TransportError::new(Kind::Closed, Phase::Send, Delivery::NotSent)
            }
            _ => error,
        })
}

async fn show(inner: &Inner, request: Request<Bytes>) -> Answer {
    let shown = format!("could not send {request:?}");
    inner
        .send(request)
        .await
        .map_err(|error| match error.phase() {
            Phase::Connect => TransportError::new(error.kind(), error.phase(), error.delivery())
                .with_source(shown),
            _ => error,
        })
}

async fn swallow(inner: &Inner, request: Request<Bytes>) -> Answer {
    let (head, body) = inner.send(request).await?.into_parts();
    let whole = body.take_while(|chunk| std::future::ready(chunk.is_ok()));
    Ok(Response::from_parts(head, Body::from_stream(whole)))
}

async fn sign(inner: &Inner, mut request: Request<Bytes>) -> Answer {
    let value = header::HeaderValue::from_static("mine");
    request.headers_mut().insert("x-signature", value);
    inner.send(request).await
}

async fn panicking(inner: &Inner, request: Request<Bytes>) -> Answer {
    let answer = inner.send(request).await;
    if let Err(error) = &answer {
        assert_ne!(error.kind(), Kind::Connect, "nobody listens");
    }
    answer
}

async fn judge(inner: &Inner, request: Request<Bytes>) -> Answer {
    let response = inner.send(request).await?;
    if response.status().is_server_error() {
        return Err(TransportError::new(
            Kind::Protocol,
            Phase::Headers,
            Delivery::Answered,
        ));
    }
    Ok(response)
}

/// Keeps what it sent, and shows it.
#[derive(Debug)]
pub(crate) struct Remembering {
    inner: Inner,
    sent: Mutex<Vec<Request<Bytes>>>,
}

impl Remembering {
    pub(crate) fn new(inner: Inner) -> Self {
        let sent = Mutex::default();
        Self { inner, sent }
    }
}

#[async_trait]
impl HttpTransport for Remembering {
    async fn send(&self, request: Request<Bytes>) -> Answer {
        self.sent.lock().unwrap().push(request.clone());
        self.inner.send(request).await
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        self.inner.timer()
    }
}

/// Keeps cookies, and sends them.
#[derive(Debug)]
pub(crate) struct Hungry {
    inner: Inner,
    jar: Mutex<Vec<header::HeaderValue>>,
}

impl Hungry {
    pub(crate) fn new(inner: Inner) -> Self {
        let jar = Mutex::default();
        Self { inner, jar }
    }
}

#[async_trait]
impl HttpTransport for Hungry {
    async fn send(&self, mut request: Request<Bytes>) -> Answer {
        for cookie in self.jar.lock().unwrap().drain(..) {
            request.headers_mut().append(header::COOKIE, cookie);
        }
        let response = self.inner.send(request).await?;
        let cookies = response.headers().get_all(header::SET_COOKIE);
        self.jar
            .lock()
            .unwrap()
            .extend(cookies.into_iter().cloned());
        Ok(response)
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        self.inner.timer()
    }
}

/// A layer that forgets the timer.
#[derive(Debug)]
pub(crate) struct Timeless(pub(crate) Inner);

#[async_trait]
impl HttpTransport for Timeless {
    async fn send(&self, request: Request<Bytes>) -> Answer {
        self.0.send(request).await
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        None
    }
}

/// A layer that makes a new request of the old one, and forgets its extensions.
#[derive(Debug)]
pub(crate) struct Rebuilding(pub(crate) Inner);

#[async_trait]
impl HttpTransport for Rebuilding {
    async fn send(&self, request: Request<Bytes>) -> Answer {
        let (mut head, body) = request.into_parts();
        head.extensions.clear();
        self.0.send(Request::from_parts(head, body)).await
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        self.0.timer()
    }
}
