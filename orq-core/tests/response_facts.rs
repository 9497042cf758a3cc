//! What a response and a stream tell of their rate limit and their trace, at any time.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::time::Duration;

use futures::TryStreamExt;
use orq_core::{Client, DeploymentRequest, RateLimit, ResponseMeta, http::Method};
use orq_testkit::{MemoryTransport, Reply};

const HEL: &str = r#"{"choices":[{"index":0,"message":{"content":"Hel"}}]}"#;
const TRACED: &str = r#"{"choices":[],"telemetry":{"trace_id":"of-the-telemetry"}}"#;
const DONE: &str = "[DONE]";

fn request() -> DeploymentRequest {
    DeploymentRequest::new("chat")
}

fn limited(reply: Reply) -> Reply {
    let reply = reply.header("x-ratelimit-limit", "100");
    let reply = reply.header("x-ratelimit-remaining", "99");
    let reply = reply.header("x-ratelimit-reset", "58s");
    let reply = reply.header("x-ratelimit-limit-cost", "10.5");
    let reply = reply.header("x-ratelimit-remaining-cost", "1.25");
    reply.header("x-ratelimit-reset-cost", "1h")
}

fn has_the_limits(meta: &ResponseMeta) {
    let limit = meta.rate_limit();
    assert_eq!((limit.limit, limit.remaining), (Some(100), Some(99)));
    assert_eq!(limit.reset, Some(Duration::from_secs(58)));
    assert_eq!(
        (limit.limit_cost, limit.remaining_cost),
        (Some(10.5), Some(1.25))
    );
    assert_eq!(limit.reset_cost, Some(Duration::from_secs(3600)));
}

fn answering(reply: Reply) -> (MemoryTransport, Client) {
    let memory = MemoryTransport::new();
    memory.reply(reply);
    let client = memory.client();
    (memory, client)
}

#[tokio::test]
async fn the_rate_limit_is_on_the_response_of_every_call() {
    let (memory, client) = answering(limited(Reply::json_text(r#"{"choices":[]}"#)));
    let deployments = client.deployments();
    has_the_limits(deployments.invoke(&request()).await.unwrap().meta());
    memory.reply(limited(Reply::json_text(r#"{"messages":[]}"#)));
    has_the_limits(deployments.get_config(&request()).await.unwrap().meta());
    memory.reply(limited(Reply::json_text(r#"{"data":[]}"#)));
    has_the_limits(deployments.list().await.unwrap().meta());
    memory.reply(limited(Reply::status(204, "")));
    let other = client.request(Method::GET, "/v2/prompts").await.unwrap();
    has_the_limits(other.meta());
}

#[tokio::test]
async fn without_headers_nothing_is_known_of_a_rate_limit() {
    let (_memory, client) = answering(Reply::json_text(r#"{"choices":[]}"#));
    let answer = client.deployments().invoke(&request()).await.unwrap();
    assert_eq!(answer.meta().rate_limit(), RateLimit::default());
}

#[tokio::test]
async fn a_stream_tells_of_its_response_before_its_end_however_it_is_read() {
    let (memory, client) = answering(limited(Reply::sse([HEL, DONE])));
    let open = || client.deployments().stream(&request());
    let stream = open().await.unwrap();
    has_the_limits(stream.meta());
    has_the_limits(stream.finish().await.unwrap().meta());

    memory.reply(limited(Reply::sse([HEL, DONE])));
    let mut text = open().await.unwrap().into_text();
    has_the_limits(text.meta());
    assert_eq!(text.try_next().await.unwrap().as_deref(), Some("Hel"));
    assert_eq!(text.meta().status(), 200);
    has_the_limits(text.finish().await.unwrap().meta());

    memory.reply(limited(Reply::sse([HEL, DONE])));
    let mut deltas = open().await.unwrap().into_deltas();
    has_the_limits(deltas.meta());
    assert!(deltas.try_next().await.unwrap().is_some());
    has_the_limits(deltas.finish().await.unwrap().meta());
}

#[tokio::test]
async fn the_trace_of_the_telemetry_is_known_as_soon_as_it_has_come() {
    let (_memory, client) = answering(Reply::sse([HEL, TRACED, DONE]));
    let mut stream = client.deployments().stream(&request()).await.unwrap();
    for trace_id in [None, None, Some("of-the-telemetry")] {
        assert_eq!(stream.meta().trace_id(), trace_id);
        stream.next_chunk().await.unwrap();
    }
    let answer = stream.finish().await.unwrap();
    assert_eq!(answer.meta().trace_id(), Some("of-the-telemetry"));
}

#[tokio::test]
async fn the_trace_of_the_headers_wins_over_that_of_the_telemetry() {
    let header = |reply: Reply| reply.header("x-orq-trace-id", "of-the-headers");
    for (reply, trace_id) in [
        (Reply::json_text(TRACED), Some("of-the-telemetry")),
        (header(Reply::json_text(TRACED)), Some("of-the-headers")),
        (Reply::json_text(r#"{"choices":[]}"#), None),
        (Reply::sse([TRACED, DONE]), Some("of-the-telemetry")),
        (header(Reply::sse([TRACED, DONE])), Some("of-the-headers")),
    ] {
        let (memory, client) = answering(reply.clone());
        let answer = client.deployments().invoke(&request()).await.unwrap();
        assert_eq!(answer.meta().trace_id(), trace_id, "{reply}");
        memory.reply(reply.clone());
        let stream = client.deployments().stream(&request()).await.unwrap();
        let answer = stream.finish().await.unwrap();
        assert_eq!(answer.meta().trace_id(), trace_id, "{reply}");
    }
}

#[tokio::test]
async fn the_trace_of_the_telemetry_is_in_the_error_of_a_cut_stream() {
    let (_memory, client) = answering(Reply::sse([TRACED, HEL]));
    let stream = client.deployments().stream(&request()).await.unwrap();
    let error = stream.finish().await.unwrap_err();
    assert_eq!(error.trace_id(), Some("of-the-telemetry"));
}
