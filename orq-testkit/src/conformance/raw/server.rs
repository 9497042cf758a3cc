//! A server of raw bytes, which answers wrongly as well as rightly.

use std::{future::Future, io, net::SocketAddr, sync::Arc};

use tokio::{
    net::{TcpSocket, TcpStream},
    sync::Notify,
    task::{JoinHandle, JoinSet},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use super::{connection::RawConnection, count::Count, tls::Authority};

/// A server on a loopback socket that writes any bytes, valid or not.
///
/// It is the suite's own tool, for additional tests of a transport. It knows only enough HTTP/1.1 to read a request;
/// the test writes the answer. It runs in tasks of the current tokio runtime, and dropping it ends its connections.
///
/// ```
/// use http::Request;
/// use orq_core::HttpTransport;
/// use orq_testkit::conformance::RawServer;
/// use orq_transport_hyper::HyperTransport;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = RawServer::answering("HTTP/1.1 299 Odd but fine\r\ncontent-length: 0\r\n\r\n")?;
/// let request = Request::get(server.url("/")).body("".into())?;
/// let response = HyperTransport::new()?.send(request).await?;
/// assert_eq!(response.status(), 299);
/// assert_eq!((server.connections(), server.requests()), (1, 1));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct RawServer {
    address: SocketAddr,
    counts: Counts,
    task: JoinHandle<()>,
}

#[derive(Clone, Debug, Default)]
struct Counts {
    connections: Count,
    requests: Count,
    /// The connections whose handlers have returned.
    ended: Count,
}

impl RawServer {
    /// Serves each connection with `handler`. An error that it returns ends its connection, and nothing else.
    ///
    /// # Errors
    ///
    /// If no socket can be bound.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn serving<F, H>(handler: F) -> io::Result<Self>
    where
        F: Fn(RawConnection) -> H + Send + 'static,
        H: Future<Output = io::Result<()>> + Send + 'static,
    {
        Self::start(move |socket, requests| handler(RawConnection::counted(socket, requests)))
    }

    /// Serves each connection with `handler`, which gets a clone of `shared` too.
    pub(crate) fn sharing<T, F, H>(shared: T, handler: F) -> io::Result<Self>
    where
        T: Clone + Send + 'static,
        F: Fn(RawConnection, T) -> H + Send + 'static,
        H: Future<Output = io::Result<()>> + Send + 'static,
    {
        Self::serving(move |connection| handler(connection, shared.clone()))
    }

    /// Answers every request with the bytes given, on connections that stay open.
    ///
    /// # Errors
    ///
    /// If no socket can be bound.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn answering(answer: impl Into<Vec<u8>>) -> io::Result<Self> {
        let answer = Arc::new(answer.into());
        Self::sharing(answer, |mut connection, answer| async move {
            while connection.request().await?.is_some() {
                connection.write(&*answer).await?;
            }
            Ok(())
        })
    }

    /// Answers one request on each connection piece by piece, and closes it. The first piece is written at once, and
    /// each of the others when the test has opened the gate once more, by [`notify_one`](Notify::notify_one).
    pub(crate) fn gated<P>(pieces: impl IntoIterator<Item = P>) -> io::Result<(Self, Arc<Notify>)>
    where
        P: AsRef<[u8]> + Clone + Send + Sync + 'static,
    {
        let gate = Arc::new(Notify::new());
        let pieces: Vec<_> = pieces.into_iter().collect();
        let shared = (Arc::clone(&gate), pieces);
        let server = Self::sharing(shared, |mut connection, (gate, pieces)| async move {
            connection.request().await?;
            for (number, piece) in pieces.into_iter().enumerate() {
                if number > 0 {
                    gate.notified().await;
                }
                connection.write(piece).await?;
            }
            Ok(())
        })?;
        Ok((server, gate))
    }

    /// Serves each connection with `handler` over TLS, with a certificate for `127.0.0.1`. `alpn` lists the protocols
    /// to choose from in the handshake, such as `http/1.1`; after `h2` the handler takes the socket by
    /// [`into_inner`](RawConnection::into_inner).
    ///
    /// # Errors
    ///
    /// If no socket can be bound, or no certificate can be generated.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn serving_tls<F, H>(authority: &Authority, alpn: &[&str], handler: F) -> io::Result<Self>
    where
        F: Fn(RawConnection<TlsStream<TcpStream>>) -> H + Clone + Send + 'static,
        H: Future<Output = io::Result<()>> + Send,
    {
        Self::over_tls(authority.acceptor("127.0.0.1", alpn)?, handler)
    }

    pub(crate) fn over_tls<F, H>(acceptor: TlsAcceptor, handler: F) -> io::Result<Self>
    where
        F: Fn(RawConnection<TlsStream<TcpStream>>) -> H + Clone + Send + 'static,
        H: Future<Output = io::Result<()>> + Send,
    {
        Self::start(move |socket, requests| {
            let (acceptor, handler) = (acceptor.clone(), handler.clone());
            async move {
                let socket = acceptor.accept(socket).await?;
                handler(RawConnection::counted(socket, requests)).await
            }
        })
    }

    /// Serves each connection with `handler`, which gets the bare socket, and adds to the count of requests.
    pub(crate) fn start<F, H>(handler: F) -> io::Result<Self>
    where
        F: Fn(TcpStream, Count) -> H + Send + 'static,
        H: Future<Output = io::Result<()>> + Send + 'static,
    {
        let socket = TcpSocket::new_v4()?;
        // Small, so that what the kernel takes on for a reader that doesn't read is little.
        socket.set_send_buffer_size(64 * 1024)?;
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let listener = socket.listen(64)?;
        let address = listener.local_addr()?;
        let counts = Counts::default();
        let own = counts.clone();
        let task = tokio::spawn(async move {
            let mut handlers = JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                own.connections.add();
                // Those that have ended need no memory.
                while handlers.try_join_next().is_some() {}
                // What is written arrives, whether or not the client acknowledges what came before. A socket that
                // refuses is one whose client is gone.
                let _ = socket.set_nodelay(true);
                let serving = handler(socket, own.requests.clone());
                let ended = own.ended.clone();
                handlers.spawn(async move {
                    // A handler's failure is the client's doing, or the point of the test.
                    let _ = serving.await;
                    ended.add();
                });
            }
        });
        Ok(Self {
            address,
            counts,
            task,
        })
    }

    /// Returns the address on which the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the URL of a path, such as `http://127.0.0.1:40923/v2`.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Returns how many connections were accepted so far.
    pub fn connections(&self) -> usize {
        self.counts.connections.get()
    }

    /// Returns how many requests arrived so far, at least their heads.
    pub fn requests(&self) -> usize {
        self.counts.requests.get()
    }

    /// Waits until a request has arrived, at least its head.
    pub(crate) async fn arrived(&self) {
        self.counts.requests.any().await;
    }

    /// Waits until a connection has ended: its handler has returned.
    pub(crate) async fn ended(&self) {
        self.counts.ended.any().await;
    }
}

impl Drop for RawServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A response of status 200 with these lines in its head, each with its end, and this body.
pub(crate) fn ok(lines: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len();
    let head = format!("HTTP/1.1 200 OK\r\n{lines}content-length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}
