//! An HTTP server that counts what its clients do.

use std::{
    collections::BTreeSet,
    convert::Infallible,
    future::ready,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use hyper::{
    HeaderMap, Request,
    body::Incoming,
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

use crate::{
    body::Answer, certificate::Certificate, frames::Counted, protocol::Protocol, verdict::Fallible,
};

/// How many streams at once an HTTP/2 connection may carry.
pub(crate) const STREAMS: u32 = 100;

type Handler = dyn Fn(&HeaderMap, &Counts) -> Answer + Send + Sync;

/// A server in a task of its own, until it is dropped.
pub(crate) struct Server {
    url: String,
    address: SocketAddr,
    counts: Arc<Counts>,
    task: JoinHandle<()>,
}

/// What a server has counted so far.
#[derive(Default)]
pub(crate) struct Counts {
    connections: AtomicUsize,
    resets: Arc<AtomicUsize>,
    open: Mutex<BTreeSet<u16>>,
}

impl Counts {
    /// Returns how many connections were accepted.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// Returns how many `RST_STREAM` frames clients have sent.
    pub(crate) fn resets(&self) -> usize {
        self.resets.load(Ordering::Relaxed)
    }

    /// Returns the clients' ports of the connections that are open.
    pub(crate) fn open(&self) -> Vec<u16> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.iter().copied().collect()
    }

    fn opened(&self, port: u16) {
        self.connections.fetch_add(1, Ordering::Relaxed);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.insert(port);
    }

    fn closed(&self, port: u16) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.remove(&port);
    }
}

impl Server {
    /// Starts a server on a free port of `host`, which `certificate` must name. `handler` answers each request, once
    /// its head has come, from its headers and what was counted so far.
    pub(crate) async fn start(
        host: IpAddr,
        protocol: Protocol,
        certificate: &Certificate,
        handler: impl Fn(&HeaderMap, &Counts) -> Answer + Send + Sync + 'static,
    ) -> Fallible<Self> {
        let listener = TcpListener::bind((host, 0)).await?;
        let address = listener.local_addr()?;
        let acceptor = match protocol.alpn() {
            Some(alpn) => Some(certificate.acceptor(alpn)?),
            None => None,
        };
        let connection = Connection {
            protocol,
            acceptor,
            counts: Arc::default(),
            handler: Arc::new(handler),
        };
        Ok(Self {
            url: format!("{}://{address}", protocol.scheme()),
            address,
            counts: Arc::clone(&connection.counts),
            task: tokio::spawn(accept(listener, connection)),
        })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(crate) fn counts(&self) -> &Counts {
        &self.counts
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, connection: Connection) {
    loop {
        match listener.accept().await {
            Ok((socket, peer)) => {
                let connection = connection.clone();
                connection.counts.opened(peer.port());
                tokio::spawn(async move {
                    // A connection that breaks shows in what its client makes of it.
                    let _ = connection.serve(socket).await;
                    connection.counts.closed(peer.port());
                });
            }
            Err(error) => eprintln!("a connection can't be accepted: {error}"),
        }
    }
}

/// How each connection is served.
#[derive(Clone)]
struct Connection {
    protocol: Protocol,
    acceptor: Option<TlsAcceptor>,
    counts: Arc<Counts>,
    handler: Arc<Handler>,
}

impl Connection {
    async fn serve(&self, socket: TcpStream) -> Fallible<()> {
        socket.set_nodelay(true)?;
        match &self.acceptor {
            None => self.answer(socket).await,
            Some(acceptor) => self.answer(acceptor.accept(socket).await?).await,
        }
    }

    async fn answer<S>(&self, socket: S) -> Fallible<()>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let service = service_fn(|request: Request<Incoming>| {
            let answer = (self.handler)(request.headers(), &self.counts);
            ready(Ok::<_, Infallible>(answer))
        });
        if self.protocol != Protocol::Http2Tls {
            let serving = http1::Builder::new().serve_connection(TokioIo::new(socket), service);
            return Ok(serving.await?);
        }
        let counted = Counted::new(socket, Arc::clone(&self.counts.resets));
        http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS)
            .serve_connection(TokioIo::new(counted), service)
            .await?;
        Ok(())
    }
}
