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
        let texts = [
            &call.id,
            &call.thought_signature,
            &call.function.name,
            &call.function.arguments,
        ];
        texts.into_iter().map(of_text).sum::<usize>()
            + call.extra_content.as_ref().map_or(0, of_raw)
            + of_fields(&call.extra)
            + of_fields(&call.function.extra)
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
    raw.json_text().map_or(0, str::len)
}
