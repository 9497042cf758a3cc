//! A loop of tools: the model asks for a function, we call it, and the model goes on with its result.
//!
//! `cargo run --bin tools` asks a double of the API. The answers are streamed, and no function is called before its
//! answer has come to its end: if it is cut, by the network or at the limit of tokens, none is.
#![allow(clippy::print_stdout, reason = "a program that shows things")]

use std::{error::Error, io::Write};

use orq_testkit::FakeOrq;
use orq_transport_reqwest::orq_core::{Client, DeploymentRequest, Message, model::FinishReason};
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct WeatherQuery {
    pub(crate) city: String,
}

/// The function that the model may call.
fn weather(query: WeatherQuery) -> String {
    format!("4 °C and rain in {}", query.city)
}

/// Asks until there is an answer without tool calls.
pub(crate) async fn ask(
    client: &Client,
    mut request: DeploymentRequest,
    mut weather: impl FnMut(WeatherQuery) -> String,
) -> Result<(), Box<dyn Error>> {
    // A bound, because a model may ask for ever.
    for _ in 0..5 {
        let mut stream = client.deployments().stream(&request).await?;
        while let Some(text) = stream.next_text().await? {
            print!("{text}");
            std::io::stdout().flush()?;
        }
        let answer = stream.finish().await?; // an error if the stream was cut
        match answer.finish_reason() {
            Some(FinishReason::Stop | FinishReason::ToolCalls) => {}
            other => return Err(format!("the answer isn't whole: {other:?}").into()),
        }
        if answer.tool_calls().is_empty() {
            println!();
            return Ok(());
        }
        // The model's own turn goes back first, with its reasoning and signatures; then a result for each call.
        request = request.message(&answer);
        for call in answer.tool_calls() {
            println!("-> {}({})", call.name(), call.arguments_text());
            let result = match call.arguments() {
                Ok(query) => weather(query),
                // The model may ask again.
                Err(error) => format!("these arguments can't be read: {error}"),
            };
            request = request.message(Message::tool_result(call, result));
        }
    }
    Err("the model asked for tools five times in a row".into())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let question = Message::user("What is the weather there?");
    let request = DeploymentRequest::new("tools").input("city", "Oslo");
    ask(&FakeOrq::new().client(), request.message(question), weather).await
}
