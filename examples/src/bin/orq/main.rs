//! A small, complete command line for orq.ai Deployments: invoke, stream, chat, config, check, list, versions,
//! annotate.
//!
//! `cargo run --bin orq -- --help` says everything. With `fake-orq` on the other side it needs no network:
//!
//! ```text
//! $ cargo run --bin fake-orq -- --addr 127.0.0.1:4010 &
//! $ export ORQ_API_KEY=sk-orq-test ORQ_BASE_URL=http://127.0.0.1:4010
//! $ cargo run --bin orq -- stream --message hi chat
//! You said: hi
//! ```
#![forbid(unsafe_code)]

mod annotate;
mod answer;
mod args;
mod chat;
mod check;
mod client;
mod completions;
mod failure;
mod json;
mod lists;
mod output;
mod prompt;
mod request;
mod summary;
mod table;
mod verbs;

use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command};
use failure::Failure;
use output::Output;

fn main() -> ExitCode {
    let Arguments { global, command } = Arguments::parse();
    let mut output = Output::new();
    let ended = match command {
        Command::Call(verb) => run(&global, verb, &mut output),
        Command::Completions { shell } => completions::write(shell, &mut output),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        // Who closed the pipe has seen enough.
        Err(Failure::ClosedPipe) => ExitCode::SUCCESS,
        Err(Failure::Reported) => ExitCode::FAILURE,
        Err(failure) => {
            output.end_line();
            failure.report(&global);
            ExitCode::FAILURE
        }
    }
}

fn run(global: &args::Global, verb: args::Verb, output: &mut Output) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::io("can't start", error))?;
    let client = {
        let _inside = runtime.enter();
        client::build(global)?
    };
    // The request is read here, because files and stdin block.
    let call = verbs::Call::prepare(verb)?;
    let ended = runtime.block_on(call.run(&client, global, output));
    // A read of stdin may still be waiting for a line.
    runtime.shutdown_background();
    ended
}
