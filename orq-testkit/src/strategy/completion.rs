//! Answers.

use orq_core::Completion;
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};

use super::{
    json::{Field, Json, always, at_times, json, mostly, nullable, object, open_object, read},
    request::tool_call,
    streamed::number,
    text::{base64, image_url, name, text},
};

/// Generates any answer of orq's: text, tool calls, images, refusals and reasoning, in one choice or several; usage and
/// retrievals; with names and fields that this version of the client doesn't know.
///
/// Optional fields are missing at times.
///
/// ```
/// use orq_core::Completion;
/// use orq_testkit::strategy::completion;
/// use proptest::prelude::*;
///
/// proptest!(ProptestConfig::with_cases(16), |(answer in completion())| {
///     let json = serde_json::to_string(&answer)?;
///     prop_assert_eq!(serde_json::from_str::<Completion>(&json)?, answer);
/// });
/// ```
pub fn completion() -> impl Strategy<Value = Completion> {
    let ulid = "01[0-9A-HJKMNP-TV-Z]{24}";
    let date = "202[0-9]-0[1-9]-[12][0-9]T[01][0-9]:[0-5][0-9]:[0-5][0-9]\\.[0-9]{3}Z";
    let kinds = select(vec!["chat", "completion", "image", "hologram"]);
    let providers = select(vec!["openai", "anthropic", "google-ai", "newcomer"]);
    let telemetry = open_object([
        always("trace_id", "[0-9a-f]{32}"),
        always("span_id", "[0-9a-f]{16}"),
    ]);
    let answer = open_object([
        at_times("id", ulid),
        at_times("created", date),
        at_times("object", kinds),
        at_times("model", name()),
        at_times("provider", providers),
        at_times("is_final", Just(true)),
        at_times("integration_id", ulid),
        at_times("telemetry", telemetry),
        at_times("finalized", date),
        nullable("system_fingerprint", name()),
        always("choices", vec(choice(), 1..4)),
        at_times("retrievals", vec(retrieval(), 0..3)),
        at_times("provider_response", json()),
        nullable("usage", usage()),
    ]);
    answer.prop_map(|answer| number(read(answer))).boxed()
}

/// The last is news to this version of the client.
const REASONS: &[&str] = &["stop", "length", "max_tokens", "tool_calls", "boredom"];

fn choice() -> Json {
    let reasons = select(REASONS);
    let message = prop_oneof![9 => message(), 1 => Just(Value::Null)];
    open_object([
        always("message", message),
        nullable("finish_reason", reasons),
    ])
}

fn message() -> Json {
    // Some servers leave out what kind a message is, and who speaks.
    let of_kind = |kind, fields: Vec<Field>| {
        let reasoning = [
            at_times("reasoning", text()),
            at_times("reasoning_signature", base64()),
            at_times("redacted_reasoning", base64()),
        ];
        let labels = [mostly("type", kind), mostly("role", "assistant")];
        open_object(labels.into_iter().chain(reasoning).chain(fields))
    };
    let parts = text().prop_map(|text| json!({"type": "text", "text": text}));
    let content = prop_oneof![
        8 => text().prop_map(Value::from),
        1 => vec(parts, 0..3).prop_map(Value::from),
    ];
    let calls = vec![
        nullable("content", text()),
        always("tool_calls", vec(tool_call(), 1..3)),
    ];
    let refusal = vec![always("content", Just(())), always("refusal", text())];
    prop_oneof![
        5 => of_kind("content", vec![always("content", content)]),
        2 => of_kind("tool_calls", calls),
        1 => of_kind("image", vec![always("url", image_url())]),
        1 => of_kind("content", refusal),
    ]
    .boxed()
}

fn retrieval() -> Json {
    let metadata = object([
        at_times("file_name", name()),
        nullable("page_number", 1_u64..500),
        at_times("file_type", name()),
        at_times("search_score", 0.0..1.0_f64),
        at_times("rerank_score", 0.0..1.0_f64),
    ]);
    open_object([always("document", text()), at_times("metadata", metadata)])
}

fn usage() -> Json {
    let count = || prop_oneof![5 => 0_u64..10_000, 1 => any::<u64>()];
    let cached = object([nullable("cached_tokens", count())]);
    let reasoning = object([nullable("reasoning_tokens", count())]);
    open_object([
        at_times("total_tokens", count()),
        at_times("prompt_tokens", count()),
        at_times("completion_tokens", count()),
        at_times("prompt_tokens_details", cached),
        nullable("completion_tokens_details", reasoning),
    ])
}
