//! A server of raw bytes, which answers wrongly as well as rightly.

use std::{
    fmt,
    future::Future,
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    net::{TcpSocket, TcpStream},
    task::{JoinHandle, JoinSet},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use super::{connection::RawConnection, tls::Authority};

/// A server on a loopback socket that writes the bytes it is given, right or wrong.
///
/// The suite's own tool, for the tests that a transport needs beside the suite. It speaks as much HTTP/1.1 as it takes
/// to read a request; the answer is the test's affair. It lives in the task of the tokio runtime that it is started in,
/// and dropping it ends its connections.
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
pub struct RawServer {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl RawServer {
    /// Serves each connection with `handler`. An error that it returns ends its connection, and nothing else.
    ///
    /// # Errors
    ///
    /// If no socket can be had.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn serving<F, H>(handler: F) -> io::Result<Self>
    where
        F: Fn(RawConnection) -> H + Send + 'static,
        H: Future<Output = io::Result<()>> + Send + 'static,
    {
        let requests = Arc::default();
        let counter = Arc::clone(&requests);
        Self::start(requests, move |socket| {
            handler(RawConnection::counted(socket, Arc::clone(&counter)))
        })
    }

    /// Answers every request with the bytes given, on connections that stay open.
    ///
    /// # Errors
    ///
    /// If no socket can be had.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn answering(answer: impl Into<Vec<u8>>) -> io::Result<Self> {
        let answer = Arc::new(answer.into());
        Self::serving(move |mut connection| {
            let answer = Arc::clone(&answer);
            async move {
                while connection.request().await?.is_some() {
                    connection.write(&*answer).await?;
                }
                Ok(())
            }
        })
    }

    /// Serves each connection with `handler` over TLS, with a certificate for `127.0.0.1`. `alpn` lists the protocols to
    /// choose from in the handshake, such as `http/1.1`; after `h2` the handler takes the socket by
    /// [`into_inner`](RawConnection::into_inner).
    ///
    /// # Errors
    ///
    /// If no socket can be had, or no certificate be made.
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
        let requests = Arc::<AtomicUsize>::default();
        let counter = Arc::clone(&requests);
        Self::start(requests, move |socket| {
            let (acceptor, handler) = (acceptor.clone(), handler.clone());
            let counter = Arc::clone(&counter);
            async move {
                let socket = acceptor.accept(socket).await?;
                handler(RawConnection::counted(socket, counter)).await
            }
        })
    }

    /// Serves each connection with `handler`, which gets the bare socket. What it counts as a request is its affair.
    pub(crate) fn start<F, H>(requests: Arc<AtomicUsize>, handler: F) -> io::Result<Self>
    where
        F: Fn(TcpStream) -> H + Send + 'static,
        H: Future<Output = io::Result<()>> + Send + 'static,
    {
        let socket = TcpSocket::new_v4()?;
        // Small, so that what the kernel takes on for a reader that doesn't read is little.
        socket.set_send_buffer_size(64 * 1024)?;
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let listener = socket.listen(64)?;
        let address = listener.local_addr()?;
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        let task = tokio::spawn(async move {
            let mut handlers = JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                // Those that have ended need no memory.
                while handlers.try_join_next().is_some() {}
                // What is written arrives, whether or not the client acknowledges what came before. A socket that
                // refuses is one whose client is gone.
                let _ = socket.set_nodelay(true);
                // A handler's failure is the client's doing, or the point of the test.
                handlers.spawn(handler(socket));
            }
        });
        Ok(Self {
            address,
            connections,
            requests,
            task,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of a path, such as `http://127.0.0.1:40923/v2`.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// How many connections were accepted so far.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// How many requests arrived so far, at least their heads.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Drop for RawServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for RawServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawServer")
            .field("address", &self.address)
            .field("connections", &self.connections())
            .field("requests", &self.requests())
            .finish_non_exhaustive()
    }
}
