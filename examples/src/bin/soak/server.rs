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
use http::{Request, StatusCode};
use orq_core::HttpTransport;
use orq_testkit::FakeOrq;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};

use crate::{
    answer::{Answer, Wire},
    chance::Chance,
    fault::{Ending, Fault},
    ledger::Ledger,
    request::{Arrived, CALL, SEND, numbered},
    said::Said,
    tally::Tally,
};

/// How long a stalled connection is kept. Any client has closed it long before.
const LONGEST_STALL: Duration = Duration::from_secs(20);

/// How much of a split answer goes out in small writes. A long one would take longer than its client waits.
const SMALL_WRITES: usize = 200;

/// The server.
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

    /// How many connections are open.
    pub(crate) fn open(&self) -> usize {
        self.open.load(Relaxed)
    }

    /// Serves for ever, each connection in a task of its own.
    pub(crate) async fn serve(self: Arc<Self>, listener: TcpListener) -> io::Result<()> {
        loop {
            let (socket, _) = listener.accept().await?;
            let number = self.accepted.fetch_add(1, Relaxed);
            self.open.fetch_add(1, Relaxed);
            let server = Arc::clone(&self);
            tokio::spawn(async move {
                server.connection(socket, number).await;
                server.open.fetch_sub(1, Relaxed);
            });
        }
    }

    async fn connection(&self, mut socket: TcpStream, number: u64) {
        let fault = Fault::of_connection(self.seed, number);
        self.tally.fault(fault);
        if let Fault::ClosedAtOnce(ending) = fault {
            return end(socket, ending).await;
        }
        // Pieces must not wait for each other. Without this they do, but arrive all the same.
        let _ = socket.set_nodelay(true);
        let mut arrived = Arrived::new();
        // A connection that ends badly on its own is the client's doing, who may give a call up.
        while let Ok(Some(head)) = arrived.head(&mut socket).await {
            match self.exchange(&mut socket, &mut arrived, head).await {
                Ok(None) => {}
                Ok(Some(ending)) => return end(socket, ending).await,
                Err(_) => return,
            }
        }
    }

    /// One request and what becomes of it. Says how the connection ends, if it does.
    async fn exchange(
        &self,
        socket: &mut TcpStream,
        arrived: &mut Arrived,
        head: Request<()>,
    ) -> io::Result<Option<Ending>> {
        let number = |name| {
            let number = numbered(head.headers(), name);
            number.ok_or(io::ErrorKind::InvalidData)
        };
        let (call, send) = (number(CALL)?, number(SEND)?);
        let fault = Fault::of_request(self.seed, call, send);
        self.tally.fault(fault);
        if let Fault::RequestCut(ending) = fault {
            return Ok(Some(ending));
        }
        let body = arrived.body(socket, &head).await?;
        let answer = if fault.executes() {
            Some(
                self.execute(call, send as usize, head.map(|()| body))
                    .await?,
            )
        } else {
            None
        };
        let answer = match fault {
            Fault::Status(refusal) => Some(Answer::refusing(&refusal)),
            _ => answer,
        };
        match fault {
            Fault::NoAnswer { ending, .. } => return Ok(Some(ending)),
            Fault::HeadCut { ending, .. } => {
                socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-ty").await?;
                return Ok(Some(ending));
            }
            Fault::HeadStall { .. } => return Ok(Some(self.stall(socket, call).await)),
            _ => {}
        }
        let mut answer = answer.ok_or(io::ErrorKind::InvalidData)?;
        let mut chance = Chance::of([self.seed, call, u64::from(u32::MAX) + send]);
        answer.suffer(fault, &mut chance);
        let wire = answer.wire(&mut chance);
        let ending = self.write(socket, &wire, fault, call, &mut chance).await?;
        if fault.is_harmless() {
            self.ledger.answered(call, send as usize);
        }
        Ok(ending)
    }

    async fn execute(&self, call: u64, send: usize, request: Request<Bytes>) -> io::Result<Answer> {
        let response = self.fake.send(request).await.map_err(io::Error::other)?;
        let is_good = response.status() == StatusCode::OK;
        let answer = Answer::of(response).await.map_err(io::Error::other)?;
        let said = Said::by_body(&answer.body()).filter(|_| is_good);
        self.ledger.executed(call, send, said);
        Ok(answer)
    }

    async fn write(
        &self,
        socket: &mut TcpStream,
        wire: &Wire,
        fault: Fault,
        call: u64,
        chance: &mut Chance,
    ) -> io::Result<Option<Ending>> {
        match fault {
            Fault::BodyCut { at, ending } => {
                socket.write_all(wire.until(at)).await?;
                return Ok(Some(ending));
            }
            Fault::BodyStall { at } => {
                socket.write_all(wire.until(at)).await?;
                return Ok(Some(self.stall(socket, call).await));
            }
            Fault::Slow { pieces, pause } => {
                for piece in wire.bytes.chunks(wire.bytes.len().div_ceil(pieces)) {
                    socket.write_all(piece).await?;
                    sleep(pause).await;
                }
            }
            Fault::Split => {
                let mut rest = &wire.bytes[..];
                for written in 0.. {
                    let longest = if written < SMALL_WRITES { 97 } else { 8192 };
                    let (piece, more) = rest.split_at(chance.within(1..=longest).min(rest.len()));
                    socket.write_all(piece).await?;
                    tokio::task::yield_now().await;
                    rest = more;
                    if rest.is_empty() {
                        break;
                    }
                }
            }
            Fault::ClosedAfter { ending, pause } => {
                socket.write_all(&wire.bytes).await?;
                if !pause.is_zero() {
                    sleep(pause).await;
                }
                return Ok(Some(ending));
            }
            _ => socket.write_all(&wire.bytes).await?,
        }
        Ok(None)
    }

    /// Says nothing until the client has gone.
    async fn stall(&self, socket: &mut TcpStream, call: u64) -> Ending {
        let mut nothing = [0; 64];
        let gone = async { while matches!(socket.read(&mut nothing).await, Ok(1..)) {} };
        if timeout(LONGEST_STALL, gone).await.is_err() {
            let how = format!("its connection is still open after {LONGEST_STALL:?} of silence");
            self.tally.hung(call, how);
        }
        Ending::Closed
    }
}

async fn end(mut socket: TcpStream, ending: Ending) {
    // If the client was first, there is nothing left to end.
    let _ = match ending {
        Ending::Closed => socket.shutdown().await,
        Ending::Reset => socket.set_zero_linger(),
    };
}
