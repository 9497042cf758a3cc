//! The double of the API on a socket, with faults.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use bytes::Bytes;
use clap::ValueEnum;
use fastrand::Rng;
use http::{HeaderMap, Request, StatusCode};
use orq_core::HttpTransport;
use orq_testkit::{
    FakeOrq,
    conformance::{Authority, RawConnection, RawRequest, RawServer},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    sync::Notify,
    time::{sleep, timeout},
};

use crate::{
    answer::Answer,
    chance::seeded,
    channel::{Channel, Http1, Http2, Wire},
    fault::{Ending, Fault},
    ledger::Ledger,
    said::Said,
    tally::Tally,
    witness::{CALL, SEND},
};

/// How long a stalled exchange is kept. Any client has ended it long before.
const LONGEST_STALL: Duration = Duration::from_secs(20);

/// How much of a split answer is sent in small writes. A long one would take longer than its client waits.
const SMALL_WRITES: usize = 200;

/// What a server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Protocol {
    /// HTTP/1.1 over plain TCP.
    Http1,
    /// HTTP/1.1 over TLS.
    Tls,
    /// HTTP/2 over TLS.
    Http2,
}

impl Protocol {
    /// Returns the base URL of a server that speaks it.
    pub(crate) fn url(self, server: &RawServer) -> String {
        let scheme = if self == Self::Http1 { "http" } else { "https" };
        format!("{scheme}://{}", server.address())
    }
}

/// The double and its faults, behind any number of sockets.
pub(crate) struct Server {
    fake: FakeOrq,
    seed: u64,
    ledger: Arc<Ledger>,
    tally: Arc<Tally>,
    accepted: AtomicU64,
    open: AtomicUsize,
}

impl Server {
    pub(crate) fn new(fake: FakeOrq, seed: u64, ledger: Arc<Ledger>, tally: Arc<Tally>) -> Self {
        Self {
            fake,
            seed,
            ledger,
            tally,
            accepted: AtomicU64::new(0),
            open: AtomicUsize::new(0),
        }
    }

    /// Returns how many connections are open.
    pub(crate) fn open(&self) -> usize {
        self.open.load(Relaxed)
    }

    /// Opens a socket for this protocol.
    pub(crate) fn serve(
        self: &Arc<Self>,
        protocol: Protocol,
        authority: &Authority,
    ) -> io::Result<RawServer> {
        let server = Arc::clone(self);
        if protocol == Protocol::Http1 {
            return RawServer::serving(move |connection| {
                Arc::clone(&server).connection(connection, |tcp| tcp, false)
            });
        }
        let http2 = protocol == Protocol::Http2;
        let alpn = if http2 { "h2" } else { "http/1.1" };
        RawServer::serving_tls(authority, &[alpn], move |connection| {
            Arc::clone(&server).connection(connection, |tls| tls.into_inner().0, http2)
        })
    }

    async fn connection<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
        self: Arc<Self>,
        connection: RawConnection<S>,
        tcp: fn(S) -> TcpStream,
        http2: bool,
    ) -> io::Result<()> {
        self.open.fetch_add(1, Relaxed);
        let fault = Fault::of_connection(self.seed, self.accepted.fetch_add(1, Relaxed));
        self.tally.fault(fault);
        // A connection that fails on its own is ended by a client that gave a call up.
        let served = match fault {
            Fault::ClosedAtOnce(ending) => end(connection, tcp, ending).await,
            _ if http2 => self.http2(connection.into_inner()).await,
            _ => self.http1(connection, tcp).await,
        };
        self.open.fetch_sub(1, Relaxed);
        served
    }

    async fn http1<S: AsyncRead + AsyncWrite + Unpin + Send>(
        &self,
        mut connection: RawConnection<S>,
        tcp: fn(S) -> TcpStream,
    ) -> io::Result<()> {
        while let Some(request) = connection.head().await? {
            let head = head(&request)?;
            let mut channel = Http1 {
                connection: &mut connection,
                request,
            };
            if let Some(ending) = self.exchange(&mut channel, head).await? {
                return end(connection, tcp, ending).await;
            }
        }
        Ok(())
    }

    /// Serves each stream in a task. What ends an HTTP/1.1 connection after its answer is a `GOAWAY` here; what breaks one
    /// resets the stream, because the other streams of the connection must not suffer.
    async fn http2<S: AsyncRead + AsyncWrite + Unpin>(
        self: &Arc<Self>,
        socket: S,
    ) -> io::Result<()> {
        let handshake = h2::server::handshake(socket).await;
        let mut connection = handshake.map_err(io::Error::other)?;
        let closing = Arc::new(Notify::new());
        loop {
            let accepted = tokio::select! {
                accepted = connection.accept() => accepted,
                () = closing.notified() => {
                    connection.graceful_shutdown();
                    continue;
                }
            };
            let Some(accepted) = accepted else {
                return Ok(());
            };
            let (request, response) = accepted.map_err(io::Error::other)?;
            let (server, closing) = (Arc::clone(self), Arc::clone(&closing));
            tokio::spawn(async move {
                let (head, body) = request.into_parts();
                let mut channel = Http2::new(body, response);
                let head = Request::from_parts(head, ());
                if let Ok(Some(ending)) = server.exchange(&mut channel, head).await
                    && channel.end(ending)
                {
                    closing.notify_one();
                }
            });
        }
    }

    /// Serves one request, and returns how the connection ends if it does.
    async fn exchange(
        &self,
        channel: &mut impl Channel,
        head: Request<()>,
    ) -> io::Result<Option<Ending>> {
        let (call, send) = numbers(head.headers()).ok_or(io::ErrorKind::InvalidData)?;
        let fault = Fault::of_request(self.seed, call, send);
        self.tally.fault(fault);
        if let Fault::RequestCut(ending) = fault {
            return Ok(Some(ending));
        }
        let body = channel.body().await?;
        let mut answer = None;
        if fault.executes() {
            let request = head.map(|()| body);
            answer = Some(self.execute(call, send as usize, request).await?);
        }
        match fault {
            Fault::Status(refusal) => answer = Some(Answer::refusing(&refusal)),
            Fault::NoAnswer { ending, .. } => return Ok(Some(ending)),
            Fault::HeadCut { ending, .. } => {
                channel.write(b"HTTP/1.1 200 OK\r\ncontent-ty").await?;
                return Ok(Some(ending));
            }
            Fault::HeadStall { .. } => return Ok(Some(self.stall(channel, call).await)),
            _ => {}
        }
        let mut answer = answer.ok_or(io::ErrorKind::InvalidData)?;
        let rng = &mut seeded([self.seed, call, u64::from(u32::MAX) + send]);
        answer.suffer(fault, rng);
        let wire = channel.begin(&answer, rng)?;
        if let Some(ending) = write(channel, &wire, fault, rng).await? {
            return Ok(Some(ending));
        }
        if let Fault::BodyStall { .. } = fault {
            return Ok(Some(self.stall(channel, call).await));
        }
        channel.finish()?;
        if fault.is_harmless() {
            self.ledger.answered(call, send as usize);
        }
        let Fault::ClosedAfter { ending, pause } = fault else {
            return Ok(None);
        };
        if !pause.is_zero() {
            sleep(pause).await;
        }
        Ok(Some(ending))
    }

    async fn execute(&self, call: u64, send: usize, request: Request<Bytes>) -> io::Result<Answer> {
        let response = self.fake.send(request).await.map_err(io::Error::other)?;
        let is_good = response.status() == StatusCode::OK;
        let answer = Answer::of(response).await.map_err(io::Error::other)?;
        let said = Said::by_body(&answer.body()).filter(|_| is_good);
        self.ledger.executed(call, send, said);
        Ok(answer)
    }

    /// Sends nothing until the client has gone.
    async fn stall(&self, channel: &mut impl Channel, call: u64) -> Ending {
        if timeout(LONGEST_STALL, channel.gone()).await.is_err() {
            let how = format!("its exchange is still open after {LONGEST_STALL:?} of silence");
            self.tally.hung(call, how);
        }
        Ending::Closed
    }
}

/// Writes a response as its fault demands, and returns how the connection ends if it does in the body.
async fn write(
    channel: &mut impl Channel,
    wire: &Wire,
    fault: Fault,
    rng: &mut Rng,
) -> io::Result<Option<Ending>> {
    match fault {
        Fault::BodyCut { at, ending } => {
            channel.write(wire.until(at)).await?;
            return Ok(Some(ending));
        }
        Fault::BodyStall { at } => channel.write(wire.until(at)).await?,
        Fault::Slow { pieces, pause } => {
            for piece in wire.bytes.chunks(wire.bytes.len().div_ceil(pieces)) {
                channel.write(piece).await?;
                sleep(pause).await;
            }
        }
        Fault::Split => {
            let mut rest = &wire.bytes[..];
            for written in 0.. {
                let longest = if written < SMALL_WRITES { 97 } else { 8192 };
                let (piece, more) = rest.split_at(rng.usize(1..=longest).min(rest.len()));
                channel.write(piece).await?;
                tokio::task::yield_now().await;
                rest = more;
                if rest.is_empty() {
                    break;
                }
            }
        }
        _ => channel.write(&wire.bytes).await?,
    }
    Ok(None)
}

fn head(request: &RawRequest) -> io::Result<Request<()>> {
    let mut line = request.line.split(' ');
    let (method, uri) = (line.next(), line.next());
    let head = Request::builder().method(method.unwrap_or_default());
    let head = head.uri(uri.unwrap_or_default());
    let headers = request.headers.iter();
    let head = headers.fold(head, |head, (name, value)| head.header(name, &**value));
    head.body(()).map_err(io::Error::other)
}

/// Returns the number of the call and of its request.
fn numbers(headers: &HeaderMap) -> Option<(u64, u64)> {
    let number = |name| headers.get(name)?.to_str().ok()?.parse().ok();
    Some((number(CALL)?, number(SEND)?))
}

async fn end<S: AsyncRead + AsyncWrite + Unpin>(
    connection: RawConnection<S>,
    tcp: fn(S) -> TcpStream,
    ending: Ending,
) -> io::Result<()> {
    let mut socket = connection.into_inner();
    match ending {
        Ending::Closed => socket.shutdown().await,
        Ending::Reset => tcp(socket).set_zero_linger(),
    }
}
