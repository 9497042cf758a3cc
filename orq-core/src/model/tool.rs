//! Tool definitions and tool calls.

use std::borrow::Cow;

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::model::json::object::{object, setters};
use crate::model::json::open_enum::open_enum;
use crate::model::json::{JsonMap, Number, RawJson, Reader, Wire};
use crate::model::macros::conversions;

open_enum! {
    /// The type of a tool.
    pub enum ToolType {
        Function = "function",
    }
}

object! { Strict
    /// A function that a model may call.
    #[derive(Default)]
    pub struct FunctionDefinition {
        /// The name: letters, digits, underscores and dashes, at most 64.
        pub name: Option<String> = "name",
        /// What the function does, for the model to decide when and how to call it.
        pub description: Option<String> = "description",
        /// Whether the arguments must match the schema exactly.
        pub strict: Option<bool> = "strict",
        /// The arguments, as a JSON Schema object. Without it the function takes no arguments.
        pub parameters: Option<JsonMap> = "parameters",
    }
}

setters!(FunctionDefinition {
    /// Creates a function with this name.
    new(name: String) + parameters;
    /// Sets what the function does, for the model to read.
    description: String,
    /// Sets whether the arguments must match the schema exactly.
    strict: bool,
});

impl FunctionDefinition {
    /// Sets the JSON Schema of the arguments: a struct, a map or `serde_json::json!({..})`. A value that isn't
    /// serialized as a JSON object fails the request when it is sent.
    #[must_use]
    pub fn parameters(mut self, schema: impl Serialize) -> Self {
        self.parameters = self
            .extra
            .settle("parameters", JsonMap::from_serialize(schema));
        self
    }
}

object! { Strict
    /// A tool that a model may call: in configurations, and in a request's `extra_params.tools`.
    ///
    /// `ToolDefinition::from` also converts a [`serde_json::Value`]. One with neither `type` nor `function`, or of
    /// another shape, fails the request when it is sent.
    ///
    /// ```
    /// use orq_core::model::{FunctionDefinition, ToolDefinition};
    /// use serde_json::json;
    ///
    /// let schema = json!({"type": "object", "properties": {"city": {"type": "string"}}});
    /// let tool = ToolDefinition::from(
    ///     FunctionDefinition::new("weather").description("The weather in a city").parameters(&schema),
    /// );
    /// let description = "The weather in a city";
/// let function = json!({"name": "weather", "description": description, "parameters": schema});
    /// assert_eq!(tool, ToolDefinition::from(json!({"type": "function", "function": function})));
    /// ```
    #[derive(Default)]
    pub struct ToolDefinition {
        /// The type of the tool.
        pub kind: Option<ToolType> = "type",
        /// The function, for a tool of type `function`.
        pub function: Option<FunctionDefinition> = "function",
        /// The name in orq's studio. Only in the list of deployments.
        pub display_name: Option<String> = "display_name",
        /// orq's number of the tool. Only in the list of deployments.
        pub id: Option<Number> = "id",
    }
}

setters!(ToolDefinition {
    /// Sets the name in orq's studio.
    display_name: String,
});

conversions!(ToolDefinition {
    |function: FunctionDefinition| Self {
        kind: Some(ToolType::Function),
        function: Some(function),
        ..Self::default()
    },
    |json: serde_json::Value| Self::from_json(json),
});

impl ToolDefinition {
    fn from_json(json: serde_json::Value) -> Self {
        let failure = match serde_json::from_value::<Self>(json) {
            Ok(tool) if tool.kind.is_some() || tool.function.is_some() => return tool,
            Ok(_) => Error::custom("expected the fields `type` and `function`"),
            Err(error) => error,
        };
        let mut tool = Self::default();
        tool.extra.settle::<()>("tool", Err(failure));
        tool
    }
}

object! { Strict
    /// The function that a model calls, and its arguments.
    #[derive(Default)]
    pub struct FunctionCall {
        /// The name of the function. In a stream usually only the first chunk of a call has it.
        pub name: Option<String> = "name",
        /// The arguments as JSON text, or the next piece of it in a stream. It may be invalid JSON, as the model
        /// generates it.
        pub arguments: Option<String> = "arguments" by ArgumentsText,
    }
}

setters!(FunctionCall {
    /// Sets the name of the function.
    name: String,
    /// Sets the arguments, as JSON text.
    arguments: String,
});

/// Reads a string with JSON text. In lenient mode, a JSON object is accepted, too, with a warning.
struct ArgumentsText;

impl Wire<String> for ArgumentsText {
    const EXPECTED: &'static str = String::EXPECTED;

    fn read<'de, D: Deserializer<'de>>(input: D, reader: &mut Reader) -> Result<String, D::Error> {
        if reader.is_typed() {
            return String::read(input, reader);
        }
        let raw = <&RawValue>::deserialize(input)?;
        match raw.get().starts_with('{') {
            true => reader
                .repair(raw, Self::EXPECTED)
                .map(|()| raw.get().to_owned()),
            false => String::read_raw(raw, reader),
        }
    }
}

object! { Strict
    /// A model's call of a tool, in completions and in the assistant messages of requests.
    ///
    /// ```
    /// use orq_core::model::{JsonMap, Message, ToolCall};
    ///
    /// let call = ToolCall::new("call_1", "weather", r#"{"city":"Utrecht"}"#);
    /// let arguments: JsonMap = call.arguments()?;
    /// assert_eq!(call.name(), "weather");
/// assert_eq!(arguments.parse::<String>("city")?.as_deref(), Some("Utrecht"));
    ///
    /// let answer = Message::tool_result(&call, "18 °C");
    /// assert_eq!(
///     serde_json::to_string(&answer)?,
///     r#"{"role":"tool","content":"18 °C","tool_call_id":"call_1"}"#,
/// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Default)]
    pub struct ToolCall {
        /// The id of the call, which the tool message refers to. In a stream usually only the first chunk of a call has
        /// it.
        pub id: Option<String> = "id",
        /// The index of the call in the message, from 0. Only in completions.
        pub index: Option<u64> = "index",
        /// The type of the tool.
        pub kind: Option<ToolType> = "type",
        /// The function that is called, and its arguments.
        pub function: Option<FunctionCall> = "function",
        /// The provider's signature of the reasoning behind the call, to be sent back with it. Some providers put it
        /// into `extra_content`: [`ToolCall::signature`] reads both.
        pub thought_signature: Option<String> = "thought_signature",
        /// Additional data of the provider, to be sent back with the call.
        pub extra_content: Option<RawJson> = "extra_content",
    }
}

impl ToolCall {
    /// Creates a call of a function, with the arguments as JSON text.
    pub fn new(
        id: impl Into<String>,
        name: impl Into<String>,
        arguments: impl Into<String>,
    ) -> Self {
        Self {
            id: Some(id.into()),
            kind: Some(ToolType::Function),
            function: Some(FunctionCall::default().name(name).arguments(arguments)),
            ..Self::default()
        }
    }

    /// Returns the name of the function, or an empty string if there is none.
    pub fn name(&self) -> &str {
        let function = self.function.as_ref();
        function.map_or("", |function| function.name.as_deref().unwrap_or_default())
    }

    /// Returns the JSON text of the arguments, or an empty string if there is none.
    pub fn arguments_text(&self) -> &str {
        let function = self.function.as_ref();
        function.map_or("", |call| call.arguments.as_deref().unwrap_or_default())
    }

    /// Deserializes the arguments to a `T`. Absent and empty arguments are deserialized as `{}`.
    ///
    /// # Errors
    /// An error if the text isn't JSON, or can't be deserialized to a `T`.
    pub fn arguments<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        let text = self.arguments_text();
        serde_json::from_str(if text.trim().is_empty() { "{}" } else { text })
    }

    /// Returns the thought signature, from `thought_signature`, else from `extra_content.google.thought_signature`.
    pub fn signature(&self) -> Option<Cow<'_, str>> {
        let signature = self.thought_signature.as_deref();
        if let Some(signature) = signature.filter(|it| !it.is_empty()) {
            return Some(Cow::Borrowed(signature));
        }
        let content: JsonMap = self.extra_content.as_ref()?.parse().ok()?;
        let google: JsonMap = content.parse("google").ok()??;
        google.parse("thought_signature").ok()?.map(Cow::Owned)
    }

    /// Sets additional data of the provider, to be sent back with the call. A value that can't be serialized as JSON
    /// fails the request when it is sent.
    #[must_use]
    pub fn extra_content(mut self, content: impl Serialize) -> Self {
        self.extra_content = self.extra.settle("extra_content", RawJson::new(content));
        self
    }

    /// Converts the call to one of a request: without an index and an empty id, with a type, and with arguments:
    /// upstream providers reject an empty text.
    pub(in crate::model) fn to_request(&self) -> Self {
        let mut call = self.clone();
        call.index = None;
        call.id = call.id.filter(|id| !id.is_empty());
        call.kind = call.kind.filter(|kind| !kind.as_str().is_empty());
        call.kind.get_or_insert(ToolType::Function);
        if call.arguments_text().trim().is_empty()
            && let Some(function) = &mut call.function
        {
            function.arguments = Some("{}".to_owned());
        }
        call
    }
}

setters!(ToolCall {
    /// Sets the provider's signature of the reasoning behind the call.
    thought_signature: String,
});
