//! What a deployment of the double answers.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::Value;

/// An answer of a [`FakeDeployment`](crate::FakeDeployment): text, tool calls or an image.
///
/// Its texts are templates: `{{name}}` is replaced by the input `name`, `{{last_user_message}}` and `{{tool_result}}`
/// by those texts of the conversation.
///
/// ```
/// use orq_testkit::FakeAnswer;
/// use serde_json::json;
///
/// let text = FakeAnswer::text("Hello {{firstname}}!");
/// let thought = FakeAnswer::text("42").with_reasoning("Six times seven.", "c2lnbmVk");
/// let call = FakeAnswer::tool_call("get_weather", json!({"city": "{{city}}"}));
/// let image = FakeAnswer::image("https://example.com/cat.png");
/// ```
#[derive(Clone, Debug, PartialEq, Default)]
#[must_use]
pub struct FakeAnswer(pub(crate) AnswerFields);

/// A reply in JSON, when it is more than a text.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AnswerFields {
    pub(crate) text: Option<String>,
    pub(crate) reasoning: Option<String>,
    pub(crate) reasoning_signature: Option<String>,
    pub(crate) tool_calls: Vec<FakeToolCall>,
    pub(crate) image: Option<String>,
    pub(crate) finish_reason: Option<String>,
}

/// One tool call of a [`FakeAnswer`].
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FakeToolCall {
    /// Without a name, the first tool that there is.
    #[serde(default)]
    pub(crate) name: Option<String>,
    /// Without arguments, what the tool's schema asks for.
    #[serde(default)]
    pub(crate) arguments: Option<Value>,
}

impl FakeAnswer {
    /// Creates an answer in text.
    pub fn text(template: impl Into<String>) -> Self {
        let mut reply = Self::default();
        reply.0.text = Some(template.into());
        reply
    }

    /// Creates a call of the tool `name`. Every string inside of `arguments` is a template.
    pub fn tool_call(name: impl Into<String>, arguments: Value) -> Self {
        Self::default().with_tool_call(name, arguments)
    }

    /// Creates a call of the first tool in the request's `extra_params.tools`, or else of the deployment's first tool.
    ///
    /// Its arguments follow the tool's JSON schema: each property gets the input of the same name; a required one
    /// without an input gets the first value of its `enum`, the last user message if it is a string, or
    /// else an empty value of its type.
    pub fn first_tool_call() -> Self {
        let mut reply = Self::default();
        reply.0.tool_calls.push(FakeToolCall {
            name: None,
            arguments: None,
        });
        reply
    }

    /// Creates an answer with the image at this URL. It has nothing else: text and tool calls are left out.
    pub fn image(url: impl Into<String>) -> Self {
        let mut reply = Self::default();
        reply.0.image = Some(url.into());
        reply
    }

    /// Adds the model's reasoning, which comes first, and the provider's signature of it.
    pub fn with_reasoning(
        mut self,
        template: impl Into<String>,
        signature: impl Into<String>,
    ) -> Self {
        self.0.reasoning = Some(template.into());
        self.0.reasoning_signature = Some(signature.into());
        self
    }

    /// Adds a tool call to the others.
    pub fn with_tool_call(mut self, name: impl Into<String>, arguments: Value) -> Self {
        self.0.tool_calls.push(FakeToolCall {
            name: Some(name.into()),
            arguments: Some(arguments),
        });
        self
    }

    /// Sets the finish reason. The default is `tool_calls` if there are any, otherwise `stop`.
    pub fn with_finish_reason(mut self, reason: impl Into<String>) -> Self {
        self.0.finish_reason = Some(reason.into());
        self
    }
}

impl From<&str> for FakeAnswer {
    fn from(template: &str) -> Self {
        Self::text(template)
    }
}

impl From<String> for FakeAnswer {
    fn from(template: String) -> Self {
        Self::text(template)
    }
}

/// A string, or an object with this type's fields.
impl<'de> Deserialize<'de> for FakeAnswer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrFields;

        impl<'de> Visitor<'de> for TextOrFields {
            type Value = FakeAnswer;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a reply, which is a string or an object")
            }

            fn visit_str<E>(self, template: &str) -> Result<FakeAnswer, E> {
                Ok(FakeAnswer::text(template))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FakeAnswer, A::Error> {
                AnswerFields::deserialize(MapAccessDeserializer::new(map)).map(FakeAnswer)
            }
        }

        deserializer.deserialize_any(TextOrFields)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(json: Value) -> Result<FakeAnswer, serde_json::Error> {
        serde_json::from_value(json)
    }

    #[test]
    fn a_reply_is_a_string_or_an_object() {
        assert_eq!(read(json!("hi")).unwrap(), FakeAnswer::text("hi"));
        let object = json!({"text": "42", "reasoning": "hm", "reasoning_signature": "s", "finish_reason": "length"});
        let built = FakeAnswer::text("42")
            .with_reasoning("hm", "s")
            .with_finish_reason("length");
        assert_eq!(read(object).unwrap(), built);
        let calls = json!({"tool_calls": [{"name": "f", "arguments": {"a": 1}}]});
        let built = FakeAnswer::tool_call("f", json!({"a": 1}));
        assert_eq!(read(calls).unwrap(), built);
        let first = read(json!({"tool_calls": [{}]})).unwrap();
        assert_eq!(first, FakeAnswer::first_tool_call());
        let image = read(json!({"image": "https://x"})).unwrap();
        assert_eq!(image, FakeAnswer::image("https://x"));
    }

    #[test]
    fn anything_else_is_refused() {
        assert!(read(json!(1)).is_err());
        let error = read(json!({"txt": "hi"})).unwrap_err().to_string();
        assert!(error.contains("unknown field `txt`"), "{error}");
    }
}
