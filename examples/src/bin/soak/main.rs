//! Works the client hard against a server that fails in every way, and checks that nothing is lost, nothing sent or
//! said twice, and nothing hangs.
//!
//! `cargo run --release --bin soak -- --seconds 60 [--seed 7]` makes calls of all kinds at once over both transports,
//! against a double of the API on a loopback socket. The faults, and all that the calls are, depend on the seed and
//! the number of the call alone; the seed is printed first. The last line has the figures. The program exits with 1
//! if something was lost, doubled or hung, or if the heap has grown by more than 5 MiB since the first tenth of the
//! run.
#![allow(
    clippy::disallowed_methods,
    reason = "faults on real sockets take real time"
)]
#![allow(clippy::print_stdout, reason = "the program's report")]

mod answer;
mod caller;
mod chance;
mod fault;
mod heap;
mod ledger;
mod one_call;
mod reader;
mod refusal;
mod request;
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

use clap::Parser;
use orq_core::HttpTransport;
use orq_testkit::{FakeDeployment, FakeOrq};
use orq_transport_hyper::HyperTransport;
use orq_transport_reqwest::ReqwestTransport;
use tokio::{
    net::{TcpListener, TcpSocket},
    task::JoinSet,
    time::{Instant, sleep},
};

use self::{caller::Caller, ledger::Ledger, server::Server, tally::Tally, witness::Books};

/// How many calls are made at once.
const WORKERS: usize = 96;
/// How much the heap may grow.
const GROWTH: usize = 5 * 1024 * 1024;
/// How long the transports keep an idle connection.
const IDLE: Duration = Duration::from_secs(1);
/// When a connection counts as hung that is open though all calls have ended.
const REST: Duration = Duration::from_secs(30);

/// Works the client hard against a server that fails in every way.
#[derive(Parser)]
struct Arguments {
    /// How long to make calls.
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// What the faults and the calls depend on; drawn if not given.
    #[arg(long)]
    seed: Option<u64>,
}

/// A run.
struct Soak {
    caller: Arc<Caller>,
    server: Arc<Server>,
    calls: Arc<AtomicU64>,
}

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = Arguments::parse();
    let seed = arguments
        .seed
        .unwrap_or_else(|| RandomState::new().hash_one(0));
    println!("seed {seed}");
    let tally = Arc::new(Tally::default());
    let ledger = Arc::new(Ledger::new(Arc::clone(&tally)));
    let books = Books { ledger, tally };
    let soak = Soak::start(seed, books.clone()).await?;

    let whole = Duration::from_secs(arguments.seconds.into());
    soak.run(whole / 10).await?;
    let after_warm_up = heap::live();
    soak.run(whole - whole / 10).await?;
    let at_end = heap::live();
    books.ledger.close();

    println!("{}", books.tally.details());
    println!(
        "{} heap_after_warm_up={after_warm_up} heap_at_end={at_end}",
        books.tally
    );
    let is_good = books.tally.is_clean() && at_end <= after_warm_up + GROWTH;
    Ok(ExitCode::from(u8::from(!is_good)))
}

impl Soak {
    async fn start(seed: u64, books: Books) -> Result<Self, Box<dyn Error>> {
        let Books { ledger, tally } = books.clone();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let server = Arc::new(Server::new(fake(), seed, ledger, tally));
        let serving = Arc::clone(&server).serve(listener);
        // Bound, but not listening: the port is nobody else's, and refuses.
        let nowhere = TcpSocket::new_v4()?;
        nowhere.bind(([127, 0, 0, 1], 0).into())?;
        let reqwest = ReqwestTransport::builder()
            .pool_idle_timeout(IDLE)
            .build()?;
        let hyper = HyperTransport::builder().pool_idle_timeout(IDLE).build()?;
        let transports: [Arc<dyn HttpTransport>; 2] = [Arc::new(reqwest), Arc::new(hyper)];
        let caller = Caller {
            transports,
            seed,
            url,
            nowhere: nowhere.local_addr()?.to_string().parse()?,
            listed: listed(),
            books,
        };
        tokio::spawn(async move {
            let served = serving.await;
            drop(nowhere);
            served
        });
        Ok(Self {
            caller: Arc::new(caller),
            server,
            calls: Arc::new(AtomicU64::new(0)),
        })
    }

    /// Makes calls for so long, and waits until all is at rest.
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
                let how = format!("{} connections are still open", self.server.open());
                self.caller.books.tally.hung(0, how);
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
    (0..MORE)
        .map(|number| FakeDeployment::new(format!("listed-{number}")))
        .fold(FakeOrq::builder().builtins(), |fake, deployment| {
            fake.deployment(deployment)
        })
        .build()
}

/// The keys of all deployments, the newest first.
fn listed() -> Vec<String> {
    let more = (0..MORE).rev().map(|number| format!("listed-{number}"));
    let built_in = ["chat", "tools", "image", "reasoning", "rag"];
    more.chain(built_in.map(str::to_owned)).collect()
}
