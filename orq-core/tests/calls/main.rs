//! Calls: futures with settings, those of their client, and the key that they send.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::time::Duration;

use orq_core::{DeploymentRequest, Error, error::Clock};
use orq_testkit::{MemoryTransport, Reply};

/// Every kind of call of a client, changed by `$with`, as an array of names and boxed futures.
macro_rules! each_call {
    ($client:expr, |$call:ident| $with:expr) => {{
        let deployments = $client.deployments();
        macro_rules! boxed {
            ($name:literal, $made:expr) => {{
                let $call = $made;
                let call = futures::TryFutureExt::map_ok($with, drop);
                ($name, futures::FutureExt::boxed(call))
            }};
        }
        [
            boxed!("invoke", deployments.invoke(&crate::request())),
            boxed!("stream", deployments.stream(&crate::request())),
            boxed!("get_config", deployments.get_config(&crate::request())),
            boxed!("list", deployments.list()),
            boxed!("versions", deployments.versions("chat")),
            boxed!(
                "feedback",
                $client.feedback(&orq_core::model::Feedback::new("rating", 1, "01J"))
            ),
            boxed!("request", $client.request(http::Method::GET, "/v2/prompts")),
        ]
    }};
}

mod client;
mod future;
mod key;
mod options;
mod settings;

/// How many kinds of call there are.
const KINDS: usize = 7;

fn request() -> DeploymentRequest {
    DeploymentRequest::new("chat")
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// An answer that every kind of call can read.
fn answer() -> Reply {
    Reply::json_text(r#"{"choices":[],"data":[],"messages":[]}"#)
}

/// A transport with this reply, so many times.
fn replying(times: usize, reply: &Reply) -> MemoryTransport {
    let memory = MemoryTransport::new();
    for _ in 0..times {
        memory.reply(reply.clone());
    }
    memory
}

/// Returns the timeout that expired, and its duration.
fn expired(error: &Error) -> (Clock, Option<Duration>) {
    let timeout = error.timeout().unwrap_or_else(|| panic!("{error}"));
    (timeout.clock, timeout.waited)
}
