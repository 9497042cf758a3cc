//! What a stream tells of the response that it came with.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use orq_core::{Client, CompletionStream, DeploymentRequest};
use orq_testkit::{MemoryTransport, Reply};

const HEL: &str = r#"{"id":"1","choices":[{"index":0,"message":{"content":"Hel"}}]}"#;

async fn open(memory: &MemoryTransport) -> CompletionStream {
    let client = Client::builder(memory.handle()).api_key("sk-orq-secret");
    let call = client.build().unwrap().deployments();
    call.stream(&DeploymentRequest::new("chat")).await.unwrap()
}

#[tokio::test]
async fn the_status_the_headers_and_the_trace_id() {
    let memory = MemoryTransport::new();
    let reply = Reply::sse([HEL, "[DONE]"]).with_status(203);
    memory.reply(reply.header("x-orq-trace-id", "trace-1").header("x-a", "b"));
    let stream = open(&memory).await;
    assert_eq!(stream.meta().status(), 203);
    assert_eq!(stream.meta().headers()["x-a"], "b");
    assert_eq!(stream.meta().trace_id(), Some("trace-1"));
}

#[tokio::test]
async fn without_either_there_is_no_trace_id() {
    let memory = MemoryTransport::new();
    memory.reply_sse([HEL, "[DONE]"]);
    assert_eq!(open(&memory).await.meta().trace_id(), None);
}

#[tokio::test]
async fn the_attempts_before_it() {
    let memory = MemoryTransport::new();
    memory.reply_status(429, "").reply_sse([HEL, "[DONE]"]);
    let stream = open(&memory).await;
    let statuses: Vec<_> = stream
        .meta()
        .failed_attempts()
        .iter()
        .map(|it| it.status)
        .collect();
    assert_eq!(statuses, [Some(http::StatusCode::TOO_MANY_REQUESTS)]);
}

#[tokio::test]
async fn the_parts_that_had_another_shape() {
    let memory = MemoryTransport::new();
    let odd = r#"{"choices":[{"index":0,"message":{"content":"x"}}],"usage":"a lot"}"#;
    memory.reply_sse([HEL, odd, "[DONE]"]);
    let mut stream = open(&memory).await;
    stream.next_chunk().await.unwrap();
    assert!(stream.meta().warnings().is_empty());
    stream.next_chunk().await.unwrap();
    assert_eq!(stream.meta().warnings().len(), 1);
}

#[tokio::test]
async fn debug_shows_what_arrived_so_far() {
    let memory = MemoryTransport::new();
    memory.reply_sse([HEL, "[DONE]"]);
    let mut stream = open(&memory).await;
    stream.next_chunk().await.unwrap();
    let shown = format!("{stream:?}");
    assert!(
        shown.contains("CompletionStream") && shown.contains("Hel"),
        "{shown}"
    );
    assert!(!shown.contains("secret"), "{shown}");
}
