//! The result of a tool call.

use crate::model::json::object::{object, setters};
use crate::model::{CacheControl, Content, Nullable};

object! { Strict
    /// The result of a tool call.
    pub struct ToolMessage tagged "role" = "tool" {
        /// The result: text, or parts of type text. Plain text is safest.
        pub content: Content = "content",
        /// Which call it answers. orq wants it there; null is allowed.
        pub tool_call_id: Nullable<String> = "tool_call_id",
        /// Whether the provider may cache the prompt up to this message.
        pub cache_control: Option<CacheControl> = "cache_control",
        /// The name of its author, to tell authors of one role apart.
        pub name: Option<String> = "name",
    }
}

impl ToolMessage {
    /// A result, of no call yet.
    pub fn new(content: impl Into<Content>) -> Self {
        Self {
            content: content.into(),
            tool_call_id: Nullable::Absent,
            cache_control: None,
            name: None,
            extra: Default::default(),
        }
    }
}

setters!(ToolMessage {
    /// Which call it answers.
    tool_call_id: String,
    /// Lets the provider cache the prompt up to this message.
    cache_control: CacheControl,
    /// The name of its author.
    name: String,
});
