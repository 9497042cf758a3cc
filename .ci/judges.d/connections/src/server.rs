//! An HTTP server that counts what its clients do.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    future::ready,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
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
    net::{TcpListener, TcpSocket, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

use crate::{
    body::Answer, certificate::Certificate, frames::Counted, protocol::Protocol, verdict::Fallible,
};

/// How many streams at once an HTTP/2 connection may carry.
pub(crate) const STREAMS: u32 = 100;

/// How many connections may wait to be accepted. Of more, the operating system lets the clients try again in a second.
const BACKLOG: u32 = 1024;

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
    /// The open connections, by the client's port, each with what freezes it.
    open: Mutex<BTreeMap<u16, Arc<AtomicBool>>>,
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
        self.lock().keys().copied().collect()
    }

    /// Stops to read from the HTTP/2 connections that are open, without closing them.
    pub(crate) fn freeze(&self) {
        for frozen in self.lock().values() {
            frozen.store(true, Ordering::Relaxed);
        }
    }

    fn opened(&self, port: u16) -> Arc<AtomicBool> {
        self.connections.fetch_add(1, Ordering::Relaxed);
        let frozen = Arc::default();
        self.lock().insert(port, Arc::clone(&frozen));
        frozen
    }

    fn closed(&self, port: u16) {
        self.lock().remove(&port);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u16, Arc<AtomicBool>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Server {
    /// Starts a server on a free port of `host`, which `certificate` must name. `handler` answers each request, once
    /// its head has come, from its headers and what was counted so far.
    pub(crate) async fn start(
        host: Ipv4Addr,
        protocol: Protocol,
        certificate: &Certificate,
        handler: impl Fn(&HeaderMap, &Counts) -> Answer + Send + Sync + 'static,
    ) -> Fallible<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((host, 0).into())?;
        let listener = socket.listen(BACKLOG)?;
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
                let frozen = connection.counts.opened(peer.port());
                tokio::spawn(async move {
                    // A connection that breaks shows in what its client makes of it.
                    let _ = connection.serve(socket, frozen).await;
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
    async fn serve(&self, socket: TcpStream, frozen: Arc<AtomicBool>) -> Fallible<()> {
        socket.set_nodelay(true)?;
        match &self.acceptor {
            None => self.answer(socket, frozen).await,
            Some(acceptor) => self.answer(acceptor.accept(socket).await?, frozen).await,
        }
    }

    async fn answer<S>(&self, socket: S, frozen: Arc<AtomicBool>) -> Fallible<()>
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
        let counted = Counted::new(socket, Arc::clone(&self.counts.resets), frozen);
        http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS)
            .serve_connection(TokioIo::new(counted), service)
            .await?;
        Ok(())
    }
}
