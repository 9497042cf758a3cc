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
use tokio::sync::{Notify, oneshot};

use super::{
    Make, Transport, outcome,
    peer::{
        ACK, CANCEL, DATA, END_HEADERS, END_STREAM, HEADERS, INTERNAL_ERROR, NO_CONTENT, NO_ERROR,
        NOT_MODIFIED_4, OK, OK_4, PING, Peer, REFUSED_STREAM, RST_STREAM, WINDOW_UPDATE,
    },
    post, read, request,
    server::Server,
    tls::Authority,
};

/// A server of HTTP/2 and a transport that trusts it.
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
