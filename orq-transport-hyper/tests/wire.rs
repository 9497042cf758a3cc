//! The hyper transport on real sockets.
#![cfg(all(feature = "gzip", feature = "http2", feature = "rustls"))]
#![allow(clippy::unwrap_used)]

#[path = "own/address.rs"]
mod address;
#[path = "own/build_error.rs"]
mod build_error;
#[path = "own/child.rs"]
mod child;
#[path = "own/ended_runtime.rs"]
mod ended_runtime;
#[path = "own/no_runtime.rs"]
mod no_runtime;
#[cfg(feature = "system-proxy")]
#[path = "own/proxy.rs"]
mod proxy;
#[path = "own/ready_made.rs"]
mod ready_made;

use std::{future::Future, time::Duration};

use bytes::Bytes;
use http::{Method, Request};
use orq_testkit::conformance::{self, Settings, Suite};
use orq_transport_hyper::HyperTransport as Transport;

fn make(settings: &Settings) -> Transport {
    let mut builder = Transport::builder().connect_timeout(settings.connect_timeout);
    for root in &settings.roots {
        builder = builder.add_root_certificate_der(root.as_slice());
    }
    builder.build().unwrap()
}

/// The table of faults in the crate's docs is the strict one.
fn suite() -> Suite {
    conformance::transport(make).strict()
}

#[test]
fn it_does_what_a_transport_must() {
    let report = suite().run();
    report.assert();
    assert_eq!(report.skipped(), FOR_LAYERS);
}

const FOR_LAYERS: [&str; 2] = [
    "layer::the_timer_is_passed_on",
    "layer::the_call_context_is_passed_on",
];

fn request(method: Method, url: &str) -> Request<Bytes> {
    Request::builder()
        .method(method)
        .uri(url)
        .header("authorization", SECRET)
        .body("{}".into())
        .unwrap()
}

fn post(url: &str) -> Request<Bytes> {
    request(Method::POST, url)
}

const SECRET: &str = "Bearer sk-orq-very-secret";

/// Runs a test, and ends it should it hang. Nothing is concluded from how long it took.
#[expect(
    clippy::disallowed_methods,
    reason = "a guard against hanging; no test waits for it"
)]
async fn guarded(test: impl Future<Output = ()>) {
    let hung = tokio::time::timeout(Duration::from_secs(120), test).await;
    assert!(hung.is_ok(), "the test hangs");
}
