//! The content of a call, in the JSON of OpenTelemetry's conventions.

use serde_json::{Value, json};

use crate::model::{Choice, FinishReason, JsonMap, RawJson};

/// Returns the messages of a request.
pub(super) fn input(request: &JsonMap) -> Value {
    let lists = ["prefix_messages", "messages"].map(|name| request.parse::<Vec<JsonMap>>(name));
    let messages = lists.iter().flatten().flatten().flatten();
    messages.map(message).collect()
}

/// Returns the messages of an answer.
pub(super) fn output(choices: &[Choice]) -> Value {
    let messages = choices.iter().filter_map(|choice| {
        let answer = JsonMap::from_serialize(choice.message.as_ref()?).ok()?;
        let mut output = message(&answer);
        let reason = choice.finish_reason.as_option();
        output["finish_reason"] = reason.map_or("error", FinishReason::as_str).into();
        Some(output)
    });
    messages.collect()
}

fn message(message: &JsonMap) -> Value {
    let text = |name| message.get(name).and_then(RawJson::text);
    let role = text("role").unwrap_or_else(|| "assistant".to_owned());
    let content = message.get("content").filter(|content| !content.is_null());
    let mut parts = Vec::new();
    let thoughts = [text("reasoning"), text("reasoning_content")];
    for reasoning in thoughts.into_iter().flatten() {
        parts.push(json!({"type": "reasoning", "content": reasoning}));
    }
    if role == "tool" {
        let (id, response) = (text("tool_call_id"), content.and_then(value));
        parts.push(json!({"type": "tool_call_response", "id": id, "response": response}));
    } else if let Some(content) = content {
        parts.extend(content_parts(content));
    }
    let calls = message.parse::<Vec<JsonMap>>("tool_calls");
    for call in calls.ok().flatten().unwrap_or_default() {
        let function = call
            .parse::<JsonMap>("function")
            .ok()
            .flatten()
            .unwrap_or_default();
        let [id, name, arguments] = [(&call, "id"), (&function, "name"), (&function, "arguments")]
            .map(|(object, name)| object.get(name).and_then(value));
        parts.push(json!({"type": "tool_call", "id": id, "name": name, "arguments": arguments}));
    }
    json!({"role": role, "parts": parts})
}

/// Returns the parts of a content. Parts other than text keep orq's shape.
fn content_parts(content: &RawJson) -> Vec<Value> {
    let text = |text: String| json!({"type": "text", "content": text});
    if let Some(whole) = content.text() {
        return vec![text(whole)];
    }
    let parts = content.parse::<Vec<RawJson>>().unwrap_or_default();
    let parts = parts.iter().filter_map(|part| {
        let fields = part.parse::<JsonMap>().ok();
        let own = fields.and_then(|fields| fields.get("text")?.text());
        own.map(text).or_else(|| value(part))
    });
    parts.collect()
}

/// Returns the value of some JSON; `None` if a [`Value`] can't hold it.
fn value(json: &RawJson) -> Option<Value> {
    json.parse().ok()
}
