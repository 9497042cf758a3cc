//! Measures how the transports use their connections, and compares the figures with limits. `.ci/judges` runs it.
#![forbid(unsafe_code)]
#![expect(clippy::disallowed_methods, reason = "this program measures real time")]

mod body;
mod certificate;
mod frames;
mod library;
mod nginx;
mod protocol;
mod reuse;
mod server;
mod silence;
mod stalled;
mod streams;
mod verdict;

use std::{env, process::ExitCode};

use tokio::signal::unix::{SignalKind, signal};
use verdict::{Fallible, Verdict};

const USAGE: &str = "\
connections reuse            whether a stream's connection is kept for the next stream
connections silence ROUTER SERVER
                             how long a connection that went silent is used; both are network namespaces
connections frozen           the same, where the server's machine still acknowledges what it receives
connections streams          more streams at once than a connection may carry, through nginx
connections streams-plain    the same without nginx, and readers that stall
connections answer ADDRESS   the server of `silence`";

#[tokio::main]
async fn main() -> ExitCode {
    let result = tokio::select! {
        result = run() => result,
        signal = interrupted() => signal,
    };
    match result {
        Ok(verdict) => verdict.conclude(),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Waits for the signal to end the program. Then what was started is dropped, and other programs are ended with it.
async fn interrupted() -> Fallible<Verdict> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => Err("interrupted".into()),
        _ = terminate.recv() => Err("terminated".into()),
    }
}

async fn run() -> Fallible<Verdict> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["reuse"] => reuse::run().await,
        ["silence", router, server] => silence::run(router, server).await,
        ["frozen"] => silence::frozen().await,
        ["streams"] => streams::through_nginx().await,
        ["streams-plain"] => {
            let mut verdict = streams::plain().await?;
            stalled::run(&mut verdict).await?;
            Ok(verdict)
        }
        ["answer", address] => silence::answer(address.parse()?).await,
        _ => Err(USAGE.into()),
    }
}
