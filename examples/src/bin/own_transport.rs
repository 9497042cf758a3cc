//! Your own transport: one method that sends, and one that hands out a clock.
//!
//! `cargo run --bin own_transport` needs no key and no network. `orq_testkit::conformance` tests a transport that moves
//! bytes against all that is asked of one.
#![allow(clippy::print_stdout, reason = "a program that shows things")]

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use orq_transport_reqwest::orq_core::{
    Client, DeploymentRequest, HttpTransport, Timer,
    transport::{Body, TransportError},
};

/// Answers everything by itself, where a real one would move bytes.
#[derive(Debug)]
struct Parrot;

#[async_trait]
impl HttpTransport for Parrot {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Body>, TransportError> {
        let (method, path) = (request.method(), request.uri().path());
        let text = format!("{method} {path}, {} bytes", request.body().len());
        let message = serde_json::json!({ "role": "assistant", "content": text });
        let json = serde_json::json!({ "choices": [{ "message": message }] });
        Ok(http::Response::new(Body::from(json.to_string())))
    }

    /// The clock of timeouts and waits, such as `TokioTimer`. Without one, a client with timeouts must set its own.
    fn timer(&self) -> Option<Arc<dyn Timer>> {
        None
    }

    fn name(&self) -> &str {
        "parrot"
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::new(Parrot, "no-key-needed")?;
    let request = DeploymentRequest::new("customer-support").input("firstname", "Jane");
    let answer = client.deployments().invoke(&request).await?;
    println!("{}", answer.require_text()?);
    Ok(())
}
