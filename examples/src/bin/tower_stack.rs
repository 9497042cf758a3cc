//! Layers of tower and tower-http around a transport.
//!
//! `cargo run --bin tower_stack` asks a double of the API in this process. At most one exchange is open at a time, the
//! stream's body included; what is beyond that is refused at once, and was not sent.
#![allow(clippy::print_stdout, reason = "a program that shows things")]

use std::error::Error;

use http::{HeaderName, HeaderValue, Request};
use orq_core::{
    Client, DeploymentRequest, Message, NoRetry,
    tower::{RequestBody, ServiceTransport},
    transport::{CallContext, Delivery, Phase, TransportError, TransportErrorKind},
};
use orq_testkit::FakeOrq;
use tower::{ServiceBuilder, load_shed::error::Overloaded};
use tower_http::set_header::SetRequestHeaderLayer;

/// Shows what goes to the transport, and for which call.
fn shown(request: Request<RequestBody>) -> Request<RequestBody> {
    let context = request.extensions().get::<CallContext>();
    let operation = context.map(CallContext::operation).unwrap_or_default();
    let tenant = request.headers().get("x-tenant");
    println!("sent: {operation} for {tenant:?}");
    request
}

/// Says what tower's error means to the client.
fn shed(error: &(dyn Error + 'static)) -> Option<TransportError> {
    let kind = TransportErrorKind::Connect;
    let shed = || TransportError::new(kind, Phase::Connect, Delivery::NotSent);
    error.is::<Overloaded>().then(shed)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let tenant = HeaderName::from_static("x-tenant");
    let layers = ServiceBuilder::new()
        .load_shed()
        .concurrency_limit(1)
        .layer(SetRequestHeaderLayer::overriding(
            tenant,
            HeaderValue::from_static("acme"),
        ))
        .map_request(shown);
    let client = Client::builder(FakeOrq::new())
        .api_key("sk-orq-test")
        .retry(NoRetry)
        .layer(|inner| ServiceTransport::layered(inner, layers).classify_errors(shed))
        .build()?;
    let deployments = client.deployments();
    let request = DeploymentRequest::new("chat").message(Message::user("Hello"));

    let mut stream = deployments.stream(&request).await?;
    println!("stream: {:?}", stream.next_text().await?);
    match deployments.invoke(&request).await {
        Ok(answer) => println!("invoke: {:?}", answer.text()),
        Err(error) => println!("invoke: {error}; a retry is {:?}", error.retry_advice()),
    }

    let answer = stream.finish().await?;
    println!("stream: {:?}", answer.text());
    let answer = deployments.invoke(&request).await?;
    println!("invoke: {:?}", answer.text());
    Ok(())
}
