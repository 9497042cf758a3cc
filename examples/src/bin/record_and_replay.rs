//! Record and replay: the answers of a server are recorded once, and replayed without it.
//!
//! `cargo run --bin record_and_replay` records a double of the API. In a test of yours, `Cassette::open` with
//! `Mode::from_env()` does both: it replays, and records again with `ORQ_CASSETTE=record`.
#![allow(clippy::print_stdout, reason = "a program that shows things")]

use std::{env, error::Error, fs, process};

use orq_testkit::{
    FakeOrq,
    cassette::{Cassette, Recorder, Replay},
};
use orq_transport_reqwest::orq_core::{self, Client, DeploymentRequest, Message};

/// The code that is recorded. It streams, so the cassette has each chunk.
async fn greeting(client: &Client) -> Result<String, orq_core::Error> {
    let request = DeploymentRequest::new("chat")
        .message(Message::user("Hello"))
        .identity("jane@example.com");
    let answer = client
        .deployments()
        .stream(&request)
        .await?
        .finish()
        .await?;
    Ok(answer.text().unwrap_or_default().into_owned())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::temp_dir().join(format!("orq-example-{}", process::id()));
    // What must not stand in a file that is checked in: the key never does, and this is ours.
    let cassette = Cassette::at(folder.join("greeting.json")).redact("/identity/id");

    // In a program of yours: ReqwestTransport::new()?, and the key from the environment.
    let recorder = Recorder::new(FakeOrq::new(), cassette.clone());
    let client = Client::new(recorder.handle(), "sk-orq-test")?;
    println!("recorded: {}", greeting(&client).await?);
    recorder.save()?;

    let text = fs::read_to_string(cassette.path())?;
    for secret in ["sk-orq-test", "jane@example.com"] {
        println!("{secret} is in the file: {}", text.contains(secret));
    }

    // No server and no key any more. A request that isn't in the cassette fails.
    let replay = Replay::open(cassette)?;
    let client = Client::new(replay.handle(), "any-key")?;
    println!("replayed: {}", greeting(&client).await?);
    replay.verify();

    fs::remove_dir_all(folder)?;
    Ok(())
}
