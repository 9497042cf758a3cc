//! What the client makes of event streams, row by row of what servers have been seen to send.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use futures::{StreamExt, TryStreamExt};
use orq_core::{
    Client, CompletionStream, Delta, DeploymentRequest, Error, ErrorKind, Limits, Response,
    model::Completion,
    transport::{Delivery, Phase},
};
use orq_testkit::{Fault, MemoryTransport, Reply};

const HEL: &str = r#"{"id":"1","choices":[{"index":0,"message":{"type":"content","role":"assistant","content":"Hel"}}]}"#;
const LO: &str = r#"{"id":"1","choices":[{"index":0,"message":{"type":"content","role":"assistant","content":"lo"}}]}"#;
const FINAL: &str = r#"{"id":"1","is_final":true,"choices":[{"index":0,"message":{"content":"!"},"finish_reason":"stop"}]}"#;
const USAGE: &str = r#"{"id":"1","choices":[],"usage":{"total_tokens":7}}"#;
const DONE: &str = "[DONE]";

async fn open(reply: Reply) -> Result<CompletionStream, Error> {
    let memory = MemoryTransport::new();
    memory.reply(reply);
    memory
        .client()
        .deployments()
        .stream(&DeploymentRequest::new("chat"))
        .await
}

async fn finish(reply: Reply) -> Result<Response<Completion>, Error> {
    open(reply).await?.finish().await
}

async fn whole<const N: usize>(events: [&str; N]) -> Response<Completion> {
    finish(Reply::sse(events)).await.unwrap()
}

#[tokio::test]
async fn a_chunk_is_the_events_data_and_done_ends_the_stream() {
    let mut stream = open(Reply::sse([HEL, LO, DONE])).await.unwrap();
    let first = stream.next_chunk().await.unwrap().unwrap();
    assert_eq!(first.id.as_deref(), Some("1"));
    assert_eq!(first.raw().unwrap(), HEL);
    assert_eq!(stream.so_far().text().as_deref(), Some("Hel"));
    assert!(stream.next_chunk().await.unwrap().is_some());
    assert!(stream.next_chunk().await.unwrap().is_none());
    assert!(stream.next_chunk().await.unwrap().is_none());
    assert_eq!(
        stream.finish().await.unwrap().text().as_deref(),
        Some("Hello")
    );
}

#[tokio::test]
async fn what_follows_done_is_ignored() {
    assert_eq!(
        whole([HEL, DONE, LO, "garbage"]).await.text().as_deref(),
        Some("Hel")
    );
}

#[tokio::test]
async fn an_end_without_done_is_a_cut() {
    let error = finish(Reply::sse([HEL, LO])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated);
    assert_eq!(error.partial().unwrap().text().as_deref(), Some("Hello"));
    assert_eq!(error.status().unwrap(), 200);
    assert_eq!(
        (error.phase(), error.delivery()),
        (Some(Phase::Body), Some(Delivery::Answered))
    );
    assert_eq!(
        error.into_partial().unwrap().text().as_deref(),
        Some("Hello")
    );
}

#[tokio::test]
async fn a_finish_reason_alone_is_no_end() {
    let last = r#"{"choices":[{"index":0,"message":{"content":"."},"finish_reason":"stop"}]}"#;
    let error = finish(Reply::sse([HEL, last])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated);
}

#[tokio::test]
async fn an_end_after_a_final_chunk_is_an_end() {
    let answer = whole([HEL, LO, FINAL]).await;
    assert_eq!(answer.text().as_deref(), Some("Hello!"));
    assert_eq!(answer.is_final, Some(true));
}

#[tokio::test]
async fn the_usage_may_follow_the_final_chunk() {
    let answer = whole([HEL, FINAL, USAGE, DONE]).await;
    assert_eq!(answer.usage.as_option().unwrap().total_tokens, Some(7));
    assert_eq!(answer.is_final, Some(true));
}

#[tokio::test]
async fn a_reset_after_the_final_chunk_is_no_loss() {
    let answer = finish(Reply::sse([HEL, FINAL]).break_off(Fault::Reset))
        .await
        .unwrap();
    assert_eq!(answer.text().as_deref(), Some("Hel!"));
}

#[tokio::test]
async fn a_reset_before_the_final_chunk_keeps_what_arrived() {
    let error = finish(Reply::sse([HEL, LO]).break_off(Fault::Reset))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Closed);
    assert_eq!(error.partial().unwrap().text().as_deref(), Some("Hello"));
}

#[tokio::test]
async fn a_failed_stream_does_not_finish_well() {
    let mut stream = open(Reply::sse([HEL])).await.unwrap();
    assert!(stream.next().await.unwrap().is_ok());
    assert!(stream.next().await.unwrap().is_err());
    assert!(stream.next().await.is_none());
    let error = stream.finish().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated);
    assert_eq!(error.partial().unwrap().text().as_deref(), Some("Hel"));
}

#[tokio::test]
async fn text_deltas_join_by_choice_index() {
    let mixed = r#"{"choices":[{"index":1,"message":{"content":"B"}},{"index":0,"message":{"content":"A"}}]}"#;
    let more = r#"{"choices":[{"index":1,"message":{"content":"b"}}]}"#;
    let answer = whole([mixed, more, DONE]).await;
    let texts: Vec<_> = answer
        .choices
        .iter()
        .map(|choice| {
            (
                choice.index,
                choice
                    .message
                    .as_ref()
                    .unwrap()
                    .content
                    .as_option()
                    .unwrap()
                    .text(),
            )
        })
        .collect();
    assert_eq!(texts, [(Some(0), "A".into()), (Some(1), "Bb".into())]);
}

#[tokio::test]
async fn content_that_is_null_or_absent_adds_nothing() {
    let null = r#"{"choices":[{"index":0,"message":{"content":null}}]}"#;
    let absent = r#"{"choices":[{"index":0,"message":{"role":"assistant"}}]}"#;
    assert_eq!(
        whole([null, HEL, null, absent, LO, DONE])
            .await
            .text()
            .as_deref(),
        Some("Hello")
    );
}

#[tokio::test]
async fn a_chunk_with_a_finish_reason_may_carry_content() {
    let answer = whole([HEL, FINAL, DONE]).await;
    assert_eq!(answer.text().as_deref(), Some("Hel!"));
    assert_eq!(answer.finish_reason().unwrap().as_str(), "stop");
}

#[tokio::test]
async fn finish_reasons_of_every_kind() {
    for reason in [
        "stop",
        "length",
        "max_tokens",
        "tool_calls",
        "content_filter",
        "tomorrows_reason",
    ] {
        let last = format!(
            r#"{{"choices":[{{"index":0,"message":{{"content":"."}},"finish_reason":"{reason}"}}]}}"#
        );
        let answer = finish(Reply::sse([HEL, &last, DONE])).await.unwrap();
        assert_eq!(answer.finish_reason().unwrap().as_str(), reason);
    }
}

#[tokio::test]
async fn no_choices_with_and_without_usage() {
    let answer = whole([r#"{"id":"1","choices":[]}"#, HEL, USAGE, DONE]).await;
    assert_eq!(answer.text().as_deref(), Some("Hel"));
    assert_eq!(answer.usage.as_option().unwrap().total_tokens, Some(7));
}

#[tokio::test]
async fn tool_calls_join_by_index() {
    let answer = whole([
        r#"{"choices":[{"index":0,"message":{"type":"tool_calls","role":"assistant","tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"weather","arguments":""}}]}}]}"#,
        r#"{"choices":[{"index":0,"message":{"tool_calls":[{"index":1,"id":"b","type":"function","function":{"name":"time","arguments":"{"}}]}}]}"#,
        r#"{"choices":[{"index":0,"message":{"tool_calls":[{"index":0,"function":{"arguments":"{\"city\":"}},{"index":0,"function":{"arguments":"\"Oslo\"}"}}]}}]}"#,
        r#"{"choices":[{"index":0,"message":{"tool_calls":[{"index":1,"function":{"arguments":"}"}}]},"finish_reason":"tool_calls"}]}"#,
        DONE,
    ])
    .await;
    let calls: Vec<_> = answer
        .tool_calls()
        .iter()
        .map(|call| {
            (
                call.id.as_deref().unwrap(),
                call.name(),
                call.function
                    .as_ref()
                    .unwrap()
                    .arguments
                    .as_deref()
                    .unwrap(),
            )
        })
        .collect();
    assert_eq!(
        calls,
        [("a", "weather", r#"{"city":"Oslo"}"#), ("b", "time", "{}")]
    );
}

#[tokio::test]
async fn tool_calls_without_index_join_by_position() {
    let answer = whole([
        r#"{"choices":[{"index":0,"message":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"1"}},{"id":"b","function":{"name":"g","arguments":"2"}}]}}]}"#,
        r#"{"choices":[{"index":0,"message":{"tool_calls":[{"function":{"arguments":"1"}},{"function":{"arguments":"2"}}]}}]}"#,
        DONE,
    ])
    .await;
    let arguments: Vec<_> = answer
        .tool_calls()
        .iter()
        .map(|call| call.function.as_ref()?.arguments.as_deref())
        .collect();
    assert_eq!(arguments, [Some("11"), Some("22")]);
}

#[tokio::test]
async fn another_id_at_the_same_index_is_another_call() {
    let answer = whole([
        r#"{"choices":[{"index":0,"message":{"tool_calls":[{"index":0,"id":"a","thought_signature":"s","function":{"name":"f","arguments":"{}"}}]}}]}"#,
        r#"{"choices":[{"index":0,"message":{"tool_calls":[{"index":0,"id":"b","function":{"name":"f","arguments":"{}"}}]}}]}"#,
        DONE,
    ])
    .await;
    let calls = answer.tool_calls();
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0].thought_signature.as_deref(), Some("s"));
    assert_eq!(
        calls[1].function.as_ref().unwrap().arguments.as_deref(),
        Some("{}")
    );
}

#[tokio::test]
async fn the_final_chunk_brings_the_retrievals() {
    let last = r#"{"is_final":true,"choices":[],"retrievals":[{"document":"d","metadata":{"file_name":"f","page_number":null,"file_type":"pdf","search_score":0.5}}]}"#;
    let answer = whole([HEL, last, DONE]).await;
    assert_eq!(
        answer.retrievals.as_ref().unwrap()[0].document.as_deref(),
        Some("d")
    );
}

#[tokio::test]
async fn usage_is_taken_wherever_it_comes() {
    let early =
        r#"{"choices":[{"index":0,"message":{"content":"Hel"}}],"usage":{"total_tokens":3}}"#;
    let null = r#"{"choices":[{"index":0,"message":{"content":"lo"}}],"usage":null}"#;
    let answer = whole([early, null, DONE]).await;
    assert_eq!(answer.usage.as_option().unwrap().total_tokens, Some(3));
}

#[tokio::test]
async fn reasoning_arrives_as_deltas() {
    let answer = whole([
        r#"{"choices":[{"index":0,"message":{"reasoning":"Let me "}}]}"#,
        r#"{"choices":[{"index":0,"message":{"reasoning":"think.","reasoning_signature":"sig"}}]}"#,
        HEL,
        DONE,
    ])
    .await;
    assert_eq!(answer.reasoning(), Some("Let me think."));
    assert_eq!(
        answer.choices[0]
            .message
            .as_ref()
            .unwrap()
            .reasoning_signature
            .as_deref(),
        Some("sig")
    );
}

#[tokio::test]
async fn an_error_object_in_mid_stream() {
    let error = finish(Reply::sse([
        HEL,
        r#"{"error":{"message":"Provider gone","code":"provider_error"}}"#,
        LO,
    ]))
    .await
    .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StreamError);
    assert_eq!(
        (error.code(), error.message()),
        (Some("provider_error"), Some("Provider gone"))
    );
    assert_eq!(error.partial().unwrap().text().as_deref(), Some("Hel"));
}

#[tokio::test]
async fn an_error_event_with_any_of_the_bodies() {
    let bodies = [
        (
            r#"{"error":{"code":"c","message":"m","doc_url":"d"}}"#,
            Some("c"),
            "m",
        ),
        (
            r#"{"id":"1","code":404,"error":"m","source":"provider"}"#,
            Some("404"),
            "m",
        ),
        (r#"{"code":7,"message":"m"}"#, Some("7"), "m"),
        (r#"{"message":"m"}"#, None, "m"),
        (
            r#"{"error":{"message":"m","type":"t","param":null,"code":"c"}}"#,
            Some("c"),
            "m",
        ),
        ("overloaded", None, "overloaded"),
        ("", None, "the server reported an error"),
    ];
    for (body, code, message) in bodies {
        let chunks = [
            format!("data: {HEL}\n\n"),
            format!("event: error\ndata: {body}\n\n"),
        ];
        let error = finish(Reply::sse_chunks(chunks)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StreamError, "{body}");
        assert_eq!((error.code(), error.message()), (code, Some(message)));
        assert_eq!(error.partial().unwrap().text().as_deref(), Some("Hel"));
    }
    for event_type in ["Error", "ERROR", " error\t"] {
        let event = format!("event:{event_type}\ndata: {{\"message\":\"m\"}}\n\n");
        let error = finish(Reply::sse_chunks([event])).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StreamError, "{event_type}");
        assert_eq!(error.message(), Some("m"));
    }
    // Outside of an error event, what has the shape of an error and no choices is one too.
    for (body, code, message) in &bodies[..5] {
        let error = finish(Reply::sse([HEL, body])).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StreamError, "{body}");
        assert_eq!((error.code(), error.message()), (*code, Some(*message)));
    }
}

#[tokio::test]
async fn an_error_as_the_first_event_fails_the_call() {
    let error = open(Reply::sse([r#"{"error":{"message":"No"}}"#]))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.message()),
        (ErrorKind::StreamError, Some("No"))
    );
    let error = open(Reply::sse_chunks([": nothing but this\n\n"]))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated);
}

#[tokio::test]
async fn comments_keep_the_stream_alive_and_mean_nothing() {
    let chunks = [
        ": ping\n\n".to_owned(),
        format!("data: {HEL}\n\n: ping\n\n"),
        ": ping\n\ndata: [DONE]\n\n".into(),
    ];
    assert_eq!(
        finish(Reply::sse_chunks(chunks))
            .await
            .unwrap()
            .text()
            .as_deref(),
        Some("Hel")
    );
}

#[tokio::test]
async fn events_without_data_and_of_unknown_type_mean_nothing() {
    let chunks = [
        "event: ping\ndata: 7\n\n".to_owned(),
        "data:\n\n".into(),
        format!("event: delta\nid: 3\nretry: 10\ndata: {HEL}\n\n"),
        "data: [DONE]\n\n".into(),
    ];
    let stream = open(Reply::sse_chunks(chunks)).await.unwrap();
    let answer = stream.finish().await.unwrap();
    assert_eq!(
        answer.text().as_deref(),
        Some("Hel"),
        "an object is a chunk, whatever its type"
    );
    assert_eq!(answer.meta().warnings().len(), 1);
}

#[tokio::test]
async fn done_glued_to_the_last_chunk() {
    assert_eq!(
        whole([HEL, &format!("{LO}[DONE]")]).await.text().as_deref(),
        Some("Hello")
    );
    assert_eq!(
        whole([HEL, &format!("{LO}\n[DONE]")])
            .await
            .text()
            .as_deref(),
        Some("Hello")
    );
}

#[tokio::test]
async fn several_objects_in_one_event() {
    assert_eq!(
        whole([&format!("{HEL}{LO}"), DONE]).await.text().as_deref(),
        Some("Hello")
    );
    assert_eq!(
        whole([&format!("{HEL}\n{LO}\n[DONE]")])
            .await
            .text()
            .as_deref(),
        Some("Hello")
    );
}

#[tokio::test]
async fn an_event_that_cannot_be_read_is_an_error_with_what_arrived() {
    for garbage in ["{\"choices\":", "hello", "7", "[1]", &format!("{LO} hello")] {
        let error = finish(Reply::sse([HEL, garbage, DONE])).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{garbage}");
        assert!(error.partial().unwrap().text().unwrap().starts_with("Hel"));
    }
}

#[tokio::test]
async fn garbage_after_the_final_chunk_is_no_loss_but_an_error_is_an_error() {
    let answer = whole([HEL, FINAL, "{\"choices\":"]).await;
    assert_eq!(answer.text().as_deref(), Some("Hel!"));
    let error = finish(Reply::sse([
        HEL,
        FINAL,
        r#"{"error":{"message":"Not billed"}}"#,
    ]))
    .await
    .unwrap_err();
    assert_eq!(
        (error.kind(), error.message()),
        (ErrorKind::StreamError, Some("Not billed"))
    );
}

#[tokio::test]
async fn an_answer_that_outgrows_the_limit_can_be_read_but_not_finished() {
    let limits = Limits::default().completion(HEL.len() + LO.len());
    let memory = MemoryTransport::new();
    let client = Client::builder(memory.handle())
        .api_key("k")
        .limits(limits)
        .build()
        .unwrap();
    let open = || {
        memory.reply_sse([HEL, LO, FINAL, DONE]);
        client.deployments().stream(&DeploymentRequest::new("chat"))
    };
    let mut stream = open().await.unwrap();
    let mut text = String::new();
    while let Some(piece) = stream.next_text().await.unwrap() {
        text.push_str(piece);
    }
    assert_eq!(text, "Hello!");
    assert_eq!(stream.so_far().text().as_deref(), Some("Hello"));
    let error = stream.finish().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert_eq!(error.partial().unwrap().text().as_deref(), Some("Hello"));

    let deltas: Vec<_> = open().await.unwrap().into_deltas().collect().await;
    assert_eq!(deltas.len(), 3);
    assert_eq!(deltas[2].as_ref().unwrap_err().kind(), ErrorKind::TooLarge);
}

#[tokio::test]
async fn an_event_that_outgrows_the_limit_is_an_error() {
    let mut limits = Limits::default();
    (limits.event, limits.event_line) = (100, 100);
    let memory = MemoryTransport::new();
    memory.reply_sse([&"x".repeat(101)]);
    let client = Client::builder(memory.handle())
        .api_key("k")
        .limits(limits)
        .build()
        .unwrap();
    let error = client
        .deployments()
        .stream(&DeploymentRequest::new("chat"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}

#[tokio::test]
async fn a_body_that_outgrows_the_limit_is_an_error() {
    let mut limits = Limits::default();
    limits.response_body = 20;
    for (chunks, too_large) in [
        (vec![&b"{\"choices\":[]}     "[..], b""], false),
        (vec![b"{\"choices\":[]}     ", b"  "], true),
        (vec![b"{\"choices\":[]}       "], true),
        (vec![b"{\"choices\":[]", b"}      "], false),
        (vec![b"{\"choices\":[]", b"}       "], true),
    ] {
        let memory = MemoryTransport::new();
        memory.reply(Reply::json_text("").chunks(chunks));
        let client = Client::builder(memory.handle())
            .api_key("k")
            .limits(limits.clone())
            .build()
            .unwrap();
        let answer = client
            .deployments()
            .invoke(&DeploymentRequest::new("chat"))
            .await;
        assert_eq!(
            answer.map_err(|error| error.kind()).err(),
            too_large.then_some(ErrorKind::TooLarge)
        );
    }
}

#[tokio::test]
async fn the_same_stream_through_invoke() {
    let memory = MemoryTransport::new();
    memory.reply_sse([HEL, LO, DONE]);
    let call = memory
        .client()
        .deployments()
        .stream(&DeploymentRequest::new("chat"))
        .via_invoke();
    assert_eq!(
        call.await
            .unwrap()
            .finish()
            .await
            .unwrap()
            .text()
            .as_deref(),
        Some("Hello")
    );
    let requests = memory.requests();
    assert_eq!(requests[0].path(), "/v2/deployments/invoke");
    assert_eq!(requests[0].text(), r#"{"key":"chat","stream":true}"#);
    assert_eq!(requests[0].header("accept"), Some("text/event-stream"));
}

#[tokio::test]
async fn an_event_stream_answered_to_invoke_is_assembled() {
    let memory = MemoryTransport::new();
    memory.reply_sse([HEL, LO, DONE]).reply_sse([HEL]);
    let deployments = memory.client().deployments();
    let answer = deployments
        .invoke(&DeploymentRequest::new("chat"))
        .await
        .unwrap();
    assert_eq!(answer.text().as_deref(), Some("Hello"));
    assert_eq!(answer.body(), None);
    let error = deployments
        .invoke(&DeploymentRequest::new("chat"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated);
}

#[tokio::test]
async fn json_answered_to_stream_is_one_chunk() {
    let mut stream = open(Reply::json_text(HEL)).await.unwrap();
    assert_eq!(stream.next_text().await.unwrap(), Some("Hel"));
    assert!(stream.next_chunk().await.unwrap().is_none());
    assert_eq!(
        stream.finish().await.unwrap().text().as_deref(),
        Some("Hel")
    );
    let error = open(Reply::json_text(r#"{"error":{"message":"No"}}"#))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.message()),
        (ErrorKind::Api, Some("No"))
    );
    let error = open(Reply::json_text(r#"{"message":"No"}"#).with_status(404))
        .await
        .unwrap_err();
    assert!(error.is_not_found());
    let error = open(Reply::status(200, "<html>").header("content-type", "text/html"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    let error = open(Reply::status(204, "")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoContent);
}

#[tokio::test]
async fn text_and_deltas_as_streams() {
    let text: Vec<_> = open(Reply::sse([HEL, LO, USAGE, DONE]))
        .await
        .unwrap()
        .into_text()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(text, ["Hel", "lo"]);

    let call = r#"{"choices":[{"index":0,"message":{"reasoning":"hm","tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]}}]}"#;
    let deltas = open(Reply::sse([HEL, call, FINAL, USAGE, DONE]))
        .await
        .unwrap()
        .into_deltas();
    let deltas: Vec<_> = deltas
        .map_ok(|delta| kind(&delta))
        .try_collect()
        .await
        .unwrap();
    let expected = [
        "text Hel",
        "reasoning hm",
        "start 0 f",
        "arguments 0 {}",
        "text !",
        "finish stop",
        "usage Some(7)",
    ];
    assert_eq!(deltas, expected);
}

fn kind(delta: &Delta) -> String {
    match delta {
        Delta::Text {
            choice: 0, text, ..
        } => format!("text {text}"),
        Delta::Reasoning {
            choice: 0, text, ..
        } => format!("reasoning {text}"),
        Delta::ToolCallStart {
            choice: 0,
            index,
            name,
            ..
        } => format!("start {index} {}", name.as_deref().unwrap()),
        Delta::ToolCallArguments {
            choice: 0,
            index,
            arguments,
            ..
        } => format!("arguments {index} {arguments}"),
        Delta::Finish {
            choice: 0, reason, ..
        } => format!("finish {reason}"),
        Delta::Usage(usage) => format!("usage {:?}", usage.total_tokens),
        other => panic!("unexpected: {other:?}"),
    }
}

#[tokio::test]
async fn the_trace_id_comes_from_the_telemetry_too() {
    let traced = r#"{"telemetry":{"trace_id":"t","span_id":"s"},"choices":[]}"#;
    assert_eq!(whole([traced, DONE]).await.meta().trace_id(), Some("t"));
    let error = finish(Reply::sse([traced])).await.unwrap_err();
    assert_eq!(error.trace_id(), Some("t"));
}
