use orq_testkit::{FakeAnswer, FakeDeployment, FakeOrq};
use serde_json::{Value, json};

use super::{invoke, post, stream};

/// What `name` of the messages joins to.
fn joined(chunks: &[Value], name: &str) -> String {
    let messages = chunks.iter().map(|chunk| &chunk["choices"][0]["message"]);
    messages
        .filter_map(|message| message[name].as_str())
        .collect()
}

fn said(key: &str) -> Value {
    json!({"key": key, "messages": [{"role": "user", "content": "a  few\nwords, räksmörgåsar "}],
        "invoke_options": {"include_usage": true, "include_retrievals": true}})
}

#[test]
fn tokens_join_to_the_answer_of_invoke() {
    for key in ["chat", "reasoning", "rag"] {
        let whole = invoke(&FakeOrq::new(), &said(key));
        let chunks = stream(&FakeOrq::new(), &said(key));
        assert!(chunks.len() > 4, "{key}");
        let message = &whole["choices"][0]["message"];
        for name in ["content", "reasoning", "reasoning_signature"] {
            let whole = message[name].as_str().unwrap_or_default();
            assert_eq!(joined(&chunks, name), whole, "{key} {name}");
        }
    }
}

#[test]
fn every_chunk_has_the_envelope_type_and_role_and_only_the_last_is_final() {
    for key in ["chat", "tools", "image", "reasoning", "rag"] {
        let whole = invoke(&FakeOrq::new(), &said(key));
        let chunks = stream(&FakeOrq::new(), &said(key));
        let (last, others) = chunks.split_last().unwrap();
        for chunk in &chunks {
            for name in ["id", "created", "object", "model", "provider", "telemetry"] {
                assert_eq!(chunk[name], whole[name], "{key} {name}");
            }
            let choice = &chunk["choices"][0];
            assert_eq!(choice["index"], 0);
            assert_eq!(choice["message"]["role"], "assistant");
            assert!(choice["message"]["type"].is_string());
            assert_eq!(chunk["provider_response"], Value::Null);
        }
        for chunk in others {
            assert_eq!(chunk["is_final"], false);
            assert_eq!(chunk["choices"][0]["finish_reason"], Value::Null);
            assert_eq!(chunk.get("usage"), None);
            assert_eq!(chunk.get("retrievals"), None);
            assert_eq!(chunk.get("finalized"), None);
        }
        assert_eq!(last["is_final"], true);
        assert_eq!(
            last["choices"][0]["finish_reason"],
            whole["choices"][0]["finish_reason"]
        );
        for name in ["usage", "retrievals", "finalized"] {
            assert_eq!(last[name], whole[name], "{key} {name}");
        }
    }
}

#[test]
fn tool_calls_come_in_parts_by_index() {
    let reply = FakeAnswer::tool_call("first", json!({"city": "Paris", "unit": "celsius"}))
        .with_tool_call("second", json!({}));
    let fake = FakeOrq::builder()
        .deployment(FakeDeployment::new("two").reply(reply))
        .build();
    let chunks = stream(&fake, &json!({"key": "two"}));
    let entries: Vec<&Value> = chunks
        .iter()
        .flat_map(|chunk| {
            chunk["choices"][0]["message"]["tool_calls"]
                .as_array()
                .unwrap()
        })
        .collect();
    let of = |index: u64| entries.iter().filter(move |entry| entry["index"] == index);
    assert_eq!(of(0).next().unwrap()["function"]["name"], "first");
    assert_eq!(of(0).next().unwrap()["function"]["arguments"], "");
    assert!(of(0).count() > 3);
    for later in of(0).skip(1) {
        assert_eq!(later.get("id"), None);
        assert_eq!(later["function"]["name"], "");
    }
    let arguments = |index| -> String {
        of(index)
            .map(|entry| entry["function"]["arguments"].as_str().unwrap())
            .collect()
    };
    assert_eq!(arguments(0), r#"{"city":"Paris","unit":"celsius"}"#);
    assert_eq!(arguments(1), "{}");
    assert_eq!(of(1).next().unwrap()["function"]["name"], "second");
}

#[test]
fn an_image_is_one_final_chunk() {
    let chunks = stream(&FakeOrq::new(), &json!({"key": "image"}));
    assert_eq!(chunks.len(), 1);
    assert_eq!(chunks[0]["choices"][0]["message"]["type"], "image");
    assert_eq!(chunks[0]["is_final"], true);
}

#[test]
fn an_empty_answer_is_one_final_chunk() {
    let body = json!({"key": "chat", "invoke_options": {"mock_response": ""}});
    let chunks = stream(&FakeOrq::new(), &body);
    assert_eq!(chunks.len(), 1);
    assert_eq!(chunks[0]["choices"][0]["message"]["content"], "");
    assert_eq!(chunks[0]["is_final"], true);
}

#[test]
fn a_mocked_answer_streams_too() {
    let body = json!({"key": "tools", "invoke_options": {"mock_response": "made up words", "include_usage": true}});
    let answer = post(&FakeOrq::new(), "stream", &body);
    assert!(!answer.headers.contains_key("x-orq-trace-id"));
    let chunks = answer.completion_chunks();
    assert_eq!(joined(&chunks, "content"), "made up words");
    assert_eq!(chunks.len(), 3);
    assert!(chunks.iter().all(|chunk| chunk.get("usage").is_none()));
}

#[test]
fn invoke_streams_when_the_body_says_so() {
    let mut body = said("chat");
    let direct = post(&FakeOrq::new(), "stream", &body);
    body["stream"] = json!(true);
    let via_invoke = post(&FakeOrq::new(), "invoke", &body);
    assert_eq!(via_invoke.events(), direct.events());
    body["stream"] = json!(false);
    assert_eq!(
        post(&FakeOrq::new(), "invoke", &body).json()["is_final"],
        true
    );
    // The path decides on /stream.
    assert_eq!(
        post(&FakeOrq::new(), "stream", &body).events(),
        direct.events()
    );
}
