//! HTTP/2 as the TLS handshake chooses it, from a server that writes its frames by hand.

use std::{
    future::Future,
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures::{StreamExt, future::join_all};
use http::Method;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::{Notify, oneshot},
};
use tokio_rustls::server::TlsStream;

use super::{Make, Transport, outcome, post, read, request, server::Server, tls::Authority};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

// RFC 9113, 6: types of frames.
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;

const END_STREAM: u8 = 1;
const ACK: u8 = 1;
const END_HEADERS: u8 = 4;

// RFC 9113, 7: error codes.
const NO_ERROR: u32 = 0;
const INTERNAL_ERROR: u32 = 2;
const REFUSED_STREAM: u32 = 7;
const CANCEL: u32 = 8;

/// `:status: 200` in HPACK.
const OK: &[u8] = &[0x88];
/// `:status: 200` and `content-length: 4` in HPACK.
const OK_4: &[u8] = &[0x88, 0x5c, 1, b'4'];

/// `:status: 304` and `content-length: 4` in HPACK.
const NOT_MODIFIED_4: &[u8] = &[0x8b, 0x5c, 1, b'4'];
/// `:status: 204` in HPACK.
const NO_CONTENT: &[u8] = &[0x89];

struct Frame {
    kind: u8,
    flags: u8,
    stream: u32,
    payload: Vec<u8>,
}

/// The server's side of one connection.
struct Peer {
    socket: TlsStream<TcpStream>,
    /// How many bytes the client takes for each stream before it must be asked again.
    window: usize,
    /// How many requests arrived.
    requests: Arc<AtomicUsize>,
}

impl Peer {
    async fn new(mut socket: TlsStream<TcpStream>, requests: Arc<AtomicUsize>) -> io::Result<Self> {
        assert_eq!(socket.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        let mut preface = [0; PREFACE.len()];
        socket.read_exact(&mut preface).await?;
        assert_eq!(preface, PREFACE);
        let window = 65_535;
        let mut peer = Self {
            socket,
            window,
            requests,
        };
        peer.send(SETTINGS, 0, 0, &[]).await?;
        Ok(peer)
    }

    async fn send(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) -> io::Result<()> {
        let mut frame = u32::try_from(payload.len()).unwrap().to_be_bytes()[1..].to_vec();
        frame.extend([kind, flags]);
        frame.extend(stream.to_be_bytes());
        frame.extend(payload);
        self.socket.write_all(&frame).await?;
        self.socket.flush().await
    }

    /// The next frame; settings are noted and acknowledged, requests counted.
    async fn frame(&mut self) -> io::Result<Frame> {
        let mut head = [0; 9];
        self.socket.read_exact(&mut head).await?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; length as usize];
        self.socket.read_exact(&mut payload).await?;
        let frame = Frame {
            kind: head[3],
            flags: head[4],
            stream: u32::from_be_bytes([head[5], head[6], head[7], head[8]]),
            payload,
        };
        if frame.kind == SETTINGS && frame.flags & ACK == 0 {
            for setting in frame.payload.chunks(6) {
                // SETTINGS_INITIAL_WINDOW_SIZE
                if setting[..2] == [0, 4] {
                    self.window = u32::from_be_bytes(setting[2..].try_into().unwrap()) as usize;
                }
            }
            self.send(SETTINGS, ACK, 0, &[]).await?;
        }
        if frame.kind == HEADERS {
            self.requests.fetch_add(1, Ordering::SeqCst);
        }
        Ok(frame)
    }

    async fn next(&mut self, kind: u8) -> io::Result<Frame> {
        loop {
            let frame = self.frame().await?;
            if frame.kind == kind {
                return Ok(frame);
            }
        }
    }

    /// Reads the next request to its end, and gives its stream's number.
    async fn request(&mut self) -> io::Result<u32> {
        loop {
            let frame = self.frame().await?;
            if matches!(frame.kind, HEADERS | DATA) && frame.flags & END_STREAM != 0 {
                return Ok(frame.stream);
            }
        }
    }

    async fn reset(&mut self, stream: u32, reason: u32) -> io::Result<()> {
        self.send(RST_STREAM, 0, stream, &reason.to_be_bytes())
            .await
    }

    async fn go_away(&mut self, last: u32, reason: u32) -> io::Result<()> {
        let payload = [last.to_be_bytes(), reason.to_be_bytes()].concat();
        self.send(GOAWAY, 0, 0, &payload).await
    }

    /// Reads on until the client closes the connection.
    async fn closed(&mut self) {
        while self.frame().await.is_ok() {}
    }
}

struct Site {
    server: Server,
    transport: Transport,
    requests: Arc<AtomicUsize>,
}

impl Site {
    async fn new<F, H>(make: Make, handler: F) -> Self
    where
        F: Fn(Peer) -> H + Clone + Send + Sync + 'static,
        H: Future<Output = io::Result<()>> + Send,
    {
        let authority = Authority::new();
        let acceptor = authority.acceptor("127.0.0.1", &["h2", "http/1.1"]);
        let requests = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&requests);
        let server = Server::start(move |socket, _| {
            let (acceptor, counter) = (acceptor.clone(), Arc::clone(&counter));
            let handler = handler.clone();
            async move {
                let socket = acceptor.accept(socket).await?;
                handler(Peer::new(socket, counter).await?).await
            }
        })
        .await;
        let transport = authority.trusted(make);
        Self {
            server,
            transport,
            requests,
        }
    }

    fn url(&self) -> String {
        format!("https://{}/v2", self.server.address)
    }

    /// What becomes of one request, which must arrive once.
    async fn outcome(&self) -> String {
        let outcome = outcome(&self.transport, post(&self.url())).await;
        assert_eq!(
            self.requests.load(Ordering::SeqCst),
            1,
            "a request is sent once"
        );
        assert_eq!(self.server.connections(), 1);
        outcome
    }
}

pub async fn exchanges_share_a_connection(make: Make) {
    const COUNT: usize = 16;
    let site = Site::new(make, |mut peer| async move {
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
    })
    .await;
    assert_eq!(
        outcome(&site.transport, post(&site.url())).await,
        "ok, 0 bytes"
    );
    let all = (0..COUNT).map(|_| async {
        let response = site.transport.send(post(&site.url())).await.unwrap();
        read(response).await.unwrap()
    });
    assert_eq!(join_all(all).await, [b"body"; COUNT]);
    assert_eq!(site.server.connections(), 1);
}

pub async fn dropping_the_request_resets_its_stream(make: Make) {
    let (got_request, mut reset_seen, site) = cancelled(make, None).await;
    tokio::select! {
        _ = site.transport.send(post(&site.url())) => panic!("the server gave no answer"),
        () = got_request.notified() => {}
    }
    assert_eq!((&mut reset_seen).await.unwrap(), CANCEL.to_be_bytes());
}

pub async fn dropping_the_body_resets_its_stream(make: Make) {
    let (_, reset_seen, site) = cancelled(make, Some(b"half")).await;
    let response = site.transport.send(post(&site.url())).await.unwrap();
    let mut body = response.into_body();
    assert_eq!(body.next().await.unwrap().unwrap(), "half");
    drop(body);
    assert_eq!(reset_seen.await.unwrap(), CANCEL.to_be_bytes());
}

/// A server that tells when a request is there and with which code its stream is reset.
async fn cancelled(
    make: Make,
    answer: Option<&'static [u8]>,
) -> (Arc<Notify>, oneshot::Receiver<Vec<u8>>, Site) {
    let got_request = Arc::new(Notify::new());
    let signal = Arc::clone(&got_request);
    let (reset, reset_seen) = oneshot::channel();
    let reset = Arc::new(std::sync::Mutex::new(Some(reset)));
    let site = Site::new(make, move |mut peer| {
        let (signal, reset) = (Arc::clone(&signal), Arc::clone(&reset));
        async move {
            let stream = peer.request().await?;
            signal.notify_one();
            if let Some(answer) = answer {
                peer.send(HEADERS, END_HEADERS, stream, OK).await?;
                peer.send(DATA, 0, stream, answer).await?;
            }
            let frame = peer.next(RST_STREAM).await?;
            assert_eq!(frame.stream, stream);
            let sender = reset.lock().unwrap().take().unwrap();
            sender.send(frame.payload).unwrap();
            peer.closed().await;
            Ok(())
        }
    })
    .await;
    (got_request, reset_seen, site)
}

/// The most that a server may send into a body that nobody reads, in bytes.
const UNREAD: usize = 256 * 1024;

pub async fn an_unread_body_stops_the_server(make: Make) {
    let (stopped, stop_seen) = oneshot::channel();
    let stopped = Arc::new(std::sync::Mutex::new(Some(stopped)));
    let site = Site::new(make, move |mut peer| {
        let stopped = Arc::clone(&stopped);
        async move {
            let stream = peer.request().await?;
            peer.send(HEADERS, END_HEADERS, stream, OK).await?;
            let window = peer.window;
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
                        usize::from(frame.kind == WINDOW_UPDATE && frame.stream == stream);
                    if frame.kind == PING && frame.flags & ACK != 0 {
                        break;
                    }
                }
            }
            let sender = stopped.lock().unwrap().take().unwrap();
            sender.send((window, given_back)).unwrap();
            while peer.next(WINDOW_UPDATE).await?.stream != stream {}
            peer.send(DATA, END_STREAM, stream, b"end").await?;
            peer.closed().await;
            Ok(())
        }
    })
    .await;
    let response = site.transport.send(post(&site.url())).await.unwrap();
    let (window, given_back) = stop_seen.await.unwrap();
    assert!(window <= UNREAD, "{window} bytes were taken for nobody");
    assert_eq!(given_back, 0);
    assert_eq!(read(response).await.unwrap().len(), window + 3);
}

pub async fn refused_stream(make: Make) {
    let site = Site::new(make, |mut peer| async move {
        let stream = peer.request().await?;
        peer.reset(stream, REFUSED_STREAM).await?;
        peer.closed().await;
        Ok(())
    })
    .await;
    assert_eq!(site.outcome().await, "closed send not_sent");
}

pub async fn reset_after_the_request(make: Make) {
    let site = Site::new(make, |mut peer| async move {
        let stream = peer.request().await?;
        peer.reset(stream, INTERNAL_ERROR).await?;
        peer.closed().await;
        Ok(())
    })
    .await;
    assert_eq!(site.outcome().await, "closed headers maybe_sent");
}

pub async fn going_away_before_the_request(make: Make) {
    let site = Site::new(make, |mut peer| async move {
        peer.request().await?;
        peer.go_away(0, NO_ERROR).await?;
        peer.closed().await;
        Ok(())
    })
    .await;
    assert_eq!(site.outcome().await, "closed send not_sent");
}

pub async fn going_away_and_closing_after_the_request(make: Make) {
    for reason in [NO_ERROR, INTERNAL_ERROR] {
        let site = Site::new(make, move |mut peer| async move {
            let stream = peer.request().await?;
            peer.go_away(stream, reason).await
        })
        .await;
        assert_eq!(site.outcome().await, "closed headers maybe_sent");
    }
}

pub async fn reset_in_the_body(make: Make) {
    for reason in [INTERNAL_ERROR, CANCEL] {
        let site = Site::new(make, move |mut peer| async move {
            let stream = peer.request().await?;
            peer.send(HEADERS, END_HEADERS, stream, OK).await?;
            peer.send(DATA, 0, stream, b"half").await?;
            peer.reset(stream, reason).await?;
            peer.closed().await;
            Ok(())
        })
        .await;
        assert_eq!(site.outcome().await, "closed body answered");
    }
}

/// A reset without an error is no end of the body either, unless its end had been sent.
pub async fn reset_without_an_error_in_the_body(make: Make) {
    let site = Site::new(make, |mut peer| async move {
        let stream = peer.request().await?;
        peer.send(HEADERS, END_HEADERS, stream, OK_4).await?;
        peer.send(DATA, 0, stream, b"bo").await?;
        peer.reset(stream, NO_ERROR).await?;
        peer.closed().await;
        Ok(())
    })
    .await;
    assert_eq!(site.outcome().await, "closed body answered");

    let site = Site::new(make, |mut peer| async move {
        let stream = peer.request().await?;
        peer.send(HEADERS, END_HEADERS, stream, OK_4).await?;
        peer.send(DATA, END_STREAM, stream, b"body").await?;
        peer.reset(stream, NO_ERROR).await?;
        peer.closed().await;
        Ok(())
    })
    .await;
    assert_eq!(site.outcome().await, "ok, 4 bytes");
}

/// A length that is told of a body that isn't sent is no sign of a cut one.
pub async fn responses_without_a_body(make: Make) {
    for (method, head) in [
        (Method::HEAD, OK_4),
        (Method::GET, NOT_MODIFIED_4),
        (Method::POST, NO_CONTENT),
    ] {
        let site = Site::new(make, move |mut peer| async move {
            let stream = peer.request().await?;
            peer.send(HEADERS, END_HEADERS | END_STREAM, stream, head)
                .await?;
            peer.closed().await;
            Ok(())
        })
        .await;
        let request = request(method, &site.url(), "");
        assert_eq!(outcome(&site.transport, request).await, "ok, 0 bytes");
    }
}

/// What becomes of a body without a length whose stream is reset with `NO_ERROR` before its end. The transports
/// differ, so each says in a test of its own what it makes of it.
pub async fn reset_without_an_error_or_a_length(make: Make) -> String {
    let site = Site::new(make, |mut peer| async move {
        let stream = peer.request().await?;
        peer.send(HEADERS, END_HEADERS, stream, OK).await?;
        peer.send(DATA, 0, stream, b"half").await?;
        peer.reset(stream, NO_ERROR).await?;
        peer.closed().await;
        Ok(())
    })
    .await;
    site.outcome().await
}
