//! The messages of a request.

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::model::content::Content;
use crate::model::json::object::{deserialize, object, setters};
use crate::model::json::{Nullable, ReadError, Reader, Wire};
use crate::model::kinds::Role;
use crate::model::part::CacheControl;
use crate::model::tool::ToolCall;

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
    fn read(raw: &RawValue, reader: &mut Reader) -> Result<Self, ReadError> {
        match reader.tag(raw, "role")?.as_deref() {
            Some("system") => SystemMessage::read(raw, reader).map(Self::System),
            Some("developer") => DeveloperMessage::read(raw, reader).map(Self::Developer),
            Some("user") => UserMessage::read(raw, reader).map(Self::User),
            Some("assistant") => AssistantMessage::read(raw, reader).map(Self::Assistant),
            Some("tool") => ToolMessage::read(raw, reader).map(Self::Tool),
            Some(_) => OtherMessage::read(raw, reader).map(Self::Other),
            None => Err(reader.error("missing field `role`")),
        }
    }
}

deserialize!(Strict Message);

object! { Strict
    /// A system message.
    pub struct SystemMessage tagged "role" = "system" {
        /// What it says: text, or parts of type text.
        pub content: Content = "content",
        /// The name of its author, to tell authors of one role apart.
        pub name: Option<String> = "name",
    }
}

impl SystemMessage {
    /// A message that says this.
    pub fn new(content: impl Into<Content>) -> Self {
        Self {
            content: content.into(),
            name: None,
            extra: Default::default(),
        }
    }
}

setters!(SystemMessage {
    /// The name of its author.
    name: String,
});

object! { Strict
    /// A developer message.
    pub struct DeveloperMessage tagged "role" = "developer" {
        /// What it says: text, or parts of type text.
        pub content: Content = "content",
        /// The name of its author, to tell authors of one role apart.
        pub name: Option<String> = "name",
    }
}

impl DeveloperMessage {
    /// A message that says this.
    pub fn new(content: impl Into<Content>) -> Self {
        Self {
            content: content.into(),
            name: None,
            extra: Default::default(),
        }
    }
}

setters!(DeveloperMessage {
    /// The name of its author.
    name: String,
});

object! { Strict
    /// A user message.
    pub struct UserMessage tagged "role" = "user" {
        /// What it says: text, or parts of type text, image, audio and file.
        pub content: Content = "content",
        /// The name of its author, to tell authors of one role apart.
        pub name: Option<String> = "name",
    }
}

impl UserMessage {
    /// A message that says this.
    pub fn new(content: impl Into<Content>) -> Self {
        Self {
            content: content.into(),
            name: None,
            extra: Default::default(),
        }
    }
}

setters!(UserMessage {
    /// The name of its author.
    name: String,
});

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

object! { Strict
    /// A message of a role that this version of the crate doesn't know. All its other fields are in `extra`.
    pub struct OtherMessage {
        /// The role.
        pub role: Role = "role",
    }
}

impl OtherMessage {
    /// A message of this role.
    pub fn new(role: impl Into<Role>) -> Self {
        Self {
            role: role.into(),
            extra: Default::default(),
        }
    }
}

setters!(OtherMessage {});
