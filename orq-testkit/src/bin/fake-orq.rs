//! A double of orq.ai's Deployments API on a socket, for programs in any language.
#![forbid(unsafe_code)]

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use clap::{Parser, builder::NonEmptyStringValueParser};
use orq_testkit::{FakeOrq, FakeOrqBuilder, FakeServer, TokioTimer};

/// A double of orq.ai's Deployments API on a socket.
///
/// It prints `listening on URL` on stdout once it is ready, and then a line for each request on stderr.
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
    // Nobody here asks for the calls.
    let mut builder = FakeOrq::builder()
        .timer(TokioTimer::new())
        .starts_at(
            SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default(),
        )
        .keep_calls(0);
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
        line(io::stdout(), &format!("listening on {}", server.url()));
        let server = server.on_request(|request| line(io::stderr(), &request.to_string()));
        server.run().await.map_err(|error| error.to_string())
    })
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
