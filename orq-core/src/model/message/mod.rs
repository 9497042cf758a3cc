//! The messages of a request.

mod assistant;
mod developer;
mod other;
mod system;
mod tool;
mod user;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::json::object::deserialize;
use super::json::{Members, Reader, Wire};
use super::{Content, Nullable, ToolCall};

pub use assistant::{AssistantMessage, AudioRef};
pub use developer::DeveloperMessage;
pub use other::OtherMessage;
pub use system::SystemMessage;
pub use tool::ToolMessage;
pub use user::UserMessage;

/// A message of a request, told apart by `role` on the wire.
///
/// ```
/// use orq_core::model::{ContentPart, Message};
///
/// let messages = [
///     Message::system("You are brief."),
///     Message::user([ContentPart::text("What is this?"), ContentPart::image_url("https://example.com/a.png")]),
/// ];
/// assert_eq!(messages[0].role(), "system");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Message {
    /// `system`
    System(SystemMessage),
    /// `developer`
    Developer(DeveloperMessage),
    /// `user`
    User(UserMessage),
    /// `assistant`
    Assistant(AssistantMessage),
    /// `tool`: the result of a tool call.
    Tool(ToolMessage),
    /// A role that this version of the crate doesn't know.
    Other(OtherMessage),
}

impl Message {
    /// A system message.
    pub fn system(content: impl Into<Content>) -> Self {
        Self::System(SystemMessage::new(content))
    }

    /// A developer message.
    pub fn developer(content: impl Into<Content>) -> Self {
        Self::Developer(DeveloperMessage::new(content))
    }

    /// A user message.
    pub fn user(content: impl Into<Content>) -> Self {
        Self::User(UserMessage::new(content))
    }

    /// A message of the model.
    pub fn assistant(content: impl Into<Content>) -> Self {
        Self::Assistant(AssistantMessage::new(content))
    }

    /// The result of a tool call, by the call's id. A plain string is the safest content.
    pub fn tool(tool_call_id: impl Into<String>, content: impl Into<Content>) -> Self {
        Self::Tool(ToolMessage::new(content).tool_call_id(tool_call_id))
    }

    /// The result of a tool call. A call without an id gives a message without `tool_call_id`, which orq refuses.
    pub fn tool_result(call: &ToolCall, content: impl Into<Content>) -> Self {
        let mut message = ToolMessage::new(content);
        message.tool_call_id = call.id.clone().map_or(Nullable::Absent, Nullable::Value);
        Self::Tool(message)
    }

    /// The role, as it is on the wire.
    pub fn role(&self) -> &str {
        match self {
            Self::System(_) => "system",
            Self::Developer(_) => "developer",
            Self::User(_) => "user",
            Self::Assistant(_) => "assistant",
            Self::Tool(_) => "tool",
            Self::Other(message) => message.role.as_str(),
        }
    }
}

macro_rules! from_messages {
    ($($variant:ident($message:ty)),* $(,)?) => {$(
        impl From<$message> for Message {
            fn from(message: $message) -> Self {
                Self::$variant(message)
            }
        }
    )*};
}

from_messages!(
    System(SystemMessage),
    Developer(DeveloperMessage),
    User(UserMessage),
    Assistant(AssistantMessage),
    Tool(ToolMessage),
    Other(OtherMessage),
);

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::System(message) => message.serialize(serializer),
            Self::Developer(message) => message.serialize(serializer),
            Self::User(message) => message.serialize(serializer),
            Self::Assistant(message) => message.serialize(serializer),
            Self::Tool(message) => message.serialize(serializer),
            Self::Other(message) => message.serialize(serializer),
        }
    }
}

impl Wire for Message {
    const EXPECTED: &'static str = "an object";

    fn read<'de, D: Deserializer<'de>>(input: D, reader: &mut Reader) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(input)?;
        match Members::read(raw, reader)?.tag("role", reader)?.as_deref() {
            Some("system") => SystemMessage::read_raw(raw, reader).map(Self::System),
            Some("developer") => DeveloperMessage::read_raw(raw, reader).map(Self::Developer),
            Some("user") => UserMessage::read_raw(raw, reader).map(Self::User),
            Some("assistant") => AssistantMessage::read_raw(raw, reader).map(Self::Assistant),
            Some("tool") => ToolMessage::read_raw(raw, reader).map(Self::Tool),
            Some(_) => OtherMessage::read_raw(raw, reader).map(Self::Other),
            None => Err(reader.error("missing field `role`")),
        }
    }
}

deserialize!(Strict Message);
