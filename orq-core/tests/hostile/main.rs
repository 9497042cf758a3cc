//! Servers, proxies and configurations that break the rules or mean harm, and what the client makes of them: no
//! answer lost, no failure hidden, no secret told, no memory or time taken without bound.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

#[path = "../../benches/sse_peers/alloc.rs"]
mod alloc;
mod answers;
mod bounds;
mod clocks;
mod configuration;
mod data;
mod drips;
mod environment;
mod forms;
mod limits;
mod lists;
mod secrets;
mod sizes;
mod strays;
mod streams;
mod timeless;
mod unended;

use std::time::Duration;

use orq_core::{
    Client, CompletionStream, DeploymentRequest, Error, Response,
    model::Completion,
    retry::{Backoff, StandardRetry},
};
use orq_testkit::{MemoryTransport, Reply};

const HEL: &str =
    r#"{"id":"1","choices":[{"index":0,"message":{"role":"assistant","content":"Hel"}}]}"#;
const FINAL: &str = r#"{"id":"1","is_final":true,"choices":[{"index":0,"message":{"content":"!"},"finish_reason":"stop"}]}"#;
const DONE: &str = "[DONE]";

fn request() -> DeploymentRequest {
    DeploymentRequest::new("chat")
}

async fn invoke(reply: Reply) -> Result<Response<Completion>, Error> {
    let memory = MemoryTransport::new();
    memory.reply(reply);
    memory.client().deployments().invoke(&request()).await
}

async fn open(reply: Reply) -> Result<CompletionStream, Error> {
    let memory = MemoryTransport::new();
    memory.reply(reply);
    memory.client().deployments().stream(&request()).await
}

async fn finish(reply: Reply) -> Result<Response<Completion>, Error> {
    open(reply).await?.finish().await
}

/// A client that repeats what may be repeated, at once unless the server asks to wait.
fn eager(memory: &MemoryTransport) -> Client {
    let at_once = Backoff::exponential(Duration::ZERO, Duration::ZERO);
    let retry = StandardRetry::new()
        .backoff(at_once)
        .max_wait(Duration::MAX);
    let builder = Client::builder(memory.handle()).api_key("test-key");
    builder.retry(retry).timeout(None).build().unwrap()
}
