//! HTTP/2 as the TLS handshake chooses it, from a server that writes its frames by hand.

use std::{
    future::Future,
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use futures::{
    StreamExt,
    future::{Either, select, try_join_all},
};
use http::Method;
use tokio::sync::{Notify, oneshot};

use super::{
    RawServer,
    connection::invalid,
    exchange::{became, post, read, request, text},
    failure::{Failure, OrFail, Outcome, ensure, ensure_eq},
    peer::{
        ACK, CANCEL, DATA, END_HEADERS, END_STREAM, HEADERS, INTERNAL_ERROR, NO_CONTENT, NO_ERROR,
        NOT_MODIFIED_4, OK, OK_4, PING, Peer, REFUSED_STREAM, RST_STREAM, WINDOW_UPDATE,
    },
    subject::{Subject, Transport},
    tls::Authority,
};

/// A server of HTTP/2 and a transport that trusts it.
struct Site {
    server: RawServer,
    transport: Transport,
    /// Whether a handshake ended without HTTP/2.
    refused: Arc<AtomicBool>,
}

impl Site {
    fn new<F, H>(subject: &Subject, handler: F) -> Result<Self, Failure>
    where
        F: Fn(Peer) -> H + Clone + Send + Sync + 'static,
        H: Future<Output = io::Result<()>> + Send,
    {
        let authority = Authority::new()?;
        let acceptor = authority.acceptor("127.0.0.1", &["h2", "http/1.1"])?;
        let requests = Arc::<AtomicUsize>::default();
        let refused = Arc::<AtomicBool>::default();
        let (counter, flag) = (Arc::clone(&requests), Arc::clone(&refused));
        let server = RawServer::start(requests, move |socket| {
            let (acceptor, counter) = (acceptor.clone(), Arc::clone(&counter));
            let (flag, handler) = (Arc::clone(&flag), handler.clone());
            async move {
                let socket = acceptor.accept(socket).await?;
                let chosen = socket.get_ref().1.alpn_protocol() == Some(b"h2");
                flag.store(!chosen, Ordering::SeqCst);
                handler(Peer::new(socket, counter).await?).await
            }
        })?;
        let transport = authority.trusted(subject);
        Ok(Self {
            server,
            transport,
            refused,
        })
    }

    fn url(&self) -> String {
        format!("https://{}/v2", self.server.address())
    }

    /// Judges what becomes of one request, which must arrive once.
    async fn once(&self, subject: &Subject, case: &str) -> Outcome {
        let outcome = self.outcome().await?;
        subject.judge(&outcome, case)
    }

    async fn outcome(&self) -> Result<String, Failure> {
        let outcome = became(&self.transport, post(&self.url())?).await?;
        ensure_eq!(self.server.requests(), 1, "how often a request arrived");
        ensure_eq!(self.server.connections(), 1, "connections for one request");
        Ok(outcome)
    }
}

pub(super) async fn it_is_offered_in_the_handshake(subject: &Subject) -> Outcome {
    let site = Site::new(subject, |mut peer| async move {
        let stream = peer.request().await?;
        peer.send(HEADERS, END_HEADERS | END_STREAM, stream, NO_CONTENT)
            .await?;
        peer.closed().await;
        Ok(())
    })?;
    let outcome = became(&site.transport, post(&site.url())?).await?;
    let refused = site.refused.load(Ordering::SeqCst);
    ensure!(
        !refused,
        "HTTP/2 was not offered; without it, say `.without(Ability::Http2)`"
    );
    ensure_eq!(outcome, "ok, 0 bytes", "a response of 204");
    Ok(())
}

pub(super) async fn exchanges_share_a_connection(subject: &Subject) -> Outcome {
    const COUNT: usize = 16;
    let site = Site::new(subject, |mut peer| async move {
        let first = peer.request().await?;
        peer.send(HEADERS, END_HEADERS | END_STREAM, first, OK)
            .await?;
        let mut streams = Vec::new();
        while streams.len() < COUNT {
            streams.push(peer.request().await?);
        }
        for stream in streams {
            peer.send(HEADERS, END_HEADERS, stream, OK_4).await?;
            peer.send(DATA, 0, stream, b"bo").await?;
            peer.send(DATA, END_STREAM, stream, b"dy").await?;
        }
        peer.closed().await;
        Ok(())
    })?;
    let first = became(&site.transport, post(&site.url())?).await?;
    ensure_eq!(first, "ok, 0 bytes", "the first request");
    let all = (0..COUNT).map(|_| async {
        let response = site.transport.send(post(&site.url())?).await?;
        read(response).await
    });
    for body in try_join_all(all).await? {
        ensure_eq!(text(&body), "body", "a body");
    }
    ensure_eq!(site.server.connections(), 1, "connections");
    Ok(())
}

pub(super) async fn dropping_the_request_resets_its_stream(subject: &Subject) -> Outcome {
    let cancelled = Cancelled::new(subject, None)?;
    let sending = cancelled.site.transport.send(post(&cancelled.site.url())?);
    let arrived = std::pin::pin!(cancelled.got_request.notified());
    match select(sending, arrived).await {
        Either::Left(_) => return Err(Failure::new("an end without an answer of the server's")),
        Either::Right(((), sending)) => drop(sending),
    }
    ensure_eq!(
        cancelled.reset_seen.await?,
        CANCEL.to_be_bytes(),
        "the reset's code"
    );
    Ok(())
}

pub(super) async fn dropping_the_body_resets_its_stream(subject: &Subject) -> Outcome {
    let cancelled = Cancelled::new(subject, Some(b"half"))?;
    let request = post(&cancelled.site.url())?;
    let response = cancelled.site.transport.send(request).await?;
    let mut body = response.into_body();
    let half = body.next().await.or_fail("the body ended early")??;
    ensure_eq!(half, "half", "what was sent of the body");
    drop(body);
    ensure_eq!(
        cancelled.reset_seen.await?,
        CANCEL.to_be_bytes(),
        "the reset's code"
    );
    Ok(())
}

/// A server that tells when a request is there and with which code its stream is reset.
struct Cancelled {
    got_request: Arc<Notify>,
    reset_seen: oneshot::Receiver<Vec<u8>>,
    site: Site,
}

impl Cancelled {
    fn new(subject: &Subject, answer: Option<&'static [u8]>) -> Result<Self, Failure> {
        let got_request = Arc::new(Notify::new());
        let signal = Arc::clone(&got_request);
        let (reset, reset_seen) = channel();
        let site = Site::new(subject, move |mut peer| {
            let (signal, reset) = (Arc::clone(&signal), Arc::clone(&reset));
            async move {
                let stream = peer.request().await?;
                signal.notify_one();
                if let Some(answer) = answer {
                    peer.send(HEADERS, END_HEADERS, stream, OK).await?;
                    peer.send(DATA, 0, stream, answer).await?;
                }
                let mut frame = peer.next(RST_STREAM).await?;
                while frame.stream != stream {
                    frame = peer.next(RST_STREAM).await?;
                }
                send(&reset, frame.payload)?;
                peer.closed().await;
                Ok(())
            }
        })?;
        Ok(Self {
            got_request,
            reset_seen,
            site,
        })
    }
}

type Sender<T> = Arc<Mutex<Option<oneshot::Sender<T>>>>;

/// A channel for one value, whose sender every connection has.
fn channel<T>() -> (Sender<T>, oneshot::Receiver<T>) {
    let (sender, receiver) = oneshot::channel();
    (Arc::new(Mutex::new(Some(sender))), receiver)
}

fn send<T>(sender: &Sender<T>, value: T) -> io::Result<()> {
    let sender = sender.lock().unwrap_or_else(PoisonError::into_inner).take();
    let sender = sender.ok_or_else(|| invalid("it was sent before"))?;
    sender.send(value).map_err(|_| invalid("the check is over"))
}

/// The most that a server may send into a body that nobody reads, in bytes.
const UNREAD: usize = 256 * 1024;

pub(super) async fn an_unread_body_stops_the_server(subject: &Subject) -> Outcome {
    let (stopped, stop_seen) = channel();
    let site = Site::new(subject, move |mut peer| {
        let stopped = Arc::clone(&stopped);
        async move {
            let stream = peer.request().await?;
            peer.send(HEADERS, END_HEADERS, stream, OK).await?;
            let window = peer.window.min(peer.connection_window);
            let narrow = if window < peer.window { 0 } else { stream };
            let mut left = window;
            while left > 0 {
                let length = left.min(16 * 1024);
                peer.send(DATA, 0, stream, &vec![b'x'; length]).await?;
                left -= length;
            }
            // A client that reads ahead gives the window back between these.
            let mut given_back = 0;
            for number in 0..100_u64 {
                peer.send(PING, 0, 0, &number.to_be_bytes()).await?;
                loop {
                    let frame = peer.frame().await?;
                    given_back +=
                        usize::from(frame.kind == WINDOW_UPDATE && frame.stream == narrow);
                    if frame.kind == PING && frame.flags & ACK != 0 {
                        break;
                    }
                }
            }
            send(&stopped, (window, given_back))?;
            while peer.next(WINDOW_UPDATE).await?.stream != narrow {}
            peer.send(DATA, END_STREAM, stream, b"end").await?;
            peer.closed().await;
            Ok(())
        }
    })?;
    let response = site.transport.send(post(&site.url())?).await?;
    let (window, given_back) = stop_seen.await?;
    ensure!(window <= UNREAD, "{window} bytes were taken for nobody");
    ensure_eq!(given_back, 0, "how often the server was asked for more");
    ensure_eq!(
        read(response).await?.len(),
        window + 3,
        "the length of the body"
    );
    Ok(())
}

pub(super) async fn refused_stream(subject: &Subject) -> Outcome {
    let site = Site::new(subject, |mut peer| async move {
        let stream = peer.request().await?;
        peer.reset(stream, REFUSED_STREAM).await?;
        peer.closed().await;
        Ok(())
    })?;
    site.once(subject, "").await
}

pub(super) async fn reset_after_the_request(subject: &Subject) -> Outcome {
    let site = Site::new(subject, |mut peer| async move {
        let stream = peer.request().await?;
        peer.reset(stream, INTERNAL_ERROR).await?;
        peer.closed().await;
        Ok(())
    })?;
    site.once(subject, "").await
}

pub(super) async fn going_away_before_the_request(subject: &Subject) -> Outcome {
    let site = Site::new(subject, |mut peer| async move {
        peer.request().await?;
        peer.go_away(0, NO_ERROR).await?;
        peer.closed().await;
        Ok(())
    })?;
    site.once(subject, "").await
}

pub(super) async fn going_away_and_closing_after_the_request(subject: &Subject) -> Outcome {
    for reason in [NO_ERROR, INTERNAL_ERROR] {
        let site = Site::new(subject, move |mut peer| async move {
            let stream = peer.request().await?;
            peer.go_away(stream, reason).await
        })?;
        site.once(subject, &format!("code {reason}")).await?;
    }
    Ok(())
}

pub(super) async fn reset_in_the_body(subject: &Subject) -> Outcome {
    for reason in [INTERNAL_ERROR, CANCEL] {
        let site = Site::new(subject, move |mut peer| async move {
            let stream = peer.request().await?;
            peer.send(HEADERS, END_HEADERS, stream, OK).await?;
            peer.send(DATA, 0, stream, b"half").await?;
            peer.reset(stream, reason).await?;
            peer.closed().await;
            Ok(())
        })?;
        site.once(subject, &format!("code {reason}")).await?;
    }
    Ok(())
}

/// A reset without an error is no end of the body either, unless its end had been sent.
pub(super) async fn reset_without_an_error_in_the_body(subject: &Subject) -> Outcome {
    let site = Site::new(subject, |mut peer| async move {
        let stream = peer.request().await?;
        peer.send(HEADERS, END_HEADERS, stream, OK_4).await?;
        peer.send(DATA, 0, stream, b"bo").await?;
        peer.reset(stream, NO_ERROR).await?;
        peer.closed().await;
        Ok(())
    })?;
    site.once(subject, "").await?;

    let site = Site::new(subject, |mut peer| async move {
        let stream = peer.request().await?;
        peer.send(HEADERS, END_HEADERS, stream, OK_4).await?;
        peer.send(DATA, END_STREAM, stream, b"body").await?;
        peer.reset(stream, NO_ERROR).await?;
        peer.closed().await;
        Ok(())
    })?;
    ensure_eq!(
        site.outcome().await?,
        "ok, 4 bytes",
        "a reset after the end of the body"
    );
    Ok(())
}

/// A length that is told of a body that isn't sent is no sign of a cut one.
pub(super) async fn responses_without_a_body(subject: &Subject) -> Outcome {
    for (method, head) in [
        (Method::HEAD, OK_4),
        (Method::GET, NOT_MODIFIED_4),
        (Method::POST, NO_CONTENT),
    ] {
        let site = Site::new(subject, move |mut peer| async move {
            let stream = peer.request().await?;
            peer.send(HEADERS, END_HEADERS | END_STREAM, stream, head)
                .await?;
            peer.closed().await;
            Ok(())
        })?;
        let case = method.clone();
        let request = request(method, &site.url(), "")?;
        ensure_eq!(
            became(&site.transport, request).await?,
            "ok, 0 bytes",
            "{case}"
        );
    }
    Ok(())
}

/// A body without a length whose stream is reset with `NO_ERROR` before its end.
pub(super) async fn reset_without_an_error_or_a_length(subject: &Subject) -> Outcome {
    let site = Site::new(subject, |mut peer| async move {
        let stream = peer.request().await?;
        peer.send(HEADERS, END_HEADERS, stream, OK).await?;
        peer.send(DATA, 0, stream, b"half").await?;
        peer.reset(stream, NO_ERROR).await?;
        peer.closed().await;
        Ok(())
    })?;
    site.once(subject, "").await
}
