//! What a `MemoryTransport` promises.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "these are tests")]

mod compact;
mod leftovers;
mod messages;
mod queue;
mod recording;
mod rules;
mod scripts;
mod time;

use std::{
    any::Any,
    panic::{self, AssertUnwindSafe},
};

use bytes::Bytes;
use futures::{StreamExt, executor::block_on};
use http::{Request, Response};
use orq_core::{
    DeploymentRequest,
    transport::{Body, HttpTransport, TransportError},
};
use orq_testkit::Reply;
use serde_json::json;

fn request(path: &str) -> Request<Bytes> {
    Request::post(format!("https://my.orq.ai{path}"))
        .body(Bytes::from("{}"))
        .unwrap()
}

fn send(transport: &impl HttpTransport, path: &str) -> Result<Response<Body>, TransportError> {
    block_on(transport.send(request(path)))
}

fn text(response: Response<Body>) -> String {
    let chunks = block_on(response.into_body().map(Result::unwrap).collect::<Vec<_>>());
    String::from_utf8(chunks.concat()).unwrap()
}

/// A chunk of a stream that says this.
fn says(text: &str) -> String {
    json!({"choices": [{"index": 0, "message": {"content": text}}]}).to_string()
}

/// A whole answer that says this.
fn answer(text: &str) -> Reply {
    Reply::json_text(says(text))
}

fn chat() -> DeploymentRequest {
    DeploymentRequest::new("chat")
}

/// The message of the panic that `test` ends in.
fn failure(test: impl FnOnce()) -> String {
    let payload = panic::catch_unwind(AssertUnwindSafe(test)).expect_err("the test should fail");
    message(&*payload)
}

fn message(payload: &(dyn Any + Send)) -> String {
    match payload.downcast_ref::<String>() {
        Some(message) => message.clone(),
        None => payload.downcast_ref::<&str>().unwrap().to_string(),
    }
}
