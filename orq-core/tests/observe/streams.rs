//! Reports of streams: at their end, however they end.

use std::collections::BTreeMap;

use http::StatusCode;
use orq_core::{Client, CompletionStream, model::FinishReason, transport::Operation};
use orq_testkit::{MemoryTransport, Reply};

use super::{DONE, HEL, LO, USAGE, observed, paced, request, secs};

/// The bytes of these events.
fn bytes(events: &[&str]) -> u64 {
    let sizes = events.iter().map(|event| event.len() + "data: \n\n".len());
    sizes.sum::<usize>() as u64
}

async fn stream(client: &Client) -> CompletionStream {
    client.deployments().stream(&request()).await.unwrap()
}

#[tokio::test]
async fn a_stream_is_reported_at_its_end_and_not_before() {
    let memory = MemoryTransport::new();
    memory.reply(paced());
    let (client, reports) = observed(&memory);
    let mut stream = stream(&client).await;
    for _ in 0..3 {
        stream.next_chunk().await.unwrap();
        assert_eq!(reports.count(), 0);
    }
    assert!(stream.next_chunk().await.unwrap().is_none());
    let report = reports.only("complete");
    drop(stream);
    assert_eq!(report.operation, Operation::Stream);
    assert_eq!(report.trace_id.as_deref(), Some("t-1"));
    assert_eq!(report.time_to_head, Some(secs(1)));
    assert_eq!(report.time_to_first_text, Some(secs(1)));
    assert_eq!(report.largest_gap, Some(secs(4)));
    assert_eq!(report.total, Some(secs(6)));
    assert_eq!(report.bytes, bytes(&[HEL, LO, USAGE, DONE]));
    assert_eq!(report.response_id.as_deref(), Some("01J"));
    assert_eq!(report.model.as_deref(), Some("gpt"));
    assert_eq!(report.usage.unwrap().total_tokens, Some(7));
    let reasons = BTreeMap::from([(0, Some(FinishReason::Stop)), (1, None)]);
    assert_eq!(report.finish_reasons, reasons);
    assert_eq!(reports.count(), 0);
}

#[tokio::test]
async fn the_first_text_counts_when_the_caller_gets_it() {
    let memory = MemoryTransport::new();
    let role = r#"{"choices":[{"message":{"role":"assistant","content":""}}]}"#;
    memory.reply(
        Reply::sse([role])
            .after(secs(3))
            .events([HEL, LO, USAGE, DONE]),
    );
    let (client, reports) = observed(&memory);
    stream(&client).await.finish().await.unwrap();
    let report = reports.only("complete");
    assert_eq!(report.time_to_first_text, Some(secs(3)));
    assert_eq!(report.trace_id.as_deref(), Some("t-2"), "of the telemetry");
}

/// Events with the same form as one before, which the client doesn't parse anew.
#[tokio::test]
async fn the_first_text_counts_also_where_its_event_is_like_earlier_ones() {
    let event = |message: &str| format!(r#"{{"choices":[{{"index":0,"message":{message}}}]}}"#);
    let content = |text: &str| event(&format!(r#"{{"content":"{text}"}}"#));
    let thought = |text: &str| event(&format!(r#"{{"content":"","reasoning":"{text}"}}"#));
    let texts = ["", "", "Hel", "lo"].map(content);
    let thoughts = ["a", "b", "c"].map(thought);
    let events = thoughts.iter().chain(&texts).map(String::as_str);
    let events: Vec<_> = events.chain([DONE]).collect();
    for method in 0..4 {
        let memory = MemoryTransport::new();
        memory.reply(Reply::sse(&events).paced(secs(1)).head_after(secs(1)));
        let (client, reports) = observed(&memory);
        let mut stream = stream(&client).await;
        match method {
            0 => while stream.next_text().await.unwrap().is_some() {},
            1 => while stream.next_delta().await.unwrap().is_some() {},
            2 => while stream.next_chunk().await.unwrap().is_some() {},
            _ => drop(stream.finish().await.unwrap()),
        }
        let report = reports.only("complete");
        let total = report.total.unwrap();
        let after_it = secs(2);
        assert_eq!(
            report.time_to_first_text,
            Some(total - after_it),
            "{method}"
        );
    }
}

#[tokio::test]
async fn an_error_event_is_reported_with_what_it_has_of_the_answer() {
    let failure = r#"{"id":"01J","error":{"message":"overloaded"},"choices":[{"index":0,"message":{"content":"!"},"finish_reason":"error"}],"usage":{"total_tokens":7}}"#;
    let thought = r#"{"choices":[{"index":0,"message":{"reasoning":"hm"}}]}"#;
    let memory = MemoryTransport::new();
    memory.reply_sse([thought, failure]);
    let (client, reports) = observed(&memory);
    let error = stream(&client).await.finish().await.unwrap_err();
    assert_eq!(error.partial().unwrap().text().as_deref(), Some("!"));
    let report = reports.only("stream_error");
    assert_eq!(report.response_id.as_deref(), Some("01J"));
    assert_eq!(report.usage.unwrap().total_tokens, Some(7));
    let reason = report.finish_reasons[&0].as_ref().unwrap();
    assert_eq!(reason.as_str(), "error");
    assert_eq!(report.time_to_first_text, None, "it was in the error only");
}

#[tokio::test]
async fn a_stream_in_json_is_reported_as_a_stream() {
    let memory = MemoryTransport::new();
    memory.reply_json_text(HEL);
    let (client, reports) = observed(&memory);
    stream(&client).await.finish().await.unwrap();
    let report = reports.only("complete");
    assert_eq!(report.response_id.as_deref(), Some("01J"));
    assert_eq!(report.time_to_first_text, Some(secs(0)));
    assert_eq!(report.bytes, HEL.len() as u64);
}

#[tokio::test]
async fn a_stream_that_fails_is_reported_with_what_had_come() {
    let failure = r#"{"error":{"message":"overloaded"}}"#;
    for (events, outcome) in [
        (vec![HEL, LO], "truncated"),
        (vec![HEL, LO, failure], "stream_error"),
        (vec![HEL, LO, "garbage"], "decode"),
    ] {
        let memory = MemoryTransport::new();
        memory.reply(Reply::sse(&events).head_after(secs(1)));
        let (client, reports) = observed(&memory);
        let mut stream = stream(&client).await;
        while let Ok(Some(_)) = stream.next_chunk().await {}
        let report = reports.only(outcome);
        assert_eq!((report.attempts, report.status), (1, Some(StatusCode::OK)));
        assert_eq!(report.bytes, bytes(&events));
        assert_eq!(report.time_to_first_text, Some(secs(1)));
        assert_eq!((report.usage, report.finish_reasons.len()), (None, 2));
        stream.finish().await.unwrap_err();
        assert_eq!(reports.count(), 0, "{outcome}");
    }
}

#[tokio::test]
async fn a_stream_that_fails_before_its_first_chunk_is_a_failed_call() {
    let memory = MemoryTransport::new();
    memory.reply_sse([r#"{"error":{"message":"overloaded"}}"#]);
    let (client, reports) = observed(&memory);
    client.deployments().stream(&request()).await.unwrap_err();
    assert_eq!(reports.only("stream_error").time_to_first_text, None);
}

#[tokio::test]
async fn a_stream_that_is_dropped_is_reported_with_what_had_come() {
    let memory = MemoryTransport::new();
    memory.reply(paced());
    let (client, reports) = observed(&memory);
    let mut stream = stream(&client).await;
    assert!(stream.next_text().await.unwrap().is_some());
    assert!(stream.next_text().await.unwrap().is_some());
    drop(stream.into_text());
    let report = reports.only("dropped");
    assert_eq!(
        (report.total, report.bytes),
        (Some(secs(5)), bytes(&[HEL, LO]))
    );
    let reasons = BTreeMap::from([(0, Some(FinishReason::Stop)), (1, None)]);
    assert_eq!(report.finish_reasons, reasons);
}

#[tokio::test]
async fn an_answer_of_invoke_in_events_is_reported_once() {
    let memory = MemoryTransport::new();
    memory.reply(paced());
    let (client, reports) = observed(&memory);
    client.deployments().invoke(&request()).await.unwrap();
    let report = reports.only("complete");
    assert_eq!(
        (report.operation, report.total),
        (Operation::Invoke, Some(secs(6)))
    );
    assert_eq!(report.usage.unwrap().total_tokens, Some(7));
    assert_eq!(report.finish_reasons.len(), 2);
}

#[tokio::test]
async fn an_answer_of_invoke_in_events_that_was_cut_is_reported_with_what_had_come() {
    let failure = r#"{"error":{"message":"overloaded"}}"#;
    for (events, outcome) in [
        (vec![HEL, LO, USAGE], "truncated"),
        (vec![HEL, LO, USAGE, failure], "stream_error"),
    ] {
        let memory = MemoryTransport::new();
        memory.reply_sse(events);
        let (client, reports) = observed(&memory);
        client.deployments().invoke(&request()).await.unwrap_err();
        let report = reports.only(outcome);
        assert_eq!(report.usage.unwrap().total_tokens, Some(7));
        assert_eq!(report.response_id.as_deref(), Some("01J"));
        let reasons = BTreeMap::from([(0, Some(FinishReason::Stop)), (1, None)]);
        assert_eq!(report.finish_reasons, reasons);
    }
}

#[tokio::test]
async fn a_stream_whose_opening_was_repeated_is_one_report() {
    let memory = MemoryTransport::new();
    memory.reply_status(429, "").reply(paced());
    let (client, reports) = observed(&memory);
    stream(&client).await.into_deltas().finish().await.unwrap();
    let report = reports.only("complete");
    assert_eq!((report.attempts, report.total), (2, Some(secs(8))));
    assert_eq!(report.time_to_head, Some(secs(3)));
    assert_eq!(report.time_to_first_text, Some(secs(3)));
}

#[tokio::test]
async fn nothing_empty_overwrites_what_is_reported() {
    let memory = MemoryTransport::new();
    memory.reply(Reply::sse([
        r#"{"id":"","model":"","telemetry":{"trace_id":""},"choices":[]}"#,
        r#"{"id":"1","model":"m","telemetry":{"trace_id":"t"},"usage":{"prompt_tokens":3},"choices":[{"finish_reason":"stop"}]}"#,
        r#"{"usage":{"completion_tokens":2,"prompt_tokens":null},"choices":[{"finish_reason":""}]}"#,
        r#"{"usage":{},"choices":[]}"#,
        DONE,
    ]));
    let (client, reports) = observed(&memory);
    let answer = stream(&client).await.finish().await.unwrap();
    assert_eq!(answer.meta().trace_id(), Some("t"));
    let report = reports.only("complete");
    let texts = [&report.response_id, &report.model, &report.trace_id];
    assert_eq!(
        texts.map(Option::as_deref),
        [Some("1"), Some("m"), Some("t")]
    );
    assert_eq!(report.usage.as_ref(), answer.usage());
    let reasons = BTreeMap::from([(0, Some(FinishReason::Stop))]);
    assert_eq!(report.finish_reasons, reasons);
}
