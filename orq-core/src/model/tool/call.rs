//! A model's call of a tool.

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::ToolType;
use crate::model::json::object::{object, setters};
use crate::model::json::{Reader, Wire};
use crate::model::{JsonMap, RawJson};

object! { Strict
    /// Which function a model calls, and with what.
    #[derive(Default)]
    pub struct FunctionCall {
        /// The function's name. In a stream only the first chunk of a call has it.
        pub name: Option<String> = "name",
        /// The arguments as JSON text, or a piece of that in a stream. Models write it, so it may be broken.
        pub arguments: Option<String> = "arguments" by ArgumentsText,
    }
}

setters!(FunctionCall {
    /// The function's name.
    name: String,
    /// The arguments as JSON text.
    arguments: String,
});

/// JSON text in a string; in an answer also the JSON itself, with a warning.
struct ArgumentsText;

impl Wire<String> for ArgumentsText {
    const EXPECTED: &'static str = String::EXPECTED;

    fn read<'de, D: Deserializer<'de>>(input: D, reader: &mut Reader) -> Result<String, D::Error> {
        if reader.is_typed() {
            return String::read(input, reader);
        }
        let raw = <&RawValue>::deserialize(input)?;
        match String::read_raw::<D::Error>(raw, reader) {
            Err(error) if raw.get().starts_with('{') => {
                reader.recover(error).map(|()| raw.get().to_owned())
            }
            result => result,
        }
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
        pub function: Option<FunctionCall> = "function",
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
            function: Some(FunctionCall::default().name(name).arguments(arguments)),
            ..Self::default()
        }
    }

    /// The function's name; empty if there is none.
    pub fn name(&self) -> &str {
        let function = self.function.as_ref();
        function
            .and_then(|function| function.name.as_deref())
            .unwrap_or_default()
    }

    /// Reads the arguments. Absent or empty ones are read as `{}`.
    ///
    /// # Errors
    /// When the text isn't JSON of `T`'s shape.
    pub fn arguments<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        let function = self.function.as_ref();
        let text = function
            .and_then(|function| function.arguments.as_deref())
            .unwrap_or_default();
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

    /// Sets what a provider wants to have sent back with the call. A value that can't be written as JSON fails when
    /// the request is sent.
    #[must_use]
    pub fn extra_content(mut self, content: impl Serialize) -> Self {
        self.extra_content = self.extra.settle("extra_content", RawJson::new(content));
        self
    }
}

setters!(ToolCall {
    /// Sets the provider's signature of the thought behind the call.
    thought_signature: String,
});
