//! Faults injected into a client's requests, and how a run with them is repeated.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "these are tests")]

mod seed;
mod socket;
mod untouched;
mod what;
mod when;

use std::{pin::pin, task::Poll, time::Duration};

use bytes::Bytes;
use futures::{StreamExt, executor::block_on, poll};
use http::Request;
use orq_core::{
    Client, Completion, DeploymentRequest, Error,
    retry::NoRetry,
    transport::{Body, TransportError},
};
use orq_testkit::{FakeOrq, FaultInjector, ManualTimer};

const SECOND: Duration = Duration::from_secs(1);
const ANSWER: &str = "You said: Hello, I am Jane.";

fn hello() -> DeploymentRequest {
    DeploymentRequest::new("chat").input("firstname", "Jane")
}

/// A client of the double that repeats nothing.
fn client(faults: &FaultInjector) -> Client {
    let builder = Client::builder(FakeOrq::new()).api_key(FakeOrq::DEFAULT_API_KEY);
    let builder = builder.retry(NoRetry).layer(faults.layer());
    builder.build().unwrap()
}

fn invoke(client: &Client) -> Result<Completion, Error> {
    let call = client.deployments().invoke(&hello());
    Ok(block_on(call)?.into_inner())
}

fn stream(client: &Client) -> Result<Completion, Error> {
    let call = client.deployments().stream(&hello());
    block_on(async { Ok(call.await?.finish().await?.into_inner()) })
}

/// Runs `call`, and moves the clock whenever it waits.
fn run<T>(timer: &ManualTimer, call: impl Future<Output = T>) -> T {
    let mut call = pin!(call);
    block_on(async {
        loop {
            if let Poll::Ready(done) = poll!(&mut call) {
                return done;
            }
            timer.advance_to_next_sleep().unwrap();
        }
    })
}

fn log(faults: &FaultInjector) -> Vec<String> {
    faults.log().iter().map(ToString::to_string).collect()
}

fn request() -> Request<Bytes> {
    Request::post("https://my.orq.ai/v2/deployments/invoke")
        .body("{}".into())
        .unwrap()
}

/// All that a body gives, and the error it ends with.
fn read(mut body: Body) -> (Vec<u8>, Option<TransportError>) {
    let mut bytes = Vec::new();
    loop {
        match block_on(body.next()) {
            Some(Ok(chunk)) => bytes.extend_from_slice(&chunk),
            Some(Err(error)) => return (bytes, Some(error)),
            None => return (bytes, None),
        }
    }
}
