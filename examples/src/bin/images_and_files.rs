//! Images and files: sent within a message, by URL or by id, and an image as the answer.
//!
//! `cargo run --bin images_and_files` asks a double of the API.
#![allow(clippy::print_stdout, reason = "a program that shows things")]

use orq_testkit::FakeOrq;
use orq_transport_reqwest::orq_core::{
    DeploymentRequest, Message,
    model::{ContentPart, FileData, ImageDetail, ImageUrl},
};

/// A picture of one pixel. A `data:` URL holds the bytes themselves, in base64.
const PIXEL: &str = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let fake = FakeOrq::new();
    let deployments = fake.client().deployments();

    let invoice = FileData::new()
        .file_data("data:application/pdf;base64,JVBERi0xLjQK")
        .filename("invoice.pdf");
    let question = Message::user([
        ContentPart::text("Does the invoice fit the photo?"),
        ContentPart::image_url(ImageUrl::new(PIXEL).detail(ImageDetail::Low)),
        ContentPart::image_url("https://example.com/photo.png"),
        ContentPart::file(invoice),
    ]);
    // A file that was uploaded to orq before is named by its id.
    let request = DeploymentRequest::new("chat")
        .message(question)
        .file_id("file_01");
    let answer = deployments.invoke(&request).await?;
    println!("{}", answer.require_text()?);

    // What was sent: the double keeps it.
    if let Some(call) = fake.calls().first() {
        let body = call.request().json();
        println!("parts: {}", body["messages"][0]["content"]);
        println!("files: {}", body["file_ids"]);
    }

    let request = DeploymentRequest::new("image").input("subject", "a lighthouse");
    let answer = deployments.invoke(&request).await?;
    println!("image: {}", answer.image_url().unwrap_or("none"));
    Ok(())
}
