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
    io::{AsyncWriteExt, copy, sink},
    net::TcpStream,
    sync::Notify,
    time::{sleep, timeout},
};

use crate::{
    answer::{Answer, Wire},
    chance::seeded,
    channel::{Channel, Socket},
    fault::{Ending, Fault, Kind},
    ledger::Ledger,
    said::Said,
    tally::Violation,
    witness::{CALL, SEND},
};

/// How long a stalled exchange is kept. Any client has ended it long before.
const LONGEST_STALL: Duration = Duration::from_secs(20);

/// The most pieces in which a split answer is written. More would take longer than the client waits.
const MOST_WRITES: usize = 400;

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
    accepted: AtomicU64,
    open: AtomicUsize,
}

impl Server {
    pub(crate) fn new(fake: FakeOrq, seed: u64, ledger: Arc<Ledger>) -> Self {
        Self {
            fake,
            seed,
            ledger,
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

    async fn connection<S: Socket>(
        self: Arc<Self>,
        connection: RawConnection<S>,
        tcp: fn(S) -> TcpStream,
        http2: bool,
    ) -> io::Result<()> {
        self.open.fetch_add(1, Relaxed);
        let number = self.accepted.fetch_add(1, Relaxed);
        // A connection that fails on its own is ended by a client that gave a call up.
        let served = match Fault::of_connection(self.seed, number) {
            Some(ending) => {
                self.ledger.tally.fault(Kind::ClosedAtOnce);
                end(connection, tcp, ending).await
            }
            _ if http2 => self.http2(connection.into_inner()).await,
            _ => self.http1(connection, tcp).await,
        };
        self.open.fetch_sub(1, Relaxed);
        served
    }

    async fn http1<S: Socket>(
        &self,
        mut connection: RawConnection<S>,
        tcp: fn(S) -> TcpStream,
    ) -> io::Result<()> {
        while let Some(request) = connection.head().await? {
            let head = head(&request)?;
            let mut channel = Channel::Http1(&mut connection, request);
            if let Some(ending) = self.exchange(&mut channel, head).await? {
                return end(connection, tcp, ending).await;
            }
        }
        Ok(())
    }

    /// Serves each stream in a task. What ends an HTTP/1.1 connection after its answer is a `GOAWAY` here; what breaks one
    /// resets the stream, because the other streams of the connection must not suffer.
    async fn http2<S: Socket>(self: &Arc<Self>, mut socket: S) -> io::Result<()> {
        let handshake = h2::server::handshake(&mut socket).await;
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
                break;
            };
            let (request, response) = accepted.map_err(io::Error::other)?;
            let (server, closing) = (Arc::clone(self), Arc::clone(&closing));
            tokio::spawn(async move {
                let (head, request) = request.into_parts();
                let mut channel: Channel<'_, S> = Channel::Http2 {
                    request,
                    response,
                    body: None,
                    is_finished: false,
                };
                let head = Request::from_parts(head, ());
                if let Ok(Some(ending)) = server.exchange(&mut channel, head).await
                    && channel.end(ending)
                {
                    closing.notify_one();
                }
            });
        }
        drop(connection);
        // A socket that is closed before all was read is reset, and what is on its way to the client is lost.
        copy(&mut socket, &mut sink()).await.map(drop)
    }

    /// Serves one request, and returns how the connection ends if it does.
    async fn exchange<S: Socket>(
        &self,
        channel: &mut Channel<'_, S>,
        head: Request<()>,
    ) -> io::Result<Option<Ending>> {
        let (call, send) = numbers(head.headers()).ok_or(io::ErrorKind::InvalidData)?;
        let fault = Fault::of_request(self.seed, call, send);
        self.ledger.tally.fault(fault.kind);
        if fault.kind == Kind::RequestCut {
            return Ok(Some(fault.ending));
        }
        let body = channel.body().await?;
        let request = head.map(|()| body);
        let mut answer = Answer::refusing(&fault.refusal);
        if fault.executes() {
            let good = self.execute(call, send as usize, request).await?;
            if fault.kind != Kind::Status {
                answer = good;
            }
        }
        match fault.kind {
            Kind::NoAnswer => return Ok(Some(fault.ending)),
            Kind::HeadCut => {
                channel.write(b"HTTP/1.1 200 OK\r\ncontent-ty").await?;
                return Ok(Some(fault.ending));
            }
            Kind::HeadStall => return Ok(Some(self.stall(channel, call).await)),
            _ => {}
        }
        let rng = &mut seeded([self.seed, call, u64::from(u32::MAX) + send]);
        answer.suffer(&fault, rng);
        let wire = channel.begin(&answer, rng)?;
        write(channel, &wire, &fault, rng).await?;
        match fault.kind {
            Kind::BodyCut => return Ok(Some(fault.ending)),
            Kind::BodyStall => return Ok(Some(self.stall(channel, call).await)),
            _ => channel.finish()?,
        }
        if fault.is_harmless() {
            self.ledger.answered(call, send as usize);
        }
        if fault.kind == Kind::ClosedAfter {
            pause(fault.pause).await;
            return Ok(Some(fault.ending));
        }
        Ok(None)
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
    async fn stall<S: Socket>(&self, channel: &mut Channel<'_, S>, call: u64) -> Ending {
        if timeout(LONGEST_STALL, channel.gone()).await.is_err() {
            let how = format_args!("its exchange is still open after {LONGEST_STALL:?} of silence");
            self.ledger.tally.found(Violation::Hung, call, how);
        }
        Ending::Closed
    }
}

/// Writes a response as its fault demands.
async fn write<S: Socket>(
    channel: &mut Channel<'_, S>,
    wire: &Wire,
    fault: &Fault,
    rng: &mut Rng,
) -> io::Result<()> {
    let bytes = match fault.kind {
        Kind::BodyCut | Kind::BodyStall => wire.until(fault.at),
        _ => &wire.bytes,
    };
    let pieces = match fault.kind {
        Kind::Slow => rng.usize(2..=8),
        Kind::Split => rng.usize(2..=MOST_WRITES),
        _ => 1,
    };
    for piece in bytes.chunks(bytes.len().div_ceil(pieces).max(1)) {
        channel.write(piece).await?;
        pause(fault.pause).await;
    }
    Ok(())
}

/// Waits, or lets others run.
async fn pause(pause: Duration) {
    match pause.is_zero() {
        true => tokio::task::yield_now().await,
        false => sleep(pause).await,
    }
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

async fn end<S: Socket>(
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
