//! How many instructions a call and an event take: guards against growth that no clock can see.
//!
//! `.ci/instructions` runs this under callgrind and fails where a count exceeds the one in `counts.txt` by more than
//! the tolerance in `limit.rs`; `.ci/instructions --update` writes the counts anew.
#![forbid(unsafe_code)]
#![allow(missing_docs, reason = "gungraun's macros make public items")]

mod limit;
#[path = "../../../orq-testkit/benches/end_to_end/load.rs"]
#[allow(dead_code, reason = "the benchmark of orq-testkit uses all of it")]
mod load;
mod transport;

use std::hint::black_box;

use futures::executor::block_on;
use gungraun::prelude::*;
use orq_core::{
    Completion, CompletionStream, Delta, DeploymentRequest, Deployments, Error, Message,
};

use crate::{
    limit::limited,
    load::{Event, Load},
    transport::{deployments, stream},
};

/// A stream and the bytes of text in it.
type Opened = (CompletionStream, usize);

fn request() -> DeploymentRequest {
    let request = DeploymentRequest::new("greeter").input("firstname", "Jane");
    request.message(Message::user("Where is my order?"))
}

// The decoding of an answer alone.
#[library_benchmark(config = limited("decode"))]
#[bench::run(Load::Unary.answer())]
fn decode(answer: Event) {
    let decoded = serde_json::from_str::<Completion>(&answer.data);
    let text = decoded.as_ref().ok().and_then(Completion::text);
    assert_eq!(text.map(|text| text.len()), Some(answer.taken));
}

// A request, created and written as JSON.
#[library_benchmark(config = limited("render"))]
#[bench::run()]
fn render() {
    assert!(black_box(serde_json::to_vec(&request())).is_ok());
}

// A whole call.
#[library_benchmark(config = limited("invoke"))]
#[bench::run(deployments(Load::Unary), request())]
fn invoke(deployments: Deployments, request: DeploymentRequest) {
    let answer = block_on(deployments.invoke(&request).into_future());
    assert!(black_box(answer).is_ok());
}

// The events of a stream by `next_text`.
#[library_benchmark(config = limited("next_text"))]
#[bench::run(stream(&request()))]
fn next_text((mut stream, expected): Opened) {
    let mut taken = 0;
    let read: Result<(), Error> = block_on(async {
        while let Some(text) = stream.next_text().await? {
            taken += black_box(&*text).len();
        }
        Ok(())
    });
    assert!(read.is_ok() && taken == expected);
}

// The events of a stream by `next_delta`.
#[library_benchmark(config = limited("next_delta"))]
#[bench::run(stream(&request()))]
fn next_delta((mut stream, expected): Opened) {
    let mut taken = 0;
    let read: Result<(), Error> = block_on(async {
        while let Some(delta) = stream.next_delta().await? {
            if let Delta::Text { text, .. } = black_box(delta) {
                taken += text.len();
            }
        }
        Ok(())
    });
    assert!(read.is_ok() && taken == expected);
}

// The events of a stream by `next_chunk`.
#[library_benchmark(config = limited("next_chunk"))]
#[bench::run(stream(&request()))]
fn next_chunk((mut stream, expected): Opened) {
    let mut taken = 0;
    let read: Result<(), Error> = block_on(async {
        while let Some(chunk) = stream.next_chunk().await? {
            taken += black_box(&chunk).text().map_or(0, |text| text.len());
        }
        Ok(())
    });
    assert!(read.is_ok() && taken == expected);
}

library_benchmark_group!(name = calls, benchmarks = [decode, render, invoke]);
library_benchmark_group!(
    name = events,
    benchmarks = [next_text, next_delta, next_chunk]
);

main!(library_benchmark_groups = [calls, events]);
