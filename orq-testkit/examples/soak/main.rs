//! Loads the client against a server that fails in every way, and checks that nothing is lost, nothing is sent or said
//! twice, and nothing hangs.
//!
//! `cargo run --release -p orq-testkit --example soak -- --seconds 60 [--seed 7] [--over http1|tls|http2]` makes calls of
//! all kinds at once through both transports, against a double of the API on loopback sockets: over plain HTTP/1.1, over
//! TLS and over HTTP/2, or over one of them. The faults and the calls depend on the seed and the number of the call alone;
//! the seed is printed first. The last line has the figures. The program exits with 1 if something was lost, doubled or
//! hung, if an observer was not told exactly once of each call that was polled, or if the heap has grown by more than 5 MiB
//! since the first tenth of the run.
//!
//! With `--outage 10` it makes 200 calls a second for ten seconds against a server that answers all with 503, and then as
//! many against one that answers well, with a retry budget and without, and prints how many requests a call made. It exits
//! with 1 if these are more or fewer than the retry policy and the budget promise.
#![allow(
    clippy::disallowed_methods,
    reason = "faults on real sockets take real time"
)]
#![allow(clippy::print_stdout, reason = "the program's report")]

mod answer;
mod call;
mod caller;
mod chance;
mod channel;
mod fault;
mod ledger;
mod outage;
mod reader;
mod refusal;
mod reports;
mod said;
mod server;
mod tally;
mod witness;

use std::{
    error::Error,
    hash::{BuildHasher, RandomState},
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use clap::{Parser, ValueEnum};
use orq_core::HttpTransport;
use orq_testkit::{
    FakeDeployment, FakeOrq, FakeOrqBuilder,
    conformance::{Authority, RawServer},
};
use orq_transport_hyper::HyperTransport;
use orq_transport_reqwest::ReqwestTransport;
use peak_alloc::PeakAlloc;
use tokio::{
    net::TcpSocket,
    task::JoinSet,
    time::{Instant, sleep},
};

use self::{
    call::{Run, Target},
    caller::Caller,
    ledger::Ledger,
    server::{Protocol, Server},
    tally::Violation,
};

/// Counts the bytes of the heap that are in use.
#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// How many calls are made at once.
const WORKERS: usize = 96;
/// How much the heap may grow.
const GROWTH: usize = 5 * 1024 * 1024;
/// How long the transports keep an idle connection.
const IDLE: Duration = Duration::from_secs(1);
/// When a connection counts as hung that is open though all calls have ended.
const REST: Duration = Duration::from_secs(30);

/// Loads the client against a server that fails in every way.
#[derive(Parser)]
struct Arguments {
    /// How long to make calls.
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// What the faults and the calls depend on; drawn if not given.
    #[arg(long)]
    seed: Option<u64>,
    /// What the server speaks; everything if not given.
    #[arg(long)]
    over: Option<Protocol>,
    /// Instead of all that, how many seconds a server refuses every request.
    #[arg(long, conflicts_with_all = ["seconds", "seed", "over"], value_parser = clap::value_parser!(u32).range(1..=3600))]
    outage: Option<u32>,
}

/// A run.
struct Soak {
    caller: Arc<Caller>,
    server: Arc<Server>,
    calls: Arc<AtomicU64>,
    /// What listens, and an address where nobody does.
    _sockets: (Vec<RawServer>, TcpSocket),
}

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = Arguments::parse();
    if let Some(seconds) = arguments.outage {
        let pause = Duration::from_secs(1) / outage::EACH_SECOND;
        let [with, without] = outage::run(seconds * outage::EACH_SECOND, pause).await?;
        println!("with a retry budget: {with}\nwithout: {without}");
        let is_good = with.is_as_promised() && without.is_as_promised();
        return Ok(ExitCode::from(u8::from(!is_good)));
    }
    let (ledger, [warm, at_end]) = run(&arguments).await?;
    let tally = &ledger.tally;
    println!("{}", tally.details());
    println!("{tally} heap_after_warm_up={warm} heap_at_end={at_end}");
    let is_good = tally.is_clean() && at_end <= warm + GROWTH;
    Ok(ExitCode::from(u8::from(!is_good)))
}

/// Runs to the end, and returns the figures, and the bytes in use after the first tenth and at the end.
async fn run(arguments: &Arguments) -> Result<(Arc<Ledger>, [usize; 2]), Box<dyn Error>> {
    let seed = arguments.seed;
    let seed = seed.unwrap_or_else(|| RandomState::new().hash_one(0));
    println!("seed {seed}");
    let ledger = Arc::new(Ledger::new());
    let soak = Soak::start(seed, arguments.over, Arc::clone(&ledger))?;

    let whole = Duration::from_secs(arguments.seconds.into());
    soak.run(whole / 10).await?;
    let after_warm_up = HEAP.current_usage();
    soak.run(whole - whole / 10).await?;
    let at_end = HEAP.current_usage();
    ledger.close();
    Ok((ledger, [after_warm_up, at_end]))
}

impl Soak {
    fn start(
        seed: u64,
        over: Option<Protocol>,
        ledger: Arc<Ledger>,
    ) -> Result<Self, Box<dyn Error>> {
        let server = Arc::new(Server::new(fake(), seed, Arc::clone(&ledger)));
        let authority = Authority::new()?;
        // Bound, but not listening: the port is nobody else's, and refuses.
        let nowhere = TcpSocket::new_v4()?;
        nowhere.bind(([127, 0, 0, 1], 0).into())?;
        let reqwest = ReqwestTransport::builder().pool_idle_timeout(IDLE);
        let reqwest = reqwest.add_root_certificate_der(authority.der()).build()?;
        let hyper = HyperTransport::builder().pool_idle_timeout(IDLE);
        let hyper = hyper.add_root_certificate_der(authority.der()).build()?;
        let transports: [Arc<dyn HttpTransport>; 2] = [Arc::new(reqwest), Arc::new(hyper)];
        let (mut targets, mut listening) = (Vec::new(), Vec::new());
        for protocol in Protocol::value_variants() {
            if over.is_some_and(|over| over != *protocol) {
                continue;
            }
            let socket = server.serve(*protocol, &authority)?;
            targets.extend(transports.iter().map(|transport| Target {
                transport: Arc::clone(transport),
                url: protocol.url(&socket),
            }));
            listening.push(socket);
        }
        let run = Run {
            seed,
            nowhere: nowhere.local_addr()?.to_string().parse()?,
            listed: listed(),
            ledger,
        };
        Ok(Self {
            caller: Arc::new(Caller { targets, run }),
            server,
            calls: Arc::new(AtomicU64::new(0)),
            _sockets: (listening, nowhere),
        })
    }

    /// Makes calls for this long, and waits until all connections are closed.
    async fn run(&self, duration: Duration) -> Result<(), Box<dyn Error>> {
        let end = Instant::now() + duration;
        let mut workers = JoinSet::new();
        for _ in 0..WORKERS {
            let (caller, calls) = (Arc::clone(&self.caller), Arc::clone(&self.calls));
            workers.spawn(async move {
                while Instant::now() < end {
                    caller.call(calls.fetch_add(1, Relaxed)).await?;
                }
                Ok::<_, orq_core::Error>(())
            });
        }
        while let Some(worker) = workers.join_next().await {
            worker??;
        }
        drop(workers);
        let deadline = Instant::now() + REST;
        while self.server.open() > 0 {
            if Instant::now() > deadline {
                let how = format_args!("{} connections are still open", self.server.open());
                self.caller.run.ledger.tally.found(Violation::Hung, 0, how);
                break;
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }
}

/// How many deployments there are beside the built-in ones.
const MORE: usize = 18;

fn fake() -> FakeOrq {
    let more = (0..MORE).map(|number| FakeDeployment::new(format!("listed-{number}")));
    let fake = FakeOrq::builder().builtins();
    more.fold(fake, FakeOrqBuilder::deployment).build()
}

/// The keys of all deployments, the newest first.
fn listed() -> Vec<String> {
    let more = (0..MORE).rev().map(|number| format!("listed-{number}"));
    let built_in = ["chat", "tools", "image", "reasoning", "rag"];
    more.chain(built_in.map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn nothing_is_lost_or_doubled_or_hangs() {
        let arguments = Arguments::parse_from(["soak", "--seconds", "4", "--seed", "7"]);
        let (ledger, heap) = run(&arguments).await.unwrap();
        let tally = &ledger.tally;
        assert!(tally.is_clean(), "{tally}\n{}", tally.details());
        // However slow the machine is: each worker makes one call at least in each part of the run.
        assert!(tally.calls.load(Relaxed) >= 2 * WORKERS as u64);
        assert!(!tally.to_string().contains("faults=0 "), "{tally}");
        assert!(heap[0] > 0);
    }

    #[test]
    fn a_flag_that_it_does_not_know_is_refused() {
        assert!(Arguments::try_parse_from(["soak", "--seeds", "7"]).is_err());
        assert!(Arguments::try_parse_from(["soak", "--over", "http3"]).is_err());
        assert!(Arguments::try_parse_from(["soak", "--outage", "1", "--seed", "7"]).is_err());
    }
}
