//! Test code that calls orq.ai: the function under test gets a client, and a test gives it one without a network.
//!
//! `cargo test --bin test_your_code` runs the tests below; the program itself asks a double of the API.
#![allow(clippy::print_stdout, reason = "a program that shows things")]

use orq_testkit::{FakeDeployment, FakeOrq};
use orq_transport_reqwest::orq_core::{Client, DeploymentRequest, Error, Message};

/// The code under test: asks for a summary and falls back to the text's beginning when there is no room.
async fn summary(client: &Client, text: &str) -> Result<String, Error> {
    let request = DeploymentRequest::new("summarise")
        .input("words", 20)
        .message(Message::user(text));
    match client.deployments().invoke(&request).await {
        Ok(answer) => Ok(answer.text().unwrap_or_default().into_owned()),
        Err(error) if error.is_rate_limited() => Ok(text.chars().take(20).collect()),
        Err(error) => Err(error),
    }
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let double = FakeDeployment::new("summarise").reply("In {{words}} words: it is short.");
    let client = FakeOrq::builder().deployment(double).build().client();
    println!("{}", summary(&client, "A long text").await?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use orq_testkit::{MemoryTransport, fixture};
    use serde_json::json;

    use super::*;

    const TEXT: &str = "A text that is longer than twenty characters";

    #[tokio::test]
    async fn the_text_and_the_number_of_words_are_sent() {
        let memory = MemoryTransport::new();
        memory.reply(fixture::completion("Short."));

        assert_eq!(summary(&memory.client(), TEXT).await.unwrap(), "Short.");

        let sent = memory.only_request();
        sent.assert_json_contains(json!({ "inputs": { "words": 20 } }));
        sent.assert_json_contains(json!({ "messages": [{ "role": "user", "content": TEXT }] }));
    }

    #[tokio::test]
    async fn a_rate_limit_is_no_failure() {
        let memory = MemoryTransport::new();
        memory.reply(fixture::rate_limited(Duration::from_secs(3)));

        let text = summary(&memory.client(), TEXT).await.unwrap();
        assert_eq!(text, "A text that is longe");
    }

    #[tokio::test]
    async fn any_other_error_is_passed_on() {
        let memory = MemoryTransport::new();
        memory.reply(fixture::not_found("summarise"));

        let error = summary(&memory.client(), TEXT).await.unwrap_err();
        assert_eq!(error.code(), Some("deployment_not_found"));
    }
}
