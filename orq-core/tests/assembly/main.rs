//! How the chunks of a stream become one answer, where the plain rule is not enough.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod arguments;
mod labels;
mod overwriting;
mod reader;
mod repeats;
mod tool_calls;

use orq_core::{
    Delta, DeploymentRequest, Response,
    model::{Completion, Message},
    stream::Deltas,
};
use orq_testkit::MemoryTransport;
use serde_json::{Value, json};

async fn deltas(memory: MemoryTransport) -> Deltas {
    let call = memory.client().deployments();
    let stream = call.stream(&DeploymentRequest::new("chat")).await.unwrap();
    stream.into_deltas()
}

async fn whole(chunks: &[Value]) -> Response<Completion> {
    let memory = MemoryTransport::new();
    let events = chunks.iter().map(Value::to_string);
    memory.reply_sse(events.chain(["[DONE]".to_owned()]));
    deltas(memory).await.finish().await.unwrap()
}

fn message(message: Value) -> Value {
    json!({"choices": [{"index": 0, "message": message}]})
}

#[tokio::test]
async fn a_providers_response_is_not_lost_to_a_null() {
    let with = |response: Value| json!({"provider_response": response, "choices": []});
    for (chunks, expected) in [
        (vec![with(json!("a")), with(Value::Null)], r#""a""#),
        (vec![with(Value::Null), with(json!("a"))], r#""a""#),
        (vec![with(json!("a")), with(json!("b"))], r#""b""#),
        (vec![with(Value::Null), with(Value::Null)], "null"),
    ] {
        let answer = whole(&chunks).await;
        let response = answer.provider_response.as_ref().unwrap();
        assert_eq!(response.json(), expected, "{chunks:?}");
    }
}

#[tokio::test]
async fn only_plain_parts_of_text_are_joined() {
    let part = |part: Value| message(json!({"content": [part]}));
    let plain = |text: &str| part(json!({"type": "text", "text": text}));
    let marked = |text: &str| part(json!({"type": "text", "text": text, "note": 1}));
    let parts = |answer: &Response<Completion>| {
        let content = &answer.choices[0].message.as_ref().unwrap().content;
        serde_json::to_value(content)
            .unwrap()
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(parts(&whole(&[plain("a"), plain("b")]).await), 1);
    assert_eq!(parts(&whole(&[plain("a"), marked("b")]).await), 2);
    assert_eq!(parts(&whole(&[marked("a"), plain("b")]).await), 2);
}

#[tokio::test]
async fn a_refusal_that_is_empty_is_no_delta() {
    let memory = MemoryTransport::new();
    let refusal = |text: &str| message(json!({"refusal": text})).to_string();
    memory.reply_sse([refusal(""), refusal("No"), "[DONE]".to_owned()]);
    let mut deltas = deltas(memory).await;
    let mut seen = Vec::new();
    while let Some(delta) = futures::StreamExt::next(&mut deltas).await {
        seen.push(delta.unwrap());
    }
    assert!(
        matches!(&seen[..], [Delta::Refusal { text, .. }] if text == "No"),
        "{seen:?}"
    );
}

#[tokio::test]
async fn the_deltas_know_the_answer_so_far() {
    let memory = MemoryTransport::new();
    let text = |text: &str| message(json!({"content": text})).to_string();
    memory.reply_sse([text("Hel"), text("lo"), "[DONE]".to_owned()]);
    let mut deltas = deltas(memory).await;
    futures::StreamExt::next(&mut deltas)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(deltas.so_far().text().as_deref(), Some("Hel"));
}

#[tokio::test]
async fn the_texts_know_the_answer_so_far() {
    let memory = MemoryTransport::new();
    let text = |text: &str| message(json!({"content": text})).to_string();
    memory.reply_sse([text("Hel"), text("lo"), "[DONE]".to_owned()]);
    let call = memory.client().deployments();
    let stream = call.stream(&DeploymentRequest::new("chat")).await.unwrap();
    let mut texts = stream.into_text();
    futures::StreamExt::next(&mut texts).await.unwrap().unwrap();
    assert_eq!(texts.so_far().text().as_deref(), Some("Hel"));
}

#[tokio::test]
async fn a_null_stays_a_null_until_there_is_a_value() {
    let content = |chunks: Response<Completion>| {
        let message = chunks.choices[0].message.clone().unwrap();
        serde_json::to_value(message)
            .unwrap()
            .get("content")
            .cloned()
    };
    let null = || message(json!({"content": null}));
    let none = || message(json!({"role": "assistant"}));
    assert_eq!(content(whole(&[none(), null()]).await), Some(Value::Null));
    assert_eq!(content(whole(&[null(), none()]).await), Some(Value::Null));
    assert_eq!(content(whole(&[none(), none()]).await), None);
    let value = message(json!({"content": "a"}));
    assert_eq!(
        content(whole(&[null(), value, null()]).await),
        Some(json!("a"))
    );
}

#[tokio::test]
async fn what_a_piece_of_a_tool_call_repeats_or_leaves_empty_changes_nothing() {
    let call = |call: Value| message(json!({"tool_calls": [call]}));
    let function = |name: &str, arguments: &str| json!({"name": name, "arguments": arguments});
    let answer = whole(&[
        call(json!({"index": 0, "id": "call_1", "function": function("get_", "")})),
        call(json!({"index": 0, "id": "", "function": function("weather", "{\"a\"")})),
        call(json!({"index": 0, "id": "call_1", "function": function("get_weather", ":1}")})),
    ])
    .await;
    let [call] = answer.tool_calls() else {
        panic!("{:?}", answer.tool_calls())
    };
    assert_eq!(call.id.as_deref(), Some("call_1"));
    let function = call.function.as_ref().unwrap();
    assert_eq!(function.name.as_deref(), Some("get_weather"));
    assert_eq!(function.arguments.as_deref(), Some(r#"{"a":1}"#));
}

#[test]
fn a_call_without_arguments_goes_back_with_an_empty_object() {
    let pieces = |arguments: Value| {
        let function = json!({"name": "f", "arguments": arguments});
        message(json!({"tool_calls": [{"index": 0, "id": "c", "type": "", "function": function}]}))
    };
    for arguments in [json!(null), json!(""), json!(" \n"), json!("{}")] {
        let chunk = pieces(arguments.clone());
        let answer: Completion = serde_json::from_value(chunk.clone()).unwrap();
        let text = arguments.as_str().unwrap_or_default();
        for answer in [answer, reader::agreed(&[chunk])] {
            assert_eq!(answer.tool_calls()[0].arguments_text(), text, "as received");
            let sent = serde_json::to_value(Message::from(&answer)).unwrap();
            let function = json!({"name": "f", "arguments": "{}"});
            let expected = json!([{"id": "c", "type": "function", "function": function}]);
            assert_eq!(sent["tool_calls"], expected, "{arguments}");
        }
    }
}
