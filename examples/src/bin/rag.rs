//! Retrievals: an answer from a knowledge base, and the passages that it is taken from.
//!
//! `cargo run --bin rag` asks a double of the API.
#![allow(clippy::print_stdout, reason = "a program that shows things")]

use orq_testkit::FakeOrq;
use orq_transport_reqwest::orq_core::{
    DeploymentRequest, Message,
    model::{Document, KnowledgeFilter, Retrieval},
};

/// Where a passage stands.
fn source(retrieval: &Retrieval) -> String {
    let metadata = retrieval.metadata.clone().unwrap_or_default();
    let file = metadata.file_name.unwrap_or_default();
    match metadata.page_number.as_option() {
        Some(page) => format!("{file}, page {page}"),
        None => file,
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = FakeOrq::new().client();
    let request = DeploymentRequest::new("rag")
        .message(Message::user("returns"))
        // Only passages of documents whose metadata fit.
        .knowledge_filter(KnowledgeFilter::field("year").gte(2024))
        // A document of our own, beside those of the knowledge base.
        .document(Document::new("Today is a holiday."))
        .include_retrievals();

    let mut stream = client.deployments().stream(&request).await?;
    while let Some(text) = stream.next_text().await? {
        print!("{text}");
    }
    println!();

    // The passages come with the last chunk, so they are there when the answer is complete.
    let answer = stream.finish().await?;
    for (number, retrieval) in (1..).zip(answer.retrievals.iter().flatten()) {
        let passage = retrieval.document.as_deref().unwrap_or_default();
        println!("[{number}] {passage} ({})", source(retrieval));
    }
    Ok(())
}
