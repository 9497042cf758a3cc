//! The deltas of a stream, their JSON, and the ways to read one stream, page or item after the other.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use futures::{StreamExt, TryStreamExt};
use orq_core::{CompletionStream, Delta, DeploymentRequest, ErrorKind};
use orq_testkit::{MemoryTransport, Reply};
use serde_json::{Value, json};

const MANY: &str = r#"{"choices":[{"index":0,"message":{"reasoning":"Hm","content":"Hel"}},{"index":1,"message":{"content":"Hi"},"finish_reason":"stop"}]}"#;
const LO: &str = r#"{"choices":[{"index":0,"message":{"content":"lo"},"finish_reason":"stop"}]}"#;
const USAGE: &str = r#"{"choices":[],"usage":{"total_tokens":7}}"#;
const DONE: &str = "[DONE]";

async fn open<const N: usize>(events: [&str; N]) -> CompletionStream {
    let memory = MemoryTransport::new();
    memory.reply(Reply::sse(events)).allow_unread();
    let deployments = memory.client().deployments();
    deployments
        .stream(&DeploymentRequest::new("chat"))
        .await
        .unwrap()
}

/// The JSON of all deltas of a stream with this one chunk.
async fn deltas_of(chunk: Value) -> Value {
    let stream = open([&*chunk.to_string(), DONE]).await;
    let deltas: Vec<_> = stream.into_deltas().try_collect().await.unwrap();
    serde_json::to_value(deltas).unwrap()
}

fn message(message: Value) -> Value {
    json!({ "choices": [{ "index": 3, "message": message }] })
}

#[tokio::test]
async fn each_delta_has_a_type_and_its_fields_in_json() {
    let function = json!({ "name": "weather", "arguments": "{}" });
    for (chunk, expected) in [
        (
            message(json!({ "content": "Hel" })),
            json!([{ "type": "text", "choice": 3, "text": "Hel" }]),
        ),
        (
            message(json!({ "reasoning": "Hm" })),
            json!([{ "type": "reasoning", "choice": 3, "text": "Hm" }]),
        ),
        (
            message(json!({ "refusal": "No" })),
            json!([{ "type": "refusal", "choice": 3, "text": "No" }]),
        ),
        (
            message(json!({ "tool_calls": [{ "index": 9, "id": "c-1", "function": function }] })),
            json!([
                { "type": "tool_call_start", "choice": 3, "index": 0, "id": "c-1", "name": "weather" },
                { "type": "tool_call_arguments", "choice": 3, "index": 0, "arguments": "{}" },
            ]),
        ),
        (
            message(json!({ "tool_calls": [{ "index": 0 }] })),
            json!([{ "type": "tool_call_start", "choice": 3, "index": 0, "id": null, "name": null }]),
        ),
        (
            message(json!({ "type": "image", "url": "https://a/b.png" })),
            json!([{ "type": "image_url", "choice": 3, "url": "https://a/b.png" }]),
        ),
        (
            json!({ "choices": [{ "index": 3, "finish_reason": "tool_calls" }] }),
            json!([{ "type": "finish", "choice": 3, "reason": "tool_calls" }]),
        ),
        (
            json!({ "choices": [{ "index": 3, "finish_reason": "of_tomorrow" }] }),
            json!([{ "type": "finish", "choice": 3, "reason": "of_tomorrow" }]),
        ),
        (
            json!({ "choices": [], "usage": { "total_tokens": 7, "cost": 0.5 } }),
            json!([{ "type": "usage", "total_tokens": 7, "cost": 0.5 }]),
        ),
    ] {
        assert_eq!(deltas_of(chunk.clone()).await, expected, "{chunk}");
    }
}

#[tokio::test]
async fn what_adds_nothing_is_no_delta() {
    for chunk in [
        message(json!({ "role": "assistant", "content": "" })),
        message(json!({ "content": null, "reasoning": "", "refusal": null })),
        json!({ "id": "1", "choices": [] }),
        json!({ "choices": [{ "index": 3, "finish_reason": null }], "usage": null }),
    ] {
        assert_eq!(deltas_of(chunk.clone()).await, json!([]), "{chunk}");
    }
}

#[tokio::test]
async fn next_delta_takes_a_chunk_apart_in_its_order_and_ends() {
    let mut stream = open([MANY, LO, USAGE, DONE]).await;
    let mut seen = Vec::new();
    while let Some(delta) = stream.next_delta().await.unwrap() {
        seen.push(match delta {
            Delta::Text { choice, text, .. } => format!("{choice} {text}"),
            Delta::Reasoning { choice, text, .. } => format!("{choice} thinks {text}"),
            Delta::Finish { choice, reason, .. } => format!("{choice} ends {reason}"),
            Delta::Usage(usage) => format!("{:?} tokens", usage.total_tokens),
            other => format!("{other:?}"),
        });
    }
    let expected = [
        "0 thinks Hm",
        "0 Hel",
        "1 Hi",
        "1 ends stop",
        "0 lo",
        "0 ends stop",
        "Some(7) tokens",
    ];
    assert_eq!(seen, expected);
    assert!(stream.next_delta().await.unwrap().is_none());
    assert_eq!(
        stream.finish().await.unwrap().text().as_deref(),
        Some("Hello")
    );
}

#[tokio::test]
async fn reading_a_chunk_skips_the_deltas_of_the_one_before_that_are_left() {
    let mut stream = open([MANY, LO, USAGE, DONE]).await;
    let first = stream.next_delta().await.unwrap().unwrap();
    assert!(matches!(first, Delta::Reasoning { .. }), "{first:?}");
    let chunk = stream.next_chunk().await.unwrap().unwrap();
    assert_eq!(chunk.raw(), Some(LO));
    let next = stream.next_delta().await.unwrap().unwrap();
    assert!(matches!(next, Delta::Usage(_)), "{next:?}");
    let answer = stream.finish().await.unwrap();
    assert_eq!(answer.text().as_deref(), Some("Hello"), "nothing is lost");
}

#[tokio::test]
async fn the_end_after_a_delta_is_reached_by_any_method() {
    let mut stream = open([MANY, DONE]).await;
    assert!(stream.next_delta().await.unwrap().is_some());
    assert!(stream.next_text().await.unwrap().is_none());
    assert!(stream.next_delta().await.unwrap().is_none(), "skipped");
    assert!(stream.next_chunk().await.unwrap().is_none());
}

#[tokio::test]
async fn deltas_that_were_begun_go_on_as_a_stream() {
    let mut stream = open([MANY, LO, DONE]).await;
    assert!(stream.next_delta().await.unwrap().is_some());
    let rest: Vec<_> = stream.into_deltas().try_collect().await.unwrap();
    assert_eq!(rest.len(), 5);
}

#[tokio::test]
async fn a_failure_ends_the_deltas_after_those_that_came_before_it() {
    let mut stream = open([MANY]).await;
    for _ in 0..4 {
        assert!(stream.next_delta().await.unwrap().is_some());
    }
    let error = stream.next_delta().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated);
    assert_eq!(error.partial().unwrap().text().as_deref(), Some("Hel"));
    assert!(stream.next_delta().await.unwrap().is_none());
    assert_eq!(
        stream.finish().await.unwrap_err().kind(),
        ErrorKind::Truncated
    );
}

fn two_pages() -> MemoryTransport {
    let memory = MemoryTransport::new();
    memory.reply_json(json!({ "data": [{ "id": "c" }, { "id": "b" }], "has_more": true }));
    memory.reply_json(json!({ "data": [{ "id": "a" }], "has_more": false }));
    memory
}

#[tokio::test]
async fn next_page_and_next_item_walk_to_the_end_and_stay_there() {
    let memory = two_pages();
    let mut pages = memory.client().deployments().list().pages();
    let mut sizes = Vec::new();
    while let Some(page) = pages.next_page().await.unwrap() {
        sizes.push(page.data.len());
    }
    assert_eq!(sizes, [2, 1]);
    assert!(pages.next_page().await.unwrap().is_none());

    let memory = two_pages();
    let mut items = memory.client().deployments().list().items();
    let mut ids = Vec::new();
    while let Some(item) = items.next_item().await.unwrap() {
        ids.push(item.id.unwrap());
    }
    assert_eq!(ids, ["c", "b", "a"]);
    assert!(items.next_item().await.unwrap().is_none());
}

#[tokio::test]
async fn next_item_goes_on_where_the_stream_was() {
    let memory = two_pages();
    let mut items = memory.client().deployments().list().items();
    let first = items.next().await.unwrap().unwrap();
    let second = items.next_item().await.unwrap().unwrap();
    assert_eq!(
        (first.id.as_deref(), second.id.as_deref()),
        (Some("c"), Some("b"))
    );
    assert_eq!(memory.requests().len(), 1);
    assert_eq!(items.count().await, 1);
}

#[tokio::test]
async fn a_page_that_fails_is_an_error_and_then_the_end() {
    let memory = MemoryTransport::new();
    memory.reply_status(400, "no").reply_status(400, "no");
    let mut pages = memory.client().deployments().list().pages();
    assert_eq!(pages.next_page().await.unwrap_err().kind(), ErrorKind::Api);
    assert!(pages.next_page().await.unwrap().is_none());
    let mut items = memory.client().deployments().list().items();
    assert_eq!(items.next_item().await.unwrap_err().kind(), ErrorKind::Api);
    assert!(items.next_item().await.unwrap().is_none());
}
