//! Several answers at once; the first to be complete wins, and the others are cancelled.
//!
//! `cargo run --bin concurrent_streams` asks a double of the API in this process. Dropping a stream, here with the
//! future that reads it, ends its exchange: the connection is closed, or its HTTP/2 stream reset.
#![allow(clippy::print_stdout, reason = "a program that shows things")]

use std::error::Error;

use futures::{StreamExt, TryStreamExt, stream::FuturesUnordered};
use orq_testkit::FakeOrq;
use orq_transport_reqwest::orq_core::{self, Client, DeploymentRequest, Message};

/// Streams one answer to its end, and tells of each piece.
async fn answer(client: Client, number: usize) -> Result<(usize, String), orq_core::Error> {
    let question = "one two three ".repeat(4 - number);
    let request = DeploymentRequest::new("chat").message(Message::user(question));
    let mut texts = client.deployments().stream(&request).await?.into_text();
    while let Some(text) = texts.try_next().await? {
        println!("{number}: {text:?}");
        // The double is never slow, so let the others have their turn.
        tokio::task::yield_now().await;
    }
    let whole = texts.finish().await?;
    Ok((number, whole.text().unwrap_or_default().into_owned()))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::new(FakeOrq::new(), "sk-orq-test")?;
    let mut answers: FuturesUnordered<_> = (0..4)
        .map(|number| answer(client.clone(), number))
        .collect();

    let Some(first) = answers.next().await else {
        return Err("no answer at all".into());
    };
    let (number, text) = first?;
    println!("number {number} was first: {text:?}");

    println!("{} others are cancelled", answers.len());
    drop(answers);
    Ok(())
}
