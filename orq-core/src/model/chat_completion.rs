//! A configuration as a request to another API.

use crate::model::config::DeploymentConfig;
use crate::model::json::{JsonMap, RawJson};
use crate::model::message::Message;

/// The paths of the fields that the other API has. A field whose path is the beginning of another one keeps only the fields
/// that are listed of the objects in it.
const FIELDS: &[&str] = &[
    "model",
    "messages.role",
    "messages.content.type",
    "messages.content.text",
    "messages.content.image_url.url",
    "messages.content.image_url.detail",
    "messages.content.input_audio",
    "messages.content.file.file_data",
    "messages.content.file.file_id",
    "messages.content.file.filename",
    "messages.content.refusal",
    "messages.name",
    "messages.refusal",
    "messages.tool_calls.id",
    "messages.tool_calls.type",
    "messages.tool_calls.function.name",
    "messages.tool_calls.function.arguments",
    "messages.tool_call_id",
    "temperature",
    "max_tokens",
    "top_p",
    "frequency_penalty",
    "presence_penalty",
    "seed",
    "response_format.type",
    "response_format.json_schema",
    "reasoning_effort",
    "verbosity",
    "tools.type",
    "tools.function.name",
    "tools.function.description",
    "tools.function.strict",
    "tools.function.parameters",
];

const ROLES: &[&str] = &["system", "developer", "user", "assistant", "tool"];

impl DeploymentConfig {
    /// Converts the configuration to the body of OpenAI's
    /// [chat completions](https://platform.openai.com/docs/api-reference/chat/create), which many providers accept, with
    /// `messages` after those of the prompt.
    ///
    /// What that API doesn't have is left out: messages with other roles, such as `expected_output`, other parameters, such
    /// as `topK`, other parts of messages, and orq's own fields. The model has orq's name for it.
    ///
    /// ```
    /// use orq_core::model::{DeploymentConfig, Message};
    ///
    /// let config: DeploymentConfig = serde_json::from_str(
    ///     r#"{"model": "gpt-4o", "messages": [{"role": "system", "content": "Be brief."}],
    ///         "parameters": {"temperature": 0.5, "maxTokens": 100, "topK": 40}}"#,
    /// )?;
    /// assert_eq!(
    ///     serde_json::to_string(&config.to_chat_completion([Message::user("Hello")]))?,
    ///     concat!(
    ///         r#"{"model":"gpt-4o","messages":[{"role":"system","content":"Be brief."},"#,
    ///         r#"{"role":"user","content":"Hello"}],"temperature":0.5,"max_tokens":100}"#,
    ///     ),
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn to_chat_completion(
        &self,
        messages: impl IntoIterator<Item = impl Into<Message>>,
    ) -> JsonMap {
        let own = self.messages.iter().map(Message::from);
        let messages = own.chain(messages.into_iter().map(Into::into));
        let messages: Vec<_> = messages.filter(|it| ROLES.contains(&it.role())).collect();
        let mut body = JsonMap::new();
        body.extend(self.model.iter().map(|model| ("model", model)));
        body.insert("messages", messages);
        let parameters = JsonMap::from_serialize(&self.parameters).unwrap_or_default();
        for (name, value) in parameters.iter() {
            let is_named = name == "responseFormat" && !value.json().starts_with('{');
            let name = snake_case(name);
            // The model and the messages aren't parameters.
            if !is_named && !body.contains_key(&name) {
                body.insert_raw(name, value.clone());
            }
        }
        body.extend(self.tools.iter().map(|tools| ("tools", tools)));
        let mut body = keep(&body, "");
        // That API rejects a list of no tools.
        if body.get("tools").is_some_and(|tools| tools.json() == "[]") {
            body.remove("tools");
        }
        body
    }
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// Returns the object, whose path ends in a dot or is empty, with the fields of [`FIELDS`] only.
fn keep(object: &JsonMap, path: &str) -> JsonMap {
    let mut kept = JsonMap::new();
    for (name, value) in object.iter() {
        let path = format!("{path}{name}");
        let inner = format!("{path}.");
        if FIELDS.contains(&path.as_str()) {
            kept.insert_raw(name, value.clone());
        } else if FIELDS.iter().any(|field| field.starts_with(&inner)) {
            kept.insert_raw(name, keep_within(value, &inner));
        }
    }
    kept
}

fn keep_within(json: &RawJson, path: &str) -> RawJson {
    let kept = if let Ok(object) = json.parse::<JsonMap>() {
        RawJson::new(keep(&object, path))
    } else if let Ok(list) = json.parse::<Vec<JsonMap>>() {
        let kept = list.iter().map(|object| keep(object, path));
        // One that has nothing but its type is of a type that the API doesn't have.
        RawJson::new(kept.filter(|it| it.len() > 1).collect::<Vec<_>>())
    } else {
        return json.clone();
    };
    kept.unwrap_or_else(|_| json.clone())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn converted(config: Value) -> Value {
        let config: DeploymentConfig = serde_json::from_value(config).unwrap();
        serde_json::to_value(config.to_chat_completion(Vec::<Message>::new())).unwrap()
    }

    #[test]
    fn what_only_orq_has_is_left_out() {
        let parameters = json!({"type": "object", "properties": {"topK": {"type": "number"}}});
        let function =
            json!({"name": "f", "description": "d", "strict": true, "parameters": parameters});
        let body = converted(json!({
            "id": "01", "provider": "openai", "model": "gpt-4o", "type": "chat", "version": 3, "unknown": 1,
            "parameters": {
                "temperature": 0.25, "maxTokens": 5, "topK": 4, "topP": 1, "frequencyPenalty": 0.5,
                "presencePenalty": 0.125, "seed": 7, "reasoningEffort": "low", "verbosity": "high",
                "numImages": 1, "cacheControl": {"type": "ephemeral"}, "budgetTokens": 5, "encoding_format": "float",
                "responseFormat": {"type": "json_schema", "display_name": "orq's",
                    "json_schema": {"name": "s", "schema": parameters}},
            },
            "tools": [{"type": "function", "id": 7, "display_name": "F", "function": function}, {"type": "other", "id": 1}],
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "expected_output", "content": "Utrecht"},
                {"role": "user", "content": [
                    {"type": "text", "text": "What?", "cache_control": {"type": "ephemeral"}},
                    {"type": "image_url", "image_url": {"id": "img", "url": "u", "detail": "low"}},
                    {"type": "file", "file": {"file_data": "data:", "mimeType": "m", "filename": "f"}},
                    {"type": "reasoning", "reasoning": "r"},
                ]},
                {"role": "assistant", "content": null,
                    "tool_calls": [{"id": "c", "index": 0, "type": "function", "thought_signature": "s",
                        "function": {"name": "f", "arguments": "{}"}}]},
                {"role": "tool", "content": "4", "tool_call_id": "c"},
            ],
        }));
        assert_eq!(
            body,
            json!({
                "model": "gpt-4o",
                "messages": [
                    {"role": "system", "content": "Be brief."},
                    {"role": "user", "content": [
                        {"type": "text", "text": "What?"},
                        {"type": "image_url", "image_url": {"url": "u", "detail": "low"}},
                        {"type": "file", "file": {"file_data": "data:", "filename": "f"}},
                    ]},
                    {"role": "assistant", "content": null,
                        "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
                    {"role": "tool", "content": "4", "tool_call_id": "c"},
                ],
                "temperature": 0.25, "max_tokens": 5, "top_p": 1, "frequency_penalty": 0.5, "presence_penalty": 0.125,
                "seed": 7, "reasoning_effort": "low", "verbosity": "high",
                "response_format": {"type": "json_schema", "json_schema": {"name": "s", "schema": parameters}},
                "tools": [{"type": "function", "function": function}],
            })
        );
    }

    #[test]
    fn no_parameter_replaces_a_field_of_the_configuration() {
        let mixed = json!({"model": "other", "messages": [], "tools": [], "seed": 1});
        let tool = json!({"type": "function", "function": {"name": "f"}});
        let message = json!({"role": "user", "content": "Hello"});
        let config =
            json!({"model": "m", "messages": [message], "tools": [tool], "parameters": mixed});
        let expected = json!({"model": "m", "messages": [message], "tools": [tool], "seed": 1});
        assert_eq!(converted(config), expected);
    }

    #[test]
    fn what_is_absent_stays_absent() {
        assert_eq!(converted(json!({})), json!({"messages": []}));
        let format = json!({"parameters": {"responseFormat": "mp3"}, "tools": null});
        assert_eq!(converted(format), json!({"messages": []}));
        for tools in [json!([]), json!([{"type": "other", "id": 1}])] {
            assert_eq!(converted(json!({"tools": tools})), json!({"messages": []}));
        }
    }
}
