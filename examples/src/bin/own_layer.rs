//! Your own layer: a transport around a transport, which sees every attempt of every call.
//!
//! `cargo run --bin own_layer` asks a double of the API.
#![allow(clippy::print_stdout, reason = "a program that shows things")]

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use orq_testkit::FakeOrq;
use orq_transport_reqwest::orq_core::{
    Client, DeploymentRequest, HttpTransport, Message, Timer,
    transport::{Body, CallContext, TransportError},
};

/// Tells of each request and its answer. It knows which call a request belongs to.
#[derive(Debug)]
struct Logged(Arc<dyn HttpTransport>);

#[async_trait]
impl HttpTransport for Logged {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Body>, TransportError> {
        if let Some(context) = request.extensions().get::<CallContext>() {
            let deployment = context.deployment().unwrap_or("-");
            println!("-> {} of {deployment}", context.operation());
        }
        let answer = self.0.send(request).await;
        match &answer {
            Ok(response) => println!("<- {}", response.status()),
            Err(error) => println!("<- {error}"),
        }
        answer
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        self.0.timer()
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let builder = Client::builder(FakeOrq::new()).api_key(FakeOrq::DEFAULT_API_KEY);
    let client = builder.layer(Logged).build()?;
    let request = DeploymentRequest::new("chat").message(Message::user("Hello"));
    println!(
        "{}",
        client
            .deployments()
            .invoke(&request)
            .await?
            .require_text()?
    );
    client.deployments().list().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `cargo test --bin own_layer`: whatever a transport must do is still true through the layer.
    #[test]
    fn telling_changes_nothing() {
        orq_testkit::conformance::layer(Logged).run().assert();
    }
}
