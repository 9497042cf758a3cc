//! Tools: what a model may call, and its calls.

use std::borrow::Cow;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::model::json::object::{object, setters};
use crate::model::json::open_enum::open_enum;
use crate::model::json::{JsonMap, Number, RawJson, ReadError, Reader, Wire};

open_enum! {
    /// The kind of a tool.
    pub enum ToolType {
        Function = "function",
    }
}

object! { Strict + may_be_empty
    /// A function that a model may call.
    #[derive(Default)]
    pub struct FunctionDefinition {
        /// Its name.
        pub name: Option<String> = "name",
        /// What it does, for the model to read.
        pub description: Option<String> = "description",
        /// Whether the model's arguments must fit the schema exactly.
        pub strict: Option<bool> = "strict",
        /// A JSON Schema of its arguments.
        pub parameters: Option<JsonMap> = "parameters",
    }
}

impl FunctionDefinition {
    /// A function of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            ..Self::default()
        }
    }

    /// A JSON Schema of the arguments, from anything that is written as a JSON object. What isn't fails when the
    /// request is sent.
    #[must_use]
    pub fn parameters(mut self, schema: impl Serialize) -> Self {
        self.parameters = Some(JsonMap::from_serialize_later(schema));
        self
    }
}

setters!(FunctionDefinition {
    /// What it does, for the model to read.
    description: String,
    /// Whether the model's arguments must fit the schema exactly.
    strict: bool,
});

object! { Strict
    /// A tool that a model may call: in configurations, and in a request's `extra_params.tools`.
    ///
    /// ```
    /// use orq_core::model::{FunctionDefinition, ToolDefinition};
    /// use serde_json::json;
    ///
    /// let tool = ToolDefinition::from(
    ///     FunctionDefinition::new("weather")
    ///         .description("The weather in a city")
    ///         .parameters(json!({"type": "object", "properties": {"city": {"type": "string"}}})),
    /// );
    /// assert_eq!(tool.function.name.as_deref(), Some("weather"));
    /// ```
    #[derive(Default)]
    pub struct ToolDefinition {
        /// The tool's kind.
        pub kind: Option<ToolType> = "type",
        /// The function, if the tool is one.
        pub function: FunctionDefinition = "function",
        /// Its name in orq's studio, in the list of deployments.
        pub display_name: Option<String> = "display_name",
        /// orq's number of it, in the list of deployments.
        pub id: Option<Number> = "id",
    }
}

impl From<FunctionDefinition> for ToolDefinition {
    fn from(function: FunctionDefinition) -> Self {
        Self {
            kind: Some(ToolType::Function),
            function,
            ..Self::default()
        }
    }
}

setters!(ToolDefinition {
    /// Its name in orq's studio.
    display_name: String,
});

object! { Strict + may_be_empty
    /// Which function a model calls, and with what.
    #[derive(Default)]
    pub struct FunctionCall {
        /// The function's name. In a stream only the first chunk of a call has it.
        pub name: Option<String> = "name",
        /// The arguments as JSON text, or a piece of that in a stream. Models write it, so it may be broken.
        pub arguments: Option<String> = "arguments" by arguments_text,
    }
}

setters!(FunctionCall {
    /// The function's name.
    name: String,
    /// The arguments as JSON text.
    arguments: String,
});

/// JSON text in a string; in an answer also the JSON itself, with a warning.
fn arguments_text(raw: &RawValue, reader: &mut Reader) -> Result<String, ReadError> {
    match String::read(raw, reader) {
        Err(error) if raw.get().starts_with('{') => {
            reader.recover(error)?;
            Ok(raw.get().to_owned())
        }
        result => result,
    }
}

object! { Strict
    /// A model's call of a tool: in answers, and in the assistant messages of requests.
    ///
    /// ```
    /// use orq_core::model::{JsonMap, Message, ToolCall};
    ///
    /// let call = ToolCall::new("call_1", "weather", r#"{"city":"Utrecht"}"#);
    /// let arguments: JsonMap = call.arguments()?;
    /// assert_eq!((call.name(), arguments.parse::<String>("city")?.as_deref()), ("weather", Some("Utrecht")));
    ///
    /// let answer = Message::tool_result(&call, "18 °C");
    /// assert_eq!(serde_json::to_string(&answer)?, r#"{"role":"tool","content":"18 °C","tool_call_id":"call_1"}"#);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Default)]
    pub struct ToolCall {
        /// The call's id, which the tool's result refers to. In a stream only the first chunk of a call has it.
        pub id: Option<String> = "id",
        /// Which of the message's calls this is, from 0. Only in answers.
        pub index: Option<u64> = "index",
        /// The tool's kind.
        pub kind: Option<ToolType> = "type",
        /// Which function is called, and with what.
        pub function: FunctionCall = "function",
        /// A provider's signature of the thought behind the call, to be sent back with it. Where a provider puts
        /// it elsewhere, [`ToolCall::signature`] finds it.
        pub thought_signature: Option<String> = "thought_signature",
        /// What a provider wants to have sent back with the call.
        pub extra_content: Option<RawJson> = "extra_content",
    }
}

impl ToolCall {
    /// A call of a function, with its arguments as JSON text.
    pub fn new(
        id: impl Into<String>,
        name: impl Into<String>,
        arguments: impl Into<String>,
    ) -> Self {
        Self {
            id: Some(id.into()),
            kind: Some(ToolType::Function),
            function: FunctionCall::default().name(name).arguments(arguments),
            ..Self::default()
        }
    }

    /// The function's name; empty if there is none.
    pub fn name(&self) -> &str {
        self.function.name.as_deref().unwrap_or_default()
    }

    /// Reads the arguments. Absent or empty ones are read as `{}`.
    ///
    /// # Errors
    /// When the text isn't JSON of `T`'s shape.
    pub fn arguments<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        let text = self.function.arguments.as_deref().unwrap_or_default();
        serde_json::from_str(if text.trim().is_empty() { "{}" } else { text })
    }

    /// The thought signature, be it in its own field or in `extra_content.google.thought_signature`.
    pub fn signature(&self) -> Option<Cow<'_, str>> {
        if let Some(signature) = &self.thought_signature {
            return Some(Cow::Borrowed(signature));
        }
        let content: JsonMap = self.extra_content.as_ref()?.parse().ok()?;
        let google: JsonMap = content.parse("google").ok()??;
        google.parse("thought_signature").ok()?.map(Cow::Owned)
    }

    /// Sets what a provider wants to have sent back with the call.
    #[must_use]
    pub fn extra_content(mut self, content: impl Serialize) -> Self {
        self.extra_content = Some(RawJson::new(content));
        self
    }
}

setters!(ToolCall {
    /// Sets the provider's signature of the thought behind the call.
    thought_signature: String,
});
