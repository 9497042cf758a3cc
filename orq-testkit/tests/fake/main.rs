//! What `FakeOrq` answers to each request, seen through the transport's seam.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests"
)]

mod annotations;
mod calls;
mod config;
mod faults;
mod invoke;
mod limits;
mod list;
mod refusals;
mod scripts;
mod seed;
mod socket;
mod stream;
mod times;
mod versions;

use bytes::Bytes;
use futures::{StreamExt, executor::block_on};
use http::{HeaderMap, Request, Response};
use orq_core::transport::{Body, HttpTransport};
use orq_testkit::FakeOrq;
use serde_json::Value;

/// A response, read to its end.
struct Answer {
    status: u16,
    headers: HeaderMap,
    chunks: Vec<Bytes>,
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8(self.chunks.concat()).unwrap()
    }

    fn json(&self) -> Value {
        assert_eq!(self.headers["content-type"], "application/json");
        serde_json::from_str(&self.text()).unwrap()
    }

    /// The data of each event, which is one chunk of the body.
    fn events(&self) -> Vec<String> {
        assert_eq!(self.headers["content-type"], "text/event-stream");
        let data = |chunk: &Bytes| {
            let event = std::str::from_utf8(chunk).unwrap();
            let data = event.strip_prefix("data: ").unwrap();
            data.strip_suffix("\n\n").unwrap().to_owned()
        };
        self.chunks.iter().map(data).collect()
    }

    /// The chunks of a stream that ends as it should, without its end mark.
    fn completion_chunks(&self) -> Vec<Value> {
        let mut events = self.events();
        assert_eq!(events.pop().as_deref(), Some("[DONE]"));
        let read = |event: &String| serde_json::from_str(event).unwrap();
        events.iter().map(read).collect()
    }
}

fn send(fake: &FakeOrq, request: Request<Bytes>) -> Answer {
    let response: Response<Body> = block_on(fake.send(request)).unwrap();
    let (head, body) = response.into_parts();
    Answer {
        status: head.status.as_u16(),
        headers: head.headers,
        chunks: block_on(body.map(Result::unwrap).collect()),
    }
}

fn request(method: &str, path: &str, body: impl Into<Bytes>) -> Request<Bytes> {
    Request::builder()
        .method(method)
        .uri(format!("https://my.orq.ai{path}"))
        .header("authorization", "Bearer sk-orq-test")
        .header("content-type", "application/json")
        .body(body.into())
        .unwrap()
}

fn post(fake: &FakeOrq, verb: &str, body: &Value) -> Answer {
    let path = format!("/v2/deployments/{verb}");
    send(fake, request("POST", &path, body.to_string()))
}

/// A successful invoke.
fn invoke(fake: &FakeOrq, body: &Value) -> Value {
    let answer = post(fake, "invoke", body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// A successful stream's chunks.
fn stream(fake: &FakeOrq, body: &Value) -> Vec<Value> {
    let answer = post(fake, "stream", body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.completion_chunks()
}

fn text(completion: &Value) -> &str {
    completion["choices"][0]["message"]["content"]
        .as_str()
        .unwrap_or_else(|| panic!("no text in {completion}"))
}
