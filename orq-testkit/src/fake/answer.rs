//! What a deployment says in one call.

use serde_json::{Map, Value, json};

use super::{
    exchange::Exchange,
    reply::{FakeReply, FakeToolCall},
    template::Variables,
    token,
};

/// A reply with its variables replaced.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(super) reasoning: Option<String>,
    pub(super) reasoning_signature: Option<String>,
    pub(super) said: Said,
    pub(super) finish_reason: String,
}

/// The three kinds of message that the API has.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Said {
    Text(String),
    ToolCalls {
        text: Option<String>,
        calls: Vec<ToolCall>,
    },
    Image(String),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ToolCall {
    pub(crate) id: String,
    pub(crate) name: String,
    /// JSON text.
    pub(crate) arguments: String,
}

impl Answer {
    /// Just this text.
    pub(crate) fn verbatim(text: &str) -> Self {
        Self {
            reasoning: None,
            reasoning_signature: None,
            said: Said::Text(text.to_owned()),
            finish_reason: "stop".to_owned(),
        }
    }

    /// Just the image under this URL.
    pub(crate) fn image(url: &str) -> Self {
        Self {
            said: Said::Image(url.to_owned()),
            ..Self::verbatim("")
        }
    }

    /// `tools` are those that a nameless tool call may choose from.
    pub(super) fn new(
        reply: &FakeReply,
        variables: Variables<'_>,
        tools: &[&Value],
        exchange: Exchange,
    ) -> Self {
        let render = |template: &Option<String>| template.as_ref().map(|it| variables.render(it));
        let text = render(&reply.text);
        let said = if let Some(url) = render(&reply.image) {
            Said::Image(url)
        } else if reply.tool_calls.is_empty() {
            Said::Text(text.unwrap_or_default())
        } else {
            let numbered = reply.tool_calls.iter().enumerate();
            let call =
                |(index, call)| ToolCall::new(call, variables, tools, exchange.tool_call_id(index));
            Said::ToolCalls {
                text,
                calls: numbered.map(call).collect(),
            }
        };
        let finish_reason = reply.finish_reason.clone().unwrap_or_else(|| {
            let calls = matches!(said, Said::ToolCalls { .. });
            if calls { "tool_calls" } else { "stop" }.to_owned()
        });
        Self {
            reasoning: render(&reply.reasoning),
            reasoning_signature: reply.reasoning_signature.clone(),
            said,
            finish_reason,
        }
    }

    /// The whole answer as one message.
    pub(super) fn message(&self) -> Value {
        let mut message = match &self.said {
            Said::Text(text) => json!({"type": "content", "role": "assistant", "content": text}),
            Said::ToolCalls { text, calls } => {
                let numbered = calls.iter().enumerate();
                let calls: Vec<_> = numbered.map(|(index, call)| call.to_json(index)).collect();
                json!({"type": "tool_calls", "role": "assistant", "content": text, "tool_calls": calls})
            }
            Said::Image(url) => json!({"type": "image", "role": "assistant", "url": url}),
        };
        for (name, value) in [
            ("reasoning", &self.reasoning),
            ("reasoning_signature", &self.reasoning_signature),
        ] {
            if let (Some(value), Some(message)) = (value, message.as_object_mut()) {
                message.insert(name.to_owned(), json!(value));
            }
        }
        message
    }

    pub(super) fn reasoning_tokens(&self) -> u64 {
        self.reasoning.as_deref().map_or(0, token::count)
    }

    /// All tokens of the answer, those of its reasoning included.
    pub(super) fn tokens(&self) -> u64 {
        let said = match &self.said {
            Said::Text(text) => token::count(text),
            Said::ToolCalls { text, calls } => {
                let calls = calls.iter().map(|call| token::count(&call.arguments));
                text.as_deref().map_or(0, token::count) + calls.sum::<u64>()
            }
            Said::Image(_) => 1,
        };
        self.reasoning_tokens() + said
    }
}

impl ToolCall {
    fn new(call: &FakeToolCall, variables: Variables<'_>, tools: &[&Value], id: String) -> Self {
        let name_of = |tool: &Value| Some(tool.get("function")?.get("name")?.as_str()?.to_owned());
        let name = call
            .name
            .clone()
            .or_else(|| tools.iter().find_map(|tool| name_of(tool)));
        let name = name.unwrap_or_default();
        let arguments = match &call.arguments {
            Some(arguments) => variables.render_json(arguments),
            None => {
                let tool = tools
                    .iter()
                    .find(|tool| name_of(tool).as_ref() == Some(&name));
                let schema = tool.and_then(|tool| tool.get("function")?.get("parameters"));
                arguments_by_schema(schema, variables)
            }
        };
        Self {
            id,
            name,
            arguments: arguments.to_string(),
        }
    }

    pub(crate) fn to_json(&self, index: usize) -> Value {
        json!({
            "index": index,
            "id": self.id,
            "type": "function",
            "function": {"name": self.name, "arguments": self.arguments},
        })
    }
}

/// The arguments that [`FakeReply::first_tool_call`] describes.
fn arguments_by_schema(schema: Option<&Value>, variables: Variables<'_>) -> Value {
    let part = |name| schema.and_then(|schema| schema.get(name));
    let required = part("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|names| names.iter().any(|it| it == name));
    let properties = part("properties").and_then(Value::as_object);
    let argument = |(name, schema): (&String, &Value)| {
        let input = variables
            .inputs
            .and_then(|inputs| inputs.get(name))
            .cloned();
        let value = match input {
            Some(input) => input,
            None if is_required(name) => empty_value(schema, variables),
            None => return None,
        };
        Some((name.clone(), value))
    };
    let arguments: Map<_, _> = properties
        .into_iter()
        .flatten()
        .filter_map(argument)
        .collect();
    Value::Object(arguments)
}

fn empty_value(schema: &Value, variables: Variables<'_>) -> Value {
    let first = schema
        .get("enum")
        .and_then(Value::as_array)
        .and_then(|values| values.first());
    if let Some(first) = first {
        return first.clone();
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("string") => json!(variables.last_user_message.unwrap_or_default()),
        Some("number" | "integer") => json!(0),
        Some("boolean") => json!(false),
        Some("array") => json!([]),
        Some("object") => json!({}),
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const EXCHANGE: Exchange = Exchange {
        number: 7,
        at: Duration::ZERO,
    };

    fn first_call(inputs: Value, tools: &[&Value]) -> ToolCall {
        let variables = Variables {
            inputs: inputs.as_object(),
            last_user_message: Some("hi"),
            tool_result: None,
        };
        let reply = FakeReply::first_tool_call();
        match Answer::new(&reply, variables, tools, EXCHANGE).said {
            Said::ToolCalls { mut calls, .. } => calls.remove(0),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn arguments_follow_the_tools_schema() {
        let tool = json!({"type": "function", "function": {"name": "f", "parameters": {
            "type": "object",
            "properties": {
                "text": {"type": "string"}, "count": {"type": "integer"}, "deep": {"type": "object"},
                "list": {"type": "array"}, "yes": {"type": "boolean"}, "any": {},
                "unit": {"type": "string", "enum": ["c", "f"]},
                "given": {"type": "string"}, "optional": {"type": "string"},
            },
            "required": ["text", "count", "deep", "list", "yes", "any", "unit"],
        }}});
        let call = first_call(json!({"given": 5, "unrelated": 1}), &[&tool]);
        assert_eq!(call.name, "f");
        assert_eq!(call.id, "call_7_0");
        let arguments: Value = serde_json::from_str(&call.arguments).unwrap();
        let expected = json!({"text": "hi", "count": 0, "deep": {}, "list": [], "yes": false, "any": null,
            "unit": "c", "given": 5});
        assert_eq!(arguments, expected);
    }

    #[test]
    fn without_a_tool_the_call_is_empty() {
        let call = first_call(json!({}), &[]);
        assert_eq!((call.name.as_str(), call.arguments.as_str()), ("", "{}"));
    }

    #[test]
    fn an_image_says_nothing_else() {
        let reply = FakeReply {
            text: Some("x".to_owned()),
            ..FakeReply::image("https://x/{{last_user_message}}")
        };
        let variables = Variables {
            last_user_message: Some("cat"),
            ..Variables::default()
        };
        let answer = Answer::new(&reply, variables, &[], EXCHANGE);
        let message = json!({"type": "image", "role": "assistant", "url": "https://x/cat"});
        assert_eq!(answer.message(), message);
        assert_eq!(answer.finish_reason, "stop");
    }
}
