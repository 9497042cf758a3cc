//! A double of orq.ai's Deployments API on a socket, for programs in any language.
#![forbid(unsafe_code)]

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    pin::pin,
    process::ExitCode,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use clap::{Parser, builder::NonEmptyStringValueParser};
use futures::future::{self, FutureExt, select};
use orq_testkit::{FakeOrq, FakeOrqBuilder, FakeServer, TokioTimer, orq_core::Timer};

/// How long the exchanges that have begun may go on once the program is told to end.
const LAST_EXCHANGES: Duration = Duration::from_secs(5);

/// A double of orq.ai's Deployments API on a socket.
///
/// It prints `listening on URL` on stdout once it is ready, and then a line for each request on stderr.
///
/// Beside the API it answers GET /__fake/health, GET and DELETE /__fake/calls, and PUT /__fake/seed. SIGTERM or Ctrl-C
/// ends it once the exchanges that have begun are over, after 5 seconds, or at the second signal.
#[derive(Parser)]
#[command(name = "fake-orq", version)]
struct Arguments {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:0")]
    addr: String,

    /// A JSON file with deployments, in place of the built-in ones, and with keys and a rate limit
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,

    /// A key to accept, in place of sk-orq-test and beside those of the seed; may be given several times
    #[arg(long = "api-key", value_name = "KEY", value_parser = NonEmptyStringValueParser::new())]
    api_keys: Vec<String>,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            line(io::stderr(), &format!("fake-orq: {message}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let mut builder = FakeOrq::builder()
        .timer(TokioTimer::new())
        .starts_at(now.unwrap_or_default());
    for key in arguments.api_keys {
        builder = builder.api_key(key);
    }
    if let Some(path) = &arguments.seed {
        builder = seeded(builder, path)?;
    }
    let fake = builder.build();

    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let address = arguments.addr;
        let server = FakeServer::bind(fake, &*address).await;
        let server = server.map_err(|error| format!("can't listen on {address}: {error}"))?;
        let mut told = pin!(told_to_end());
        // From its first poll on, a signal doesn't just kill the program.
        if let Some(told) = told.as_mut().now_or_never() {
            return told;
        }
        line(io::stdout(), &format!("listening on {}", server.url()));
        let server = server.on_request(|request| line(io::stderr(), &request.to_string()));
        let server = server.spawn();
        told.await?;
        let impatient = select(
            Box::pin(told_to_end()),
            TokioTimer::new().sleep(LAST_EXCHANGES),
        );
        select(pin!(server.shutdown()), impatient).await;
        Ok(())
    })
}

/// Waits for Ctrl-C or, where there is such a signal, SIGTERM.
async fn told_to_end() -> Result<(), String> {
    let interrupted = pin!(tokio::signal::ctrl_c());
    #[cfg(unix)]
    let mut terminate = {
        use tokio::signal::unix::{SignalKind, signal};
        signal(SignalKind::terminate()).map_err(|error| error.to_string())?
    };
    #[cfg(unix)]
    let terminated = pin!(terminate.recv());
    #[cfg(not(unix))]
    let terminated = future::pending::<()>();
    match select(interrupted, terminated).await {
        future::Either::Left((interrupted, _)) => interrupted.map_err(|error| error.to_string()),
        future::Either::Right(_) => Ok(()),
    }
}

fn seeded(builder: FakeOrqBuilder, path: &Path) -> Result<FakeOrqBuilder, String> {
    let shown = path.display();
    let json = fs::read_to_string(path).map_err(|error| format!("can't read {shown}: {error}"))?;
    builder
        .seed_json(&json)
        .map_err(|error| format!("{shown}: {error}"))
}

/// Writes a line in one go. Nobody listening is no reason to stop.
fn line(mut to: impl Write, text: &str) {
    let _ = to.write_all(format!("{text}\n").as_bytes());
    let _ = to.flush();
}
