//! Structured output: the request asks for JSON of a Rust type, and the answer is read as one.
//!
//! `cargo run --bin structured_output` asks a double of the API.
#![allow(clippy::print_stdout, reason = "a program that shows things")]

use orq_testkit::{FakeAnswer, FakeDeployment, FakeOrq};
use orq_transport_reqwest::orq_core::{DeploymentRequest, Error, Message};
use schemars::JsonSchema;
use serde::Deserialize;

/// An order that a customer writes about.
#[derive(Deserialize, JsonSchema)]
struct Order {
    /// The number of the order.
    number: u64,
    /// What is wrong, in a word.
    complaint: Complaint,
    /// For how many days the customer has been waiting, if the text says so.
    days: Option<u32>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Complaint {
    Late,
    Broken,
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let whole = "```json\n{\"number\": 4711, \"complaint\": \"late\", \"days\": null}\n```";
    let cut =
        FakeAnswer::text("{\"number\": 4711, \"complaint\": \"la").with_finish_reason("length");
    let orders = FakeDeployment::new("orders").reply(whole).reply(cut);
    let client = FakeOrq::builder().deployment(orders).build().client();

    // The type's documentation is part of the schema that the model sees.
    let request = DeploymentRequest::new("orders")
        .message(Message::user("Where is my order 4711?"))
        .response_type::<Order>();
    let order: Order = client.deployments().invoke(&request).await?.json()?;
    let wrong = match order.complaint {
        Complaint::Late => "is late",
        Complaint::Broken => "arrived broken",
    };
    let days = order.days.map_or("?".to_owned(), |days| days.to_string());
    println!("order {} {wrong}, days: {days}", order.number);

    let answer = client.deployments().invoke(&request).await?;
    if let Err(error) = answer.json::<Order>() {
        println!("{error}");
    }
    Ok(())
}
