//! A double on a socket, for clients in any language.

mod outgoing;
mod running;
mod served_request;
mod socket;

use std::{
    fmt,
    future::{self, poll_fn},
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::Arc,
    task::{Poll, ready},
    time::Duration,
};

use futures::{FutureExt, StreamExt, stream::FuturesUnordered};
use http::{Request, Response, StatusCode, header::CONTENT_TYPE};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use orq_core::{Sleep, Timer, TokioTimer, transport::HttpTransport};
use tokio::net::{TcpListener, ToSocketAddrs};

use self::{
    outgoing::Outgoing,
    socket::{Ending, Socket},
};
pub use self::{running::RunningServer, served_request::ServedRequest};
use crate::{
    reply::Fault,
    request::{OverSocket, Served},
};

/// The longest request body that is read. A longer one is a 413.
const LONGEST_BODY: usize = 128 * 1024 * 1024;

/// How long no connection is accepted after that failed, if none of the server's ends before.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

type Log = Arc<dyn Fn(&ServedRequest) + Send + Sync>;

/// A double on a TCP socket, over plain HTTP/1.1: a [`FakeOrq`](crate::FakeOrq), the
/// [handle](crate::MemoryTransport::handle) of a [`MemoryTransport`](crate::MemoryTransport), or any other transport.
///
/// What a double does without a network, it does here with one: a [`Fault`] before the head or in the body resets or
/// closes the connection, or sends garbage on it, once everything before it was sent, however slowly the client reads
/// (exactly so on Linux only: elsewhere a reset may overtake what the client has no buffer for). A transport's error
/// without a `Fault` as its source is a 502 before the head, and an early close in the body. Bodies that aren't
/// complete at once are sent with `transfer-encoding: chunked`, each chunk on its own.
///
/// Connections are kept alive, streams are sent event by event as they are made, and a client that goes away ends
/// its stream. Everything happens in the future of [`run`](FakeServer::run), or in the one task of
/// [`spawn`](FakeServer::spawn). If no connection can be accepted, for example because the process has too many open
/// files, the server waits until one of its connections ends, or 100 ms, and tries again. It needs a tokio runtime with
/// I/O and time enabled.
///
/// A [`FakeOrq`](crate::FakeOrq) behind it lists its calls, takes another seed, and can be used by pages in a browser,
/// as `fake-orq.md` beside this crate's sources describes.
///
/// ```
/// use orq_core::{Client, DeploymentRequest};
/// use orq_testkit::{FakeOrq, FakeServer};
/// use orq_transport_hyper::HyperTransport;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let fake = FakeOrq::new(); // or the handle of a MemoryTransport
/// let server = FakeServer::bind(fake.clone(), "127.0.0.1:0").await?.spawn();
/// let client = Client::builder(HyperTransport::new()?)
///     .api_key(FakeOrq::DEFAULT_API_KEY)
///     .base_url(server.url())
///     .build()?;
///
/// let request = DeploymentRequest::new("chat").input("firstname", "Jane");
/// client.deployments().invoke(&request).await?;
/// assert_eq!(fake.calls().len(), 1);
/// # Ok(())
/// # } // here the server stops
/// ```
#[must_use = "a server does nothing until it runs"]
pub struct FakeServer {
    double: Arc<dyn HttpTransport>,
    listener: TcpListener,
    address: SocketAddr,
    log: Log,
}

impl FakeServer {
    /// Binds the socket. Port 0 selects a free port. From now on clients can connect; they are answered once the server
    /// runs.
    ///
    /// # Errors
    ///
    /// If the address can't be resolved or bound.
    pub async fn bind(
        double: impl HttpTransport + 'static,
        address: impl ToSocketAddrs,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(Self {
            double: Arc::new(double),
            listener,
            address,
            log: Arc::new(|_| ()),
        })
    }

    /// Calls `log` for each request, when the head of its response is ready, or when a fault replaces it.
    pub fn on_request(mut self, log: impl Fn(&ServedRequest) + Send + Sync + 'static) -> Self {
        self.log = Arc::new(log);
        self
    }

    /// Returns the address of the socket, with the port in use.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Returns the base URL for a client, such as `http://127.0.0.1:4010`.
    pub fn url(&self) -> String {
        url(self.address)
    }

    /// Serves until the future is dropped, which closes all connections.
    pub async fn run(self) {
        self.run_until(future::pending()).await;
    }

    /// Serves until `stop` is ready. Then it accepts no more connections, and returns when the exchanges in progress
    /// have ended.
    pub async fn run_until(self, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        let timer = TokioTimer::new();
        let mut pause: Option<Sleep> = None;
        let mut connections = FuturesUnordered::new();
        let http = http1::Builder::new();
        loop {
            let accepted = poll_fn(|cx| {
                if stop.as_mut().poll(cx).is_ready() {
                    return Poll::Ready(None);
                }
                // A connection that ended badly is the client's affair.
                while let Poll::Ready(Some(_)) = connections.poll_next_unpin(cx) {
                    pause = None;
                }
                if let Some(waiting) = &mut pause {
                    ready!(waiting.poll_unpin(cx));
                    pause = None;
                }
                self.listener.poll_accept(cx).map(Some)
            });
            let stream = match accepted.await {
                None => break,
                Some(Ok((stream, _))) => stream,
                Some(Err(error)) if is_the_clients(&error) => continue,
                Some(Err(_)) => {
                    pause = Some(timer.sleep(ACCEPT_PAUSE));
                    continue;
                }
            };
            // Small events must not wait for each other. Without this they do, but arrive all the same.
            let _ = stream.set_nodelay(true);
            let socket = Socket::new(stream);
            let exchanges = Exchanges {
                double: Arc::clone(&self.double),
                log: Arc::clone(&self.log),
                ending: socket.ending(),
            };
            let service = service_fn(move |request| exchanges.clone().answer(request));
            connections.push(http.serve_connection(socket, service));
        }
        drop(self.listener);
        for connection in Pin::new(&mut connections).iter_pin_mut() {
            connection.graceful_shutdown();
        }
        while connections.next().await.is_some() {}
    }
}

impl fmt::Debug for FakeServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeServer")
            .field("address", &self.address)
            .field("double", &self.double)
            .finish_non_exhaustive()
    }
}

fn url(address: SocketAddr) -> String {
    format!("http://{address}")
}

/// Whether an error of `accept` concerns one connection only.
fn is_the_clients(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionReset | Interrupted
    )
}

/// The exchanges on one connection.
#[derive(Clone)]
struct Exchanges {
    double: Arc<dyn HttpTransport>,
    log: Log,
    ending: Ending,
}

impl Exchanges {
    /// One exchange.
    ///
    /// # Errors
    ///
    /// If the connection breaks in place of a response.
    async fn answer(self, request: Request<Incoming>) -> Result<Response<Outgoing>, Fault> {
        let (head, body) = request.into_parts();
        let mut served = ServedRequest {
            method: head.method.clone(),
            path: head.uri.path().to_owned(),
            status: None,
            fault: None,
            deployment: None,
        };
        let response = match Limited::new(body, LONGEST_BODY).collect().await {
            Ok(body) => {
                let mut request = Request::from_parts(head, body.to_bytes());
                request.extensions_mut().insert(OverSocket);
                match self.double.send(request).await {
                    Ok(response) => Outgoing::of(response, self.ending.clone()).await,
                    Err(error) => match Fault::of(&error) {
                        Some(fault) => {
                            self.ending.by(fault);
                            served.fault = Some(fault);
                            (self.log)(&served);
                            return Err(fault);
                        }
                        None => plain(StatusCode::BAD_GATEWAY, &error.to_string()),
                    },
                }
            }
            Err(error) if error.is::<LengthLimitError>() => {
                plain(StatusCode::PAYLOAD_TOO_LARGE, "The body is too long.")
            }
            Err(error) => plain(StatusCode::BAD_REQUEST, &error.to_string()),
        };
        served.status = Some(response.status());
        let answered = response.extensions().get::<Served>();
        served.deployment = answered.and_then(|answered| answered.deployment.clone());
        (self.log)(&served);
        Ok(response)
    }
}

/// An answer that isn't the double's, in the shape `{"message": …}`.
fn plain(status: StatusCode, message: &str) -> Response<Outgoing> {
    let body = serde_json::json!({"message": message}).to_string();
    let mut response = Response::new(Outgoing::full(body));
    *response.status_mut() = status;
    let json = http::HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
