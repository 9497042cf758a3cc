//! The tool round trip: the model asks for a function, we call it, and the model answers with its result.
//!
//! `cargo run --bin tool_round_trip` asks a double of the API in this process.
#![allow(clippy::print_stdout, reason = "a program that shows things")]

use std::error::Error;

use orq_testkit::FakeOrq;
use orq_transport_reqwest::orq_core::{Client, DeploymentRequest, Message};
use serde::Deserialize;

#[derive(Deserialize)]
struct WeatherQuery {
    city: String,
}

/// The function that the model may call.
fn weather(query: &WeatherQuery) -> String {
    format!("4 °C and rain in {}", query.city)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::new(FakeOrq::new(), "sk-orq-test")?;
    let mut request = DeploymentRequest::new("tools")
        .input("city", "Oslo")
        .message(Message::user("What is the weather there?"));

    // A bound, because a model may ask for ever.
    for _ in 0..5 {
        let answer = client.deployments().invoke(&request).await?;
        if answer.tool_calls().is_empty() {
            println!("{}", answer.require_text()?);
            return Ok(());
        }
        // The model's own turn goes back first, with its reasoning and signatures; then a result for each call.
        request = request.message(&answer);
        for call in answer.tool_calls() {
            let function = call.function.clone().unwrap_or_default();
            println!(
                "-> {}({})",
                call.name(),
                function.arguments.unwrap_or_default()
            );
            let result = match call.arguments::<WeatherQuery>() {
                Ok(query) => weather(&query),
                Err(error) => format!("these arguments can't be read: {error}"),
            };
            println!("<- {result}");
            request = request.message(Message::tool_result(call, result));
        }
    }
    Err("the model asked for tools five times in a row".into())
}
