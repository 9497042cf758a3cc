//! Requests to a deployment.

use orq_core::DeploymentRequest;
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Map, Value, json};

use super::{
    json::{Field, Json, always, any_object, at_times, nullable, number, object, read, scalar},
    text::{base64, image_url, name, some_text, text},
};

/// Generates any request that orq's schema allows and a client sends, with every field: values, messages of each role
/// with parts and tool calls, tools, documents, an identity, filters.
///
/// The key is arbitrary. To send the request to a double, set a key of the double's.
///
/// ```
/// use futures::executor::block_on;
/// use orq_core::Client;
/// use orq_testkit::{FakeOrq, strategy::deployment_request};
/// use proptest::prelude::*;
///
/// let client = Client::new(FakeOrq::new(), FakeOrq::DEFAULT_API_KEY)?;
/// proptest!(ProptestConfig::with_cases(16), |(mut request in deployment_request())| {
///     request.key = "chat".to_owned();
///     let answer = block_on(client.deployments().invoke(&request))?;
///     prop_assert!(answer.text().is_some());
/// });
/// # Ok::<(), orq_core::Error>(())
/// ```
pub fn deployment_request() -> impl Strategy<Value = DeploymentRequest> {
    let environment = select(vec![json!("production"), json!(["staging"])]);
    let params = [
        at_times("temperature", 0.0..2.0_f64),
        at_times("tools", vec(tool(), 0..3)),
    ];
    let request = object([
        always("key", name()),
        at_times("inputs", any_object([])),
        at_times(
            "context",
            any_object([at_times("environments", environment)]),
        ),
        at_times("metadata", any_object([])),
        at_times("extra_params", any_object(params)),
        at_times("prefix_messages", vec(message(), 0..3)),
        at_times("messages", vec(message(), 0..4)),
        at_times("identity", identity()),
        at_times("invoke_options", invoke_options()),
        at_times("thread", object([always("id", name()), tags()])),
        at_times("knowledge_filter", filter()),
        at_times("file_ids", vec(name(), 0..3)),
        at_times("documents", vec(document(), 0..3)),
    ]);
    request.prop_map(read).boxed()
}

fn tool() -> Json {
    let properties = vec((name(), Just(json!({"type": "string"}))), 0..3);
    let schema = properties.prop_map(Map::from_iter);
    let schema = schema.prop_map(|properties| json!({"type": "object", "properties": properties}));
    let function = object([
        always("name", name()),
        at_times("description", text()),
        at_times("strict", any::<bool>()),
        at_times("parameters", schema),
    ]);
    object([
        always("type", Just("function")),
        always("function", function),
    ])
}

fn identity() -> Json {
    object([
        always("id", name()),
        at_times("display_name", text()),
        at_times(
            "email",
            name().prop_map(|name| format!("{name}@example.com")),
        ),
        at_times("metadata", vec(any_object([]), 0..3)),
        at_times("logo_url", image_url()),
        tags(),
    ])
}

fn tags() -> Field {
    at_times("tags", vec(text(), 0..3))
}

fn invoke_options() -> Json {
    object([
        at_times("include_retrievals", any::<bool>()),
        at_times("include_usage", any::<bool>()),
        at_times("mock_response", text()),
    ])
}

fn document() -> Json {
    let metadata = object([
        at_times("file_name", name()),
        at_times("file_type", Just("text/plain")),
        at_times("page_number", number()),
    ]);
    object([always("text", some_text()), at_times("metadata", metadata)])
}

/// Conditions on fields, or several such joined by `and` or `or`: one level, as orq's schema has it.
fn filter() -> Json {
    let range = (number(), number()).prop_map(|(from, to)| json!({"gte": from, "lt": to}));
    let condition = |operators: &'static [&'static str], value: Json| {
        (select(operators), value).prop_map(|(operator, value)| json!({operator: value}))
    };
    let conditions = prop_oneof![
        condition(&["eq", "ne"], scalar()),
        condition(&["gt", "gte", "lt", "lte"], number()),
        condition(
            &["in", "nin"],
            vec(scalar(), 0..3).prop_map(Value::from).boxed()
        ),
        range,
    ];
    let fields = vec((name(), conditions), 1..3);
    let fields = fields
        .prop_map(|fields| Value::Object(Map::from_iter(fields)))
        .boxed();
    prop_oneof![
        2 => fields.clone(),
        1 => object([always("and", vec(fields.clone(), 1..3))]),
        1 => object([always("or", vec(fields, 1..3))]),
    ]
    .boxed()
}

/// A message of any role, with what the role may say.
fn message() -> Json {
    let role = |role, content, fields: &[Field]| {
        let own = [
            always("role", Just(role)),
            content,
            at_times("name", name()),
        ];
        object(own.into_iter().chain(fields.iter().cloned()))
    };
    let instruction = || always("content", content(text_part(), 1));
    let assistant = [
        nullable("refusal", text()),
        at_times("reasoning_content", text()),
        at_times("tool_calls", vec(tool_call(), 1..3)),
        nullable("audio", object([always("id", name())])),
    ];
    let id = prop_oneof![3 => name().prop_map(Value::from), 1 => Just(Value::Null)];
    let tool = [always("tool_call_id", id), cache_control()];
    prop_oneof![
        4 => role("user", always("content", content(user_part(), 0)), &[]),
        2 => role("assistant", nullable("content", content(assistant_part(), 0)), &assistant),
        1 => role("tool", instruction(), &tool),
        1 => role("system", instruction(), &[]),
        1 => role("developer", instruction(), &[]),
    ]
    .boxed()
}

/// Text, or so many parts at least.
fn content(part: Json, least: usize) -> Json {
    let parts = vec(part, least..3).prop_map(Value::from);
    prop_oneof![text().prop_map(Value::from), parts].boxed()
}

/// A call with arguments that are JSON, or what a model made of it.
pub(super) fn tool_call() -> Json {
    let arguments = prop_oneof![3 => any_object([]).prop_map(|map| map.to_string()), 1 => text()];
    let signature = object([always("thought_signature", text())]);
    let call = |signature: &[Field]| {
        let function = [
            always("name", name()),
            always("arguments", arguments.clone()),
        ];
        let fields = [
            always("id", name()),
            always("type", Just("function")),
            always("function", object(function)),
        ];
        object(fields.into_iter().chain(signature.iter().cloned()))
    };
    prop_oneof![
        3 => call(&[]),
        1 => call(&[always("thought_signature", text())]),
        1 => call(&[always("extra_content", object([always("google", signature)]))]),
    ]
    .boxed()
}

/// A part of this type, whose content is in a field.
fn part<const N: usize>(kind: &'static str, fields: [Field; N]) -> Json {
    object([always("type", Just(kind))].into_iter().chain(fields))
}

fn cache_control() -> Field {
    let ttl = at_times("ttl", select(vec!["5m", "1h"]));
    at_times("cache_control", part("ephemeral", [ttl]))
}

fn text_part() -> Json {
    part("text", [always("text", text()), cache_control()])
}

fn user_part() -> Json {
    let image = object([
        always("url", image_url()),
        at_times("detail", select(vec!["low", "high", "auto"])),
    ]);
    let audio = object([
        always("data", base64()),
        always("format", select(vec!["mp3", "wav"])),
    ]);
    let file = |data| {
        let mime_type = at_times("mimeType", Just("application/pdf"));
        let file = object([data, mime_type, at_times("filename", name())]);
        part("file", [always("file", file), cache_control()])
    };
    let data = base64().prop_map(|data| format!("data:application/pdf;base64,{data}"));
    prop_oneof![
        3 => text_part(),
        3 => part("image_url", [always("image_url", image), cache_control()]),
        3 => part("input_audio", [always("input_audio", audio)]),
        1 => file(always("file_data", data)),
        1 => file(always("uri", image_url())),
        1 => file(always("file_id", name())),
    ]
    .boxed()
}

fn assistant_part() -> Json {
    let reasoning = [always("reasoning", text()), always("signature", base64())];
    prop_oneof![
        1 => text_part(),
        1 => part("refusal", [always("refusal", text())]),
        1 => part("reasoning", reasoning),
        1 => part("redacted_reasoning", [always("data", base64())]),
    ]
    .boxed()
}
