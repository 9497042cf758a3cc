//! Answers in one piece that aren't what they seem, and refusals that are hard to read.

use std::time::Duration;

use futures::poll;
use orq_core::{Client, ErrorKind, Limits, RetryAdvice, transport::Phase};
use orq_testkit::{MemoryTransport, Reply};

use super::{DONE, HEL, eager, invoke, request};

#[tokio::test]
async fn a_byte_order_mark_costs_neither_the_answer_nor_the_code() {
    let marked = |json: &str| Reply::json_text(format!("\u{feff}{json}"));
    assert_eq!(
        invoke(marked(HEL)).await.unwrap().text().as_deref(),
        Some("Hel")
    );
    let refusal = marked(r#"{"error":{"code":"token_budget_exceeded","message":"No"}}"#);
    let error = invoke(refusal.with_status(429)).await.unwrap_err();
    assert_eq!(
        (error.code(), error.message()),
        (Some("token_budget_exceeded"), Some("No"))
    );
}

#[tokio::test]
async fn an_error_beside_an_empty_choice_is_an_error() {
    let body = r#"{"error":{"code":502,"message":"Provider disconnected"},"choices":[{"index":0,"message":{"content":""},"finish_reason":"error"}]}"#;
    let error = invoke(Reply::json_text(body)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Api);
    assert_eq!(
        (error.code(), error.message()),
        (Some("502"), Some("Provider disconnected"))
    );
}

#[tokio::test]
async fn an_error_body_that_is_longer_than_what_is_kept_still_tells_its_code() {
    let details = "x".repeat(Limits::default().error_body);
    let body = format!(r#"{{"error":{{"details":"{details}","code":"quota_exceeded"}}}}"#);
    let error = invoke(Reply::json_text(body).with_status(429))
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some("quota_exceeded"));
    assert_eq!(error.retry_advice(), RetryAdvice::Never);
    assert_eq!(error.body().unwrap().len(), Limits::default().error_body);
}

#[tokio::test]
async fn a_redirect_with_a_text_still_says_where_it_points() {
    let reply = Reply::status(301, "Moved Permanently").header("location", "https://elsewhere/x");
    let error = invoke(reply).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "api error 301: not followed: a redirect to https://elsewhere/x"
    );
    assert_eq!(error.body().unwrap(), "Moved Permanently");
}

#[tokio::test]
async fn a_body_that_is_too_large_says_where_and_shows_its_beginning() {
    let memory = MemoryTransport::new();
    memory.reply_json_text("{\"id\":                  1}");
    let mut limits = Limits::default();
    limits.response_body = 5;
    let builder = Client::builder(memory.handle()).api_key("test-key");
    let client = builder.limits(limits).build().unwrap();
    let error = client.deployments().invoke(&request()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.phase()),
        (ErrorKind::TooLarge, Some(Phase::Body))
    );
    assert_eq!(error.body().unwrap(), "{\"id\"");
}

#[tokio::test]
async fn work_that_was_done_is_not_done_again_though_a_header_asks_for_it() {
    let failed = r#"{"error":{"message":"No"}}"#;
    for reply in [
        Reply::json_text("[]"),
        Reply::json_text(failed),
        Reply::sse([failed]),
        Reply::sse([HEL]),
    ] {
        let memory = MemoryTransport::new();
        memory.reply(reply.header("x-should-retry", "true"));
        let error = eager(&memory)
            .deployments()
            .invoke(&request())
            .await
            .unwrap_err();
        assert_eq!(error.attempts().len(), 1, "{error}");
        assert_ne!(error.retry_advice(), RetryAdvice::Safe, "{error}");
    }
}

#[tokio::test]
async fn a_wait_beyond_all_bounds_is_not_taken_for_none() {
    let century = Duration::from_secs(100 * 365 * 24 * 3600);
    for (name, value) in [
        ("retry-after", "18446744073709551615"),
        ("retry-after", "99999999999999999999999"),
        ("retry-after-ms", "99999999999999999999999999999"),
        ("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT"),
    ] {
        let memory = MemoryTransport::new();
        memory.reply(
            Reply::status(503, "busy")
                .header(name, value)
                .header("date", "Fri, 27 Nov 2026 00:00:00 GMT"),
        );
        memory.reply_sse([HEL, DONE]).allow_unused();
        let mut call = eager(&memory).deployments().stream(&request());
        for _ in 0..2 {
            assert!(poll!(&mut call).is_pending(), "{name}: {value}");
            memory.timer().advance(century);
        }
        assert!(poll!(&mut call).is_pending(), "{name}: {value}");
        assert_eq!(memory.requests().len(), 1, "{name}: {value}");
    }
}

/// Otherwise it looks like an answer in no known format.
#[tokio::test]
async fn an_encoding_that_the_transport_did_not_decode_is_named() {
    let reply = || Reply::json_text("\u{1}\u{2}").header("content-encoding", "br");
    let invoked = invoke(reply()).await.unwrap_err();
    assert_eq!(invoked.kind(), ErrorKind::Decode);
    let memory = MemoryTransport::new();
    memory.reply(reply().header("content-type", "text/event-stream"));
    let deployments = eager(&memory).deployments();
    let streamed = deployments.stream(&request()).await.unwrap_err();
    assert_eq!(streamed.kind(), ErrorKind::Truncated);
    for error in [invoked, streamed] {
        let named = error.to_string().matches("content-encoding \"br\"").count();
        assert_eq!(named, 1, "{error}");
    }
}
