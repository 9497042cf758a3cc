//! What servers send again in later chunks, and what they send in more pieces than there are members.

use orq_core::{Delta, model::Usage};
use serde_json::{Value, json};

use super::reader::{agreed, read};

fn choices(choices: &[Value]) -> Vec<Value> {
    let chunk = |choice: &Value| {
        let mut choice = choice.clone();
        choice["index"] = json!(0);
        json!({ "choices": [choice] })
    };
    choices.iter().map(chunk).collect()
}

/// A choice with a delta, and the message so far beside it.
fn both(delta: Value, message: Value) -> Value {
    json!({"delta": delta, "message": message})
}

#[test]
fn a_message_beside_a_delta_is_not_added_to_it() {
    let text = |text: &str| json!({ "content": text });
    let role = || json!({"role": "assistant"});
    let call = |arguments: &str| {
        let function = json!({"name": "f", "arguments": arguments});
        json!({"tool_calls": [{"index": 0, "id": "a", "function": function}]})
    };
    for pieces in [
        vec![
            both(text("Hel"), text("Hel")),
            both(text("lo"), text("Hello")),
        ],
        vec![
            both(text("Hel"), text("Hel")),
            both(text("lo"), text("lo")),
            both(json!({}), text("Hello")),
        ],
        vec![
            both(text(""), text("")),
            both(text("Hello"), text("Hello")),
            both(role(), text("Hello")),
        ],
        vec![both(text("Hel"), role()), both(text("lo"), role())],
        vec![both(text("Hel"), json!({})), both(text("lo"), json!(null))],
        vec![
            both(json!(null), text("Hel")),
            both(json!({}), text("Hel")),
            both(text("lo"), text("Hello")),
        ],
        vec![both(json!({}), text("Hello"))],
        vec![
            both(json!(null), text("Hel")),
            both(json!(null), text("lo")),
        ],
    ] {
        let whole = agreed(&choices(&pieces));
        assert_eq!(whole.text().as_deref(), Some("Hello"), "{pieces:?}");
        assert!(!whole.choices[0].extra.contains_key("delta"));
    }
    let whole = agreed(&choices(&[
        both(call("{\"a\""), call("{\"a\"")),
        both(call(":1}"), call("{\"a\":1}")),
    ]));
    assert_eq!(whole.tool_calls()[0].arguments_text(), "{\"a\":1}");
}

#[test]
fn retrievals_that_are_sent_again_are_not_added() {
    let chunk = |documents: &[&str]| {
        let list = documents.iter().map(|text| json!({ "document": text }));
        json!({"choices": [], "retrievals": list.collect::<Vec<_>>()})
    };
    for (chunks, expected) in [
        (
            vec![chunk(&["A"]), chunk(&["A", "B"]), chunk(&["A", "B"])],
            vec!["A", "B"],
        ),
        (
            vec![chunk(&[]), chunk(&["A"]), chunk(&[]), chunk(&["B"])],
            vec!["A", "B"],
        ),
        (vec![chunk(&["A", "B"]), chunk(&["A"])], vec!["A", "B", "A"]),
    ] {
        let whole = agreed(&chunks);
        let found = whole.retrievals.unwrap_or_default();
        let found: Vec<_> = found
            .iter()
            .filter_map(|item| item.document.as_deref())
            .collect();
        assert_eq!(found, expected, "{chunks:?}");
    }
}

#[test]
fn counts_of_zero_are_not_counts() {
    let chunk = |usage: Value| json!({"choices": [], "usage": usage});
    let full = || {
        chunk(
            json!({"prompt_tokens": 25, "completion_tokens": 15, "total_tokens": 40,
        "prompt_tokens_details": {"cached_tokens": 3}}),
        )
    };
    let zero = || {
        chunk(
            json!({"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0,
        "prompt_tokens_details": {"cached_tokens": 0}}),
        )
    };
    for chunks in [
        vec![full(), zero()],
        vec![zero(), full()],
        vec![
            chunk(
                json!({"prompt_tokens": 25, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 3}}),
            ),
            chunk(json!({"prompt_tokens": 0, "completion_tokens": 15, "total_tokens": 40})),
        ],
    ] {
        let whole = agreed(&chunks);
        let usage = whole.usage().unwrap();
        let counts = [
            usage.prompt_tokens,
            usage.completion_tokens,
            usage.total_tokens,
        ];
        assert_eq!(counts, [Some(25), Some(15), Some(40)], "{chunks:?}");
        let cached = usage.prompt_tokens_details.as_ref().unwrap().cached_tokens;
        assert_eq!(cached.into_option(), Some(3), "{chunks:?}");
    }
    let (whole, _) = read(&[zero()]);
    assert_eq!(
        whole.usage().and_then(|usage: &Usage| usage.total_tokens),
        Some(0)
    );
}

#[test]
fn the_first_finish_reason_stays() {
    let call = json!({"index": 0, "id": "a", "function": {"name": "f", "arguments": "{}"}});
    let (whole, deltas) = read(&choices(&[
        json!({"delta": {"tool_calls": [call]}, "finish_reason": "tool_calls"}),
        json!({"delta": {}, "finish_reason": "stop"}),
        json!({"delta": {}, "finish_reason": "tool_calls"}),
    ]));
    assert_eq!(whole.finish_reason().unwrap(), "tool_calls");
    let ends = deltas
        .iter()
        .filter(|delta| matches!(delta, Delta::Finish { .. }));
    assert_eq!(ends.count(), 1);
}

#[test]
fn lists_in_unknown_fields_of_a_choice_are_appended() {
    let chunk = |list: Value, text: &str| {
        json!({"delta": {"content": "a", "details": list, "note": text, "audio": {"data": text}},
            "logprobs": {"content": list, "refusal": null}, "text": text, "offsets": list})
    };
    let whole = agreed(&choices(&[
        chunk(json!([1]), "a"),
        chunk(json!([]), "b"),
        chunk(json!([2, [3]]), "c"),
        json!({"delta": {"details": null}, "logprobs": null}),
    ]));
    let choice = serde_json::to_value(&whole.choices[0]).unwrap();
    let list = json!([1, 2, [3]]);
    for pointer in ["/logprobs/content", "/offsets", "/message/details"] {
        assert_eq!(choice.pointer(pointer), Some(&list), "{pointer}");
    }
    for pointer in ["/text", "/message/note", "/message/audio/data"] {
        assert_eq!(choice.pointer(pointer), Some(&json!("c")), "{pointer}");
    }
    // A list that was replaced by another value stays replaced.
    for (values, expected) in [
        ([json!([1]), json!([2]), json!("a")], json!("a")),
        (
            [json!({"a": [1]}), json!({"a": [2]}), json!({"a": "b"})],
            json!({"a": "b"}),
        ),
        (
            [json!({"a": [1]}), json!({"a": [2]}), json!({"b": 1})],
            json!({"b": 1, "a": [1, 2]}),
        ),
        ([json!([1]), json!({"a": [2]}), json!([3])], json!([1, 3])),
    ] {
        let whole = agreed(&choices(&values.clone().map(|value| json!({ "x": value }))));
        let choice = serde_json::to_value(&whole.choices[0]).unwrap();
        assert_eq!(choice["x"], expected, "{values:?}");
    }
}

#[test]
fn parts_of_one_kind_are_joined() {
    for (part, name) in [
        (json!({"type": "text", "text": "Z", "index": 0}), "text"),
        (json!({"type": "reasoning", "reasoning": "Z"}), "reasoning"),
        (json!({"type": "refusal", "refusal": "Z"}), "refusal"),
        (
            json!({"type": "thinking", "thinking": [{"type": "text", "text": "Z"}]}),
            "thinking",
        ),
        (json!({"type": "thought", "text": "Z"}), "text"),
    ] {
        let piece = json!({"delta": {"content": [part]}});
        let whole = agreed(&choices(&vec![piece; 5000]));
        let content = &whole.choices[0].message.as_ref().unwrap().content;
        let content = serde_json::to_value(content).unwrap();
        assert_eq!(content.as_array().unwrap().len(), 1, "{part}");
        let length = match &content[0][name] {
            Value::Array(items) => items.len(),
            text => text.as_str().unwrap().len(),
        };
        assert_eq!(length, 5000, "{part}");
    }
    let parts = |pieces: &[Value]| {
        let pieces: Vec<_> = pieces
            .iter()
            .map(|part| json!({"delta": {"content": [part]}}))
            .collect();
        let whole = agreed(&choices(&pieces));
        serde_json::to_value(&whole.choices[0].message.as_ref().unwrap().content).unwrap()
    };
    let signed = |text: &str, signature: &str| json!({"type": "reasoning", "reasoning": text, "signature": signature});
    let plain = |text: &str| json!({"type": "reasoning", "reasoning": text});
    assert_eq!(
        parts(&[plain("a"), signed("b", "s"), plain("c")]),
        json!([signed("ab", "s"), plain("c")])
    );
    for (first, second) in [
        (
            json!({"type": "x", "id": 1, "text": "a"}),
            json!({"type": "x", "id": 2, "text": "b"}),
        ),
        (
            json!({"type": "x", "text": "a"}),
            json!({"type": "y", "text": "b"}),
        ),
        (
            json!({"type": "x", "text": "a"}),
            json!({"type": "x", "text": ["b"]}),
        ),
        (
            json!({"type": "x", "text": "a"}),
            json!({"type": "x", "x": "b"}),
        ),
    ] {
        let both = [first, second];
        assert_eq!(parts(&both), json!(both));
    }
    let redacted = json!({"type": "redacted_reasoning", "data": "x"});
    assert_eq!(
        parts(&[redacted.clone(), redacted.clone()]),
        json!([redacted, redacted])
    );
}
