//! The answers of a deployment with their variables replaced.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::{
    answer::{FakeAnswer, FakeToolCall},
    template::Variables,
};
use crate::shape::{ModelAnswer, Said, Stamp, ToolCall};

impl FakeAnswer {
    /// `tools` are those that a nameless tool call may choose from.
    pub(crate) fn render(
        &self,
        variables: Variables<'_>,
        tools: &[&Value],
        stamp: Stamp,
    ) -> ModelAnswer {
        let fields = &self.0;
        let render = |template: &Option<String>| template.as_ref().map(|it| variables.render(it));
        let text = render(&fields.text);
        let said = if let Some(url) = render(&fields.image) {
            Said::Image(url)
        } else if fields.tool_calls.is_empty() {
            Said::Text(text.unwrap_or_default())
        } else {
            let numbered = fields.tool_calls.iter().enumerate();
            let call = |(index, call): (usize, &FakeToolCall)| {
                call.render(variables, tools, stamp.tool_call_id(index))
            };
            Said::ToolCalls {
                text,
                calls: numbered.map(call).collect(),
            }
        };
        let finish_reason = fields.finish_reason.clone().unwrap_or_else(|| {
            let calls = matches!(said, Said::ToolCalls { .. });
            if calls { "tool_calls" } else { "stop" }.to_owned()
        });
        ModelAnswer {
            reasoning: render(&fields.reasoning),
            reasoning_signature: fields.reasoning_signature.clone(),
            said,
            finish_reason,
        }
    }
}

impl FakeToolCall {
    fn render(&self, variables: Variables<'_>, tools: &[&Value], id: String) -> ToolCall {
        let name_of = |tool: &Value| Some(tool.get("function")?.get("name")?.as_str()?.to_owned());
        let name = self
            .name
            .clone()
            .or_else(|| tools.iter().find_map(|tool| name_of(tool)));
        let name = name.unwrap_or_default();
        let arguments = match &self.arguments {
            Some(arguments) => variables.render_json(arguments),
            None => {
                let tool = tools
                    .iter()
                    .find(|tool| name_of(tool).as_ref() == Some(&name));
                let schema = tool.and_then(|tool| tool.get("function")?.get("parameters"));
                arguments_by_schema(schema, variables)
            }
        };
        ToolCall {
            id,
            name,
            arguments: arguments.to_string(),
        }
    }
}

/// The arguments that [`FakeAnswer::first_tool_call`] describes.
fn arguments_by_schema(schema: Option<&Value>, variables: Variables<'_>) -> Value {
    let part = |name| schema.and_then(|schema| schema.get(name));
    let required = part("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let required: HashSet<_> = required.filter_map(Value::as_str).collect();
    let properties = part("properties").and_then(Value::as_object);
    let argument = |(name, schema): (&String, &Value)| {
        let input = variables
            .inputs
            .and_then(|inputs| inputs.get(name))
            .cloned();
        let value = match input {
            Some(input) => input,
            None if required.contains(name.as_str()) => empty_value(schema, variables),
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
    use crate::fake::model::template::Room;

    const STAMP: Stamp = Stamp {
        number: 7,
        at: Duration::ZERO,
    };

    fn first_call(inputs: Value, tools: &[&Value]) -> ToolCall {
        let variables = Variables {
            inputs: inputs.as_object(),
            last_user_message: Some("hi"),
            tool_result: None,
            room: &Room::default(),
        };
        let reply = FakeAnswer::first_tool_call();
        match reply.render(variables, tools, STAMP).said {
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
        let mut reply = FakeAnswer::image("https://x/{{last_user_message}}");
        reply.0.text = Some("x".to_owned());
        let variables = Variables {
            inputs: None,
            last_user_message: Some("cat"),
            tool_result: None,
            room: &Room::default(),
        };
        let answer = reply.render(variables, &[], STAMP);
        let message = json!({"type": "image", "role": "assistant", "url": "https://x/cat"});
        assert_eq!(answer.message(), message);
        assert_eq!(answer.finish_reason, "stop");
    }
}
