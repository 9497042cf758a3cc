//! How many instructions a call and an event take: guards against growth that no clock can see.
//!
//! `.ci/instructions` runs this under callgrind, and fails where a count is higher than the one that is noted.
#![forbid(unsafe_code)]
#![allow(missing_docs, reason = "gungraun's macros make public items")]

#[path = "../../../orq-testkit/benches/end_to_end/load.rs"]
#[allow(dead_code, reason = "the benchmark of orq-testkit uses all of it")]
mod load;
mod transport;
mod work;

use std::hint::black_box;

use gungraun::{Callgrind, prelude::*};
use orq_core::{CompletionStream, DeploymentRequest, Deployments};

use crate::{
    load::{Event, Load},
    transport::{deployments, stream},
    work::request,
};

/// A stream and the bytes of text in it.
type Opened = (CompletionStream, usize);

// The decoding of an answer alone.
#[library_benchmark]
#[bench::run(Load::Unary.answer())]
fn decode(answer: Event) {
    assert_eq!(work::decode(&answer.data), Some(answer.taken));
}

// A request, created and written as JSON.
#[library_benchmark]
#[bench::run()]
fn render() {
    assert!(black_box(serde_json::to_vec(&request())).is_ok());
}

// A whole call.
#[library_benchmark]
#[bench::run(deployments(Load::Unary), request())]
fn invoke(deployments: Deployments, request: DeploymentRequest) {
    assert!(work::invoke(&deployments, &request).is_some());
}

// The events of a stream by `next_text`.
#[library_benchmark]
#[bench::run(stream(&request()))]
fn next_text((stream, expected): Opened) {
    assert!(matches!(work::texts(stream), Ok(taken) if taken == expected));
}

// The events of a stream by `next_delta`.
#[library_benchmark]
#[bench::run(stream(&request()))]
fn next_delta((stream, expected): Opened) {
    assert!(matches!(work::deltas(stream), Ok(taken) if taken == expected));
}

// The events of a stream by `next_chunk`.
#[library_benchmark]
#[bench::run(stream(&request()))]
fn next_chunk((stream, expected): Opened) {
    assert!(matches!(work::chunks(stream), Ok(taken) if taken == expected));
}

library_benchmark_group!(name = calls, benchmarks = [decode, render, invoke]);
library_benchmark_group!(
    name = events,
    benchmarks = [next_text, next_delta, next_chunk]
);

main!(
    config = LibraryBenchmarkConfig::default().tool(Callgrind::with_args(["--cache-sim=no"])),
    library_benchmark_groups = [calls, events]
);
