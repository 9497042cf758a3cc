//! How much of a chunk adds up.

use crate::model::{CompletionChunk, CompletionMessage, Content, JsonMap, Nullable, RawJson};

/// The bytes that assembling this chunk may add to the whole. What the latest chunk replaces adds nothing.
pub(super) fn weight(chunk: &CompletionChunk) -> usize {
    let messages = chunk.choices.iter().flat_map(|choice| &choice.message);
    let retrievals = chunk.retrievals.iter().flatten();
    let documents =
        retrievals.map(|retrieval| of_text(&retrieval.document) + of_fields(&retrieval.extra));
    let in_choices = chunk.choices.iter().map(|choice| of_fields(&choice.extra));
    messages
        .map(of_message)
        .chain(documents)
        .chain(in_choices)
        .sum::<usize>()
        + of_fields(&chunk.extra)
}

fn of_message(message: &CompletionMessage) -> usize {
    let content = match &message.content {
        Nullable::Value(Content::Text(text)) => text.len(),
        // Parts may hold images: what counts is their JSON.
        Nullable::Value(parts) => serde_json::to_vec(parts).map_or(0, |json| json.len()),
        Nullable::Null | Nullable::Absent => 0,
    };
    let refusal = message.refusal.as_option().map_or(0, String::len);
    let calls = message.tool_calls.iter().flatten().map(|call| {
        let texts = [&call.id, &call.thought_signature];
        let function = call.function.iter().map(|function| {
            of_text(&function.name) + of_text(&function.arguments) + of_fields(&function.extra)
        });
        texts
            .into_iter()
            .map(of_text)
            .chain(function)
            .sum::<usize>()
            + call.extra_content.as_ref().map_or(0, of_raw)
            + of_fields(&call.extra)
    });
    let texts = [
        &message.url,
        &message.reasoning,
        &message.reasoning_signature,
        &message.redacted_reasoning,
    ];
    content
        + refusal
        + calls.sum::<usize>()
        + texts.into_iter().map(of_text).sum::<usize>()
        + of_fields(&message.extra)
}

fn of_text(text: &Option<String>) -> usize {
    text.as_ref().map_or(0, String::len)
}

fn of_fields(fields: &JsonMap) -> usize {
    fields
        .iter()
        .map(|(key, value)| key.len() + of_raw(value))
        .sum()
}

fn of_raw(raw: &RawJson) -> usize {
    raw.json().len()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn weighed(chunk: Value) -> usize {
        weight(&serde_json::from_value(chunk).unwrap())
    }

    #[test]
    fn every_text_and_every_unknown_field_weighs_what_it_is_long() {
        // Each place has a power of two of its own, so that none can stand in for another.
        let text = |power: u32| "t".repeat(1 << power);
        // One byte for the name, and digits for the value.
        let digits =
            |power: u32| -> Value { "1".repeat((1 << power) - 1).parse::<u64>().unwrap().into() };
        let chunk = json!({
            "choices": [{
                "message": {
                    "content": text(4),
                    "refusal": text(5),
                    "url": text(6),
                    "reasoning": text(7),
                    "reasoning_signature": text(8),
                    "redacted_reasoning": text(9),
                    "tool_calls": [{
                        "id": text(10),
                        "thought_signature": text(11),
                        "function": {"name": text(12), "arguments": text(13), "u": digits(1)},
                        "extra_content": 7,
                        "u": digits(2),
                    }],
                    "u": digits(3),
                },
                "u": text(14),
            }],
            "retrievals": [{"document": text(15), "u": text(16)}],
            "u": text(17),
        });
        // Three texts have their quotes and a name of one byte beside them.
        let powers: usize = (1..=17).map(|power| 1_usize << power).sum();
        assert_eq!(weighed(chunk), 1 + powers + 3 * 3);
    }

    #[test]
    fn parts_weigh_what_their_json_is_long() {
        let parts = json!([{"type": "text", "text": "Hello"}]);
        let length = parts.to_string().len();
        let message = json!({"content": parts});
        assert_eq!(weighed(json!({"choices": [{"message": message}]})), length);
    }

    #[test]
    fn what_the_latest_chunk_replaces_weighs_nothing() {
        let chunk = json!({"id": "x", "model": "y", "usage": {"total_tokens": 1}, "choices": [{"index": 0}]});
        assert_eq!(weighed(chunk), 0);
    }
}
