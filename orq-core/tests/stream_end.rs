//! What becomes of a stream's connection at its end.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use orq_core::{CompletionStream, DeploymentRequest};
use orq_testkit::{MemoryTransport, Reply, client, fixture};

async fn read(memory: &MemoryTransport) -> CompletionStream {
    let call = client(memory).deployments();
    let mut stream = call.stream(&DeploymentRequest::new("chat")).await.unwrap();
    while stream.next_chunk().await.unwrap().is_some() {}
    stream
}

/// Otherwise an HTTP library takes the connection for one that is still in use, and closes it.
#[tokio::test]
async fn after_the_end_mark_the_body_is_read_to_its_end() {
    let memory = MemoryTransport::new();
    let reply = Reply::from(fixture::transcript("Hello Jane"));
    memory.reply(reply.read_to_end());
    drop(read(&memory).await);
}

#[tokio::test]
async fn a_body_that_does_not_end_after_the_end_mark_is_dropped() {
    let memory = MemoryTransport::new();
    let reply = || Reply::from(fixture::transcript("Hello Jane"));
    memory.reply(reply().stall()).reply(reply());
    let held = read(&memory).await;
    drop(read(&memory).await);
    assert_eq!(memory.most_in_flight(), 1);
    drop(held);
}
