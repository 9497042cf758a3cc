//! `cargo run --bin quickstart` asks a double of orq.ai on a loopback socket: no key, no network.
//! `ORQ_API_KEY=… cargo run --bin quickstart -- DEPLOYMENT_KEY` asks orq.ai.
#![allow(clippy::print_stdout, reason = "a program that shows things")]

use orq_testkit::{FakeOrq, FakeServer};
use orq_transport_reqwest::orq_core::{Client, DeploymentRequest, Message};
use orq_transport_reqwest::{ReqwestTransport, client_from_env};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let double = FakeServer::bind(FakeOrq::new(), "127.0.0.1:0").await?;
    let double = double.spawn();
    let (client, key) = match std::env::args().nth(1) {
        Some(key) => (client_from_env()?, key),
        None => {
            let builder = Client::builder(ReqwestTransport::new()?).api_key("sk-orq-test");
            (builder.base_url(double.url()).build()?, "chat".to_owned())
        }
    };
    let deployments = client.deployments();
    let request = DeploymentRequest::new(&key).message(Message::user("Where is my order?"));

    let mut stream = deployments.stream(&request).await?;
    while let Some(text) = stream.next_text().await? {
        println!("stream  {text:?}");
    }
    stream.finish().await?; // an error if the answer was cut

    let answer = deployments.invoke(&request).await?;
    println!("invoke  {}", answer.require_text()?);

    let config = deployments.get_config(&request).await?;
    println!("config  {}", config.model.as_deref().unwrap_or("?"));

    let mut items = deployments.list().items();
    while let Some(item) = items.next_item().await? {
        println!("list    {}", item.key.as_deref().unwrap_or("?"));
    }
    Ok(())
}
