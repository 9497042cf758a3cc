//! A message of the model.

use crate::model::json::object::{object, setters};
use crate::model::{Content, Nullable, ToolCall};

object! { Strict
    /// Audio that the model gave in an earlier answer.
    pub struct AudioRef {
        /// Its id in that answer.
        pub id: String = "id",
    }
}

impl AudioRef {
    /// Audio of this id.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            extra: Default::default(),
        }
    }
}

setters!(AudioRef {});

object! { Strict
    /// A message of the model.
    #[derive(Default)]
    pub struct AssistantMessage tagged "role" = "assistant" {
        /// What it says: text, or parts of type text, refusal, reasoning and redacted reasoning.
        pub content: Nullable<Content> = "content",
        /// A refusal.
        pub refusal: Nullable<String> = "refusal",
        /// The name of its author, to tell authors of one role apart.
        pub name: Option<String> = "name",
        /// Audio that it spoke.
        pub audio: Nullable<AudioRef> = "audio",
        /// Its calls of tools.
        pub tool_calls: Option<Vec<ToolCall>> = "tool_calls",
        /// Its reasoning, for providers that take it without a signature.
        pub reasoning_content: Option<String> = "reasoning_content",
    }
}

impl AssistantMessage {
    /// A message that says this. One that says nothing is `AssistantMessage::default()`.
    pub fn new(content: impl Into<Content>) -> Self {
        Self::default().content(content)
    }

    /// Adds a tool call.
    #[must_use]
    pub fn tool_call(mut self, call: ToolCall) -> Self {
        self.tool_calls.get_or_insert_default().push(call);
        self
    }

    /// Adds tool calls.
    #[must_use]
    pub fn tool_calls(mut self, calls: impl IntoIterator<Item = ToolCall>) -> Self {
        self.tool_calls.get_or_insert_default().extend(calls);
        self
    }
}

setters!(AssistantMessage {
    /// What it says.
    content: Content,
    /// A refusal.
    refusal: String,
    /// The name of its author.
    name: String,
    /// Audio that it spoke.
    audio: AudioRef,
    /// Its reasoning, for providers that take it without a signature.
    reasoning_content: String,
});
