//! The content of a call, in the JSON of OpenTelemetry's conventions.

use serde::Serialize;
use serde_json::{Value, json};

use crate::model::{Choice, DeploymentRequest, FinishReason, JsonMap, RawJson};

/// Returns the messages of a request.
pub(super) fn input(request: &DeploymentRequest) -> Value {
    let prefix = request.prefix_messages.iter().flatten();
    let messages = prefix.chain(request.messages.iter().flatten());
    messages.filter_map(message).collect()
}

/// Returns the messages of an answer.
pub(super) fn output(choices: &[Choice]) -> Value {
    let messages = choices.iter().filter_map(|choice| {
        let mut output = message(choice.message.as_ref()?)?;
        let reason = choice.finish_reason.as_option();
        output["finish_reason"] = reason.map_or("error", FinishReason::as_str).into();
        Some(output)
    });
    messages.collect()
}

fn message(message: &impl Serialize) -> Option<Value> {
    let message = JsonMap::from_serialize(message).ok()?;
    let text = |name| message.parse::<String>(name).ok().flatten();
    let role = text("role").unwrap_or_else(|| "assistant".to_owned());
    let content = message.get("content").filter(|content| !content.is_null());
    let mut parts = Vec::new();
    let thoughts = [text("reasoning"), text("reasoning_content")];
    for reasoning in thoughts.into_iter().flatten() {
        parts.push(json!({"type": "reasoning", "content": reasoning}));
    }
    if role == "tool" {
        let (id, response) = (text("tool_call_id"), content);
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
        let (name, arguments) = (function.get("name"), function.get("arguments"));
        let id = call.get("id");
        parts.push(json!({"type": "tool_call", "id": id, "name": name, "arguments": arguments}));
    }
    Some(json!({"role": role, "parts": parts}))
}

/// Returns the parts of a content. Parts other than text keep orq's shape.
fn content_parts(content: &RawJson) -> Vec<Value> {
    let text = |text: String| json!({"type": "text", "content": text});
    if let Ok(whole) = content.parse::<String>() {
        return vec![text(whole)];
    }
    let parts = content.parse::<Vec<JsonMap>>().unwrap_or_default();
    let parts = parts.iter().map(|part| match part.parse::<String>("text") {
        Ok(Some(own)) => text(own),
        _ => json!(part),
    });
    parts.collect()
}
