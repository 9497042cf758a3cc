//! What overwrites what: neither a null nor anything empty overwrites a value, wherever it is.

use futures::executor::block_on;
use orq_core::{Completion, Delta};
use orq_testkit::MemoryTransport;
use serde_json::{Value, json};

use super::reader::{agreed, read};

/// An answer with a value in each field.
fn full() -> Value {
    let function = json!({"name": "f", "arguments": "{\"a\":1}", "new": 1});
    let call = json!({"index": 0, "id": "c", "type": "function", "function": function, "thought_signature": "s",
        "extra_content": {"google": 1}, "new": "x"});
    let message = json!({"type": "tool_calls", "role": "assistant", "content": "Hello", "tool_calls": [call],
        "url": "u", "reasoning": "Hm", "reasoning_signature": "s", "redacted_reasoning": "r", "refusal": "No",
        "new": [1]});
    json!({"id": "1", "created": "c", "object": "chat", "model": "m", "provider": "openai", "is_final": true,
        "telemetry": {"trace_id": "t", "span_id": "s", "new": 1}, "integration_id": "i", "finalized": "f",
        "system_fingerprint": "p", "retrievals": [{"document": "d"}], "provider_response": {"a": 1},
        "usage": {"total_tokens": 5, "prompt_tokens": 3, "completion_tokens": 2, "new": {"a": 1},
            "prompt_tokens_details": {"cached_tokens": 1, "new": 1},
            "completion_tokens_details": {"reasoning_tokens": 1, "new": 1}},
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "new": {"a": 1}}], "new": "x"})
}

/// Free-form JSON, which is overwritten as a whole.
const FREE: [&str; 3] = ["new", "provider_response", "extra_content"];

/// The same field, with nothing but what leads to it, for each field of `value` and each of those in it.
fn fields(value: &Value, put: &dyn Fn(Value) -> Value, into: &mut Vec<Value>) {
    for empty in [
        json!(null),
        json!(""),
        json!({}),
        json!([]),
        json!({"x": null}),
    ] {
        into.push(put(empty));
    }
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let is_free = FREE.contains(&name.as_str());
                let member = if is_free { &Value::Null } else { member };
                fields(member, &|inner| put(json!({ name: inner })), into);
            }
        }
        Value::Array(items) if items.iter().all(Value::is_object) => {
            fields(&items[0], &|inner| put(json!([inner])), into);
        }
        _ => {}
    }
}

/// Chunks that say nothing: each has one empty field of the full answer, or of a part of it.
fn empties() -> Vec<Value> {
    let mut all = Vec::new();
    let mut full = full();
    // The elements of this list are added to it, and aren't joined by any key.
    full["retrievals"] = Value::Null;
    for (name, member) in full.as_object().unwrap() {
        let member = if FREE.contains(&name.as_str()) {
            &Value::Null
        } else {
            member
        };
        fields(member, &|inner| json!({ name: inner }), &mut all);
    }
    // In free-form JSON, and where its text belongs, an object with a member is a value.
    all.retain(|chunk| {
        let text = chunk.to_string();
        let is_in = |name: &str| text.contains(&format!(r#""{name}":{{"x""#));
        !FREE.into_iter().chain(["arguments", "content"]).any(is_in)
    });
    all
}

#[test]
fn nothing_empty_overwrites_a_value_or_is_a_delta() {
    let empties = empties();
    assert!(empties.len() > 150, "{}", empties.len());
    let (mut whole, deltas) = read(&[full()]);
    for empty in empties {
        let (mut again, more) = read(&[full(), empty.clone()]);
        forget_nulls(&mut whole);
        forget_nulls(&mut again);
        assert_eq!(again, whole, "{empty}");
        assert_eq!(more, deltas, "{empty}");
        let mut last = agreed(&[empty.clone(), full()]);
        forget_nulls(&mut last);
        assert_eq!(last, whole, "{empty} first");
    }
}

/// Removes the unknown fields named `x`, which are null.
fn forget_nulls(answer: &mut Completion) {
    let mut json = serde_json::to_value(&*answer).unwrap();
    fn forget(json: &mut Value) {
        match json {
            Value::Object(members) => {
                members.remove("x");
                members.values_mut().for_each(forget);
            }
            Value::Array(items) => items.iter_mut().for_each(forget),
            _ => {}
        }
    }
    forget(&mut json);
    *answer = serde_json::from_value(json).unwrap();
}

#[test]
fn a_value_overwrites_what_is_null_or_empty_or_older() {
    let choice = |choice: Value| json!({"choices": [choice]});
    let message = |message: Value| choice(json!({"index": 0, "message": message}));
    let usage = |usage: Value| json!({"choices": [], "usage": usage});
    for (chunks, pointer, expected) in [
        (
            vec![
                json!({"model": ""}),
                json!({"model": "a"}),
                json!({"model": "b"}),
            ],
            "/model",
            json!("b"),
        ),
        (
            vec![json!({"model": null}), json!({"model": ""})],
            "/model",
            json!(""),
        ),
        (
            vec![json!({}), json!({"system_fingerprint": null}), json!({})],
            "/system_fingerprint",
            json!(null),
        ),
        (
            vec![
                json!({"new": null}),
                json!({"new": ""}),
                json!({"new": null}),
            ],
            "/new",
            json!(""),
        ),
        (
            vec![json!({"new": 0}), json!({"new": {}}), json!({"new": "[ ]"})],
            "/new",
            json!("[ ]"),
        ),
        (
            vec![json!({"new": {"a": 1}}), json!({"new": {"b": 2}})],
            "/new",
            json!({"b": 2}),
        ),
        (
            vec![json!({"new": [1]}), json!({"new": false})],
            "/new",
            json!(false),
        ),
        (
            vec![
                usage(json!({"input_tokens": 3})),
                usage(json!({"output_tokens": 2})),
                usage(json!({"output_tokens": 4})),
            ],
            "/usage",
            json!({"prompt_tokens": 3, "completion_tokens": 4}),
        ),
        (
            vec![
                usage(json!({"prompt_tokens_details": {"cached_tokens": 1}})),
                usage(
                    json!({"total_tokens": 0, "prompt_tokens_details": {"cached_tokens": null, "a": 1}}),
                ),
            ],
            "/usage",
            json!({"total_tokens": 0, "prompt_tokens_details": {"cached_tokens": 1, "a": 1}}),
        ),
        (
            vec![
                json!({"telemetry": {"trace_id": "t"}}),
                json!({"telemetry": {"trace_id": "", "span_id": "s"}}),
            ],
            "/telemetry",
            json!({"trace_id": "t", "span_id": "s"}),
        ),
        (
            vec![
                message(json!({"type": ""})),
                message(json!({"type": "content"})),
                message(json!({"type": "tool_calls"})),
            ],
            "/choices/0/message/type",
            json!("tool_calls"),
        ),
        (
            vec![
                message(json!({"content": "Hel"})),
                message(json!({"content": []})),
                message(json!({"content": "lo"})),
            ],
            "/choices/0/message/content",
            json!("Hello"),
        ),
        (
            vec![
                message(json!({"content": "Hel"})),
                message(json!({"content": [{"type": "text", "text": ""}]})),
            ],
            "/choices/0/message/content",
            json!("Hel"),
        ),
        (
            vec![
                message(json!({"content": ""})),
                message(json!({"content": [{"type": "refusal", "refusal": "No"}]})),
            ],
            "/choices/0/message/content",
            json!([{"type": "refusal", "refusal": "No"}]),
        ),
        (
            vec![
                choice(json!({"index": 0, "finish_reason": "stop"})),
                choice(json!({"index": 0, "finish_reason": "tool_calls"})),
            ],
            "/choices/0/finish_reason",
            json!("stop"),
        ),
    ] {
        let whole = serde_json::to_value(agreed(&chunks)).unwrap();
        assert_eq!(whole.pointer(pointer), Some(&expected), "{chunks:?}");
    }
}

#[test]
fn a_finish_reason_or_image_is_one_delta_however_often_it_comes() {
    let choice = json!({"index": 0, "message": {"url": "u"}, "finish_reason": "stop"});
    let chunk = json!({"choices": [choice]});
    let (_, deltas) = read(&[chunk.clone(), chunk.clone(), chunk]);
    assert!(
        matches!(&deltas[..], [Delta::ImageUrl { .. }, Delta::Finish { .. }]),
        "{deltas:?}"
    );
}

#[test]
fn as_many_members_as_are_allowed_are_no_error() {
    let chunk = |fields: usize| {
        let named = (0..fields).map(|n| (format!("f{n}"), json!(0)));
        Value::Object(named.collect())
    };
    let open = |fields| {
        let memory = MemoryTransport::new();
        memory.reply_sse([chunk(fields).to_string(), "[DONE]".to_owned()]);
        block_on(async { super::deltas(memory).await.finish().await })
    };
    assert_eq!(open(4096).unwrap().extra.len(), 4096);
    let error = open(4097).unwrap_err();
    assert_eq!(
        error.message(),
        Some("the whole answer has more than 4096 members")
    );
}
