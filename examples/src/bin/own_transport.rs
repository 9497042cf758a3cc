//! Bring your own transport, and wrap one in a layer.
//!
//! `cargo run --bin own_transport` needs no key and no network. A transport is one method that sends and one that
//! hands out a clock; a layer is a transport around a transport.
#![allow(clippy::print_stdout, reason = "a program that shows things")]

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;
use bytes::Bytes;
use orq_transport_reqwest::orq_core::{
    Client, DeploymentRequest, HttpTransport, Timer,
    transport::{Body, CallContext, TransportError},
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
        let text = format!(
            "{} {}, {} bytes",
            request.method(),
            request.uri().path(),
            request.body().len()
        );
        let json = serde_json::json!({ "choices": [{ "message": { "role": "assistant", "content": text } }] });
        Ok(http::Response::new(Body::from(json.to_string())))
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        None
    }

    fn name(&self) -> &str {
        "parrot"
    }
}

/// Counts what goes through it, and knows which call each request belongs to.
#[derive(Debug)]
struct Counted {
    inner: Arc<dyn HttpTransport>,
    requests: Arc<AtomicU64>,
}

#[async_trait]
impl HttpTransport for Counted {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Body>, TransportError> {
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(context) = request.extensions().get::<CallContext>() {
            println!(
                "request {number}: {} of {}",
                context.operation(),
                context.deployment().unwrap_or("-")
            );
        }
        self.inner.send(request).await
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        self.inner.timer()
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let requests = Arc::new(AtomicU64::new(0));
    let counter = requests.clone();
    let client = Client::builder(Parrot)
        .api_key("no-key-needed")
        .layer(|inner| Counted {
            inner,
            requests: counter,
        })
        .build()?;

    let request = DeploymentRequest::new("customer-support").input("firstname", "Jane");
    let answer = client.deployments().invoke(&request).await?;
    println!("{}", answer.require_text()?);
    println!("{} request in all", requests.load(Ordering::Relaxed));
    Ok(())
}

#[cfg(test)]
mod tests {
    use orq_testkit::conformance;

    use super::*;

    /// `cargo test --bin own_transport`: whatever a transport must do is still true through the layer.
    #[test]
    fn counting_changes_nothing() {
        let suite = conformance::layer(|inner| Counted {
            inner,
            requests: Arc::default(),
        });
        suite.run().assert();
    }
}
