//! The report of each call: exactly one, with what is known of it, in virtual time.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use orq_core::{
    Client, DeploymentRequest,
    observe::{CallReport, Observer, Outcome},
    retry::{Backoff, StandardRetry},
};
use orq_testkit::{MemoryTransport, Reply};

mod calls;
mod drops;
mod streams;

/// Keeps the reports, each with its outcome in a word.
#[derive(Clone, Debug, Default)]
struct Reports(Arc<Mutex<Vec<(CallReport, String)>>>);

impl Observer for Reports {
    fn call_ended(&self, report: &CallReport, outcome: Outcome<'_>) {
        let outcome = (report.clone(), outcome.as_str().to_owned());
        self.0.lock().unwrap().push(outcome);
    }
}

impl Reports {
    fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    /// Returns the one report, with this outcome.
    #[track_caller]
    fn only(&self, outcome: &str) -> CallReport {
        let mut reports = self.0.lock().unwrap();
        assert_eq!(reports.len(), 1, "{reports:?}");
        let (report, found) = reports.remove(0);
        assert_eq!(found, outcome);
        report
    }
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn request() -> DeploymentRequest {
    DeploymentRequest::new("chat")
}

/// A client that waits two seconds before it repeats something, and what it reports.
fn observed(memory: &MemoryTransport) -> (Client, Reports) {
    let reports = Reports::default();
    let backoff = Backoff::exponential(secs(2), secs(2)).jitter(|| 1.0);
    let builder = Client::builder(memory.handle()).api_key("test-key");
    let builder = builder.retry(StandardRetry::new().backoff(backoff));
    let client = builder.observer(reports.clone()).build().unwrap();
    (client, reports)
}

const HEL: &str = r#"{"id":"01J","model":"gpt","choices":[{"index":0,"message":{"content":"Hel"}},{"index":1,"message":{"content":"Hi"}}]}"#;
const LO: &str = r#"{"choices":[{"index":0,"message":{"content":"lo"},"finish_reason":"stop"}]}"#;
const USAGE: &str = r#"{"choices":[],"usage":{"total_tokens":7},"telemetry":{"trace_id":"t-2"}}"#;
const DONE: &str = "[DONE]";

/// A stream whose head takes a second; its second event comes four seconds after the first, its third one later.
fn paced() -> Reply {
    let reply = Reply::sse([HEL]).after(secs(4)).event(LO);
    let reply = reply.after(secs(1)).events([USAGE, DONE]);
    reply.head_after(secs(1)).header("x-orq-trace-id", "t-1")
}
