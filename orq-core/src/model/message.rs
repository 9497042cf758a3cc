//! The messages of a request.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::model::content::Content;
use crate::model::json::decode::deserialize_as;
use crate::model::json::object::{object, setters};
use crate::model::json::{Nullable, Reader, Wire, tag};
use crate::model::kinds::Role;
use crate::model::macros::{conversions, list_setters, serialize_as_variant};
use crate::model::part::CacheControl;
use crate::model::tool::ToolCall;

/// A message of a request to [invoke](https://docs.orq.ai/reference/deployments/invoke). The JSON field `role` decides
/// the variant.
///
/// `Message::from` also converts a [`Completion`](crate::model::Completion) and a
/// [`PromptMessage`](crate::model::PromptMessage).
///
/// ```
/// use orq_core::model::{ContentPart, Message};
///
/// let messages = [
///     Message::system("You are brief."),
///     Message::user([
///         ContentPart::text("What is this?"),
///         ContentPart::image_url("https://example.com/a.png"),
///     ]),
/// ];
/// assert_eq!(messages[0].role(), "system");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Message {
    /// `system`: instructions to the model.
    System(SystemMessage),
    /// `developer`: instructions to the model, for newer OpenAI models.
    Developer(DeveloperMessage),
    /// `user`: input of the user.
    User(UserMessage),
    /// `assistant`: a message of the model.
    Assistant(AssistantMessage),
    /// `tool`: the result of a tool call.
    Tool(ToolMessage),
    /// A role that this version of the crate doesn't know.
    Other(OtherMessage),
}

impl Message {
    /// Creates a system message.
    pub fn system(content: impl Into<Content>) -> Self {
        Self::System(SystemMessage::new(content))
    }

    /// Creates a developer message.
    pub fn developer(content: impl Into<Content>) -> Self {
        Self::Developer(DeveloperMessage::new(content))
    }

    /// Creates a user message.
    pub fn user(content: impl Into<Content>) -> Self {
        Self::User(UserMessage::new(content))
    }

    /// Creates an assistant message.
    pub fn assistant(content: impl Into<Content>) -> Self {
        Self::Assistant(AssistantMessage::new(content))
    }

    /// Creates a tool message with the result of the tool call with this id. Some providers accept plain text only.
    pub fn tool(tool_call_id: impl Into<String>, content: impl Into<Content>) -> Self {
        Self::Tool(ToolMessage::new(content).tool_call_id(tool_call_id))
    }

    /// Creates a tool message with the result of a tool call. If the id of the call is absent or empty, the
    /// `tool_call_id` is null.
    pub fn tool_result(call: &ToolCall, content: impl Into<Content>) -> Self {
        let mut message = ToolMessage::new(content);
        let id = call.id.clone().filter(|id| !id.is_empty());
        message.tool_call_id = id.map_or(Nullable::Null, Nullable::Value);
        Self::Tool(message)
    }

    /// Returns the role as in JSON, such as `system`.
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

conversions!(Message {
    |message: SystemMessage| Self::System(message),
    |message: DeveloperMessage| Self::Developer(message),
    |message: UserMessage| Self::User(message),
    |message: AssistantMessage| Self::Assistant(message),
    |message: ToolMessage| Self::Tool(message),
    |message: OtherMessage| Self::Other(message),
    |message: &Message| message.clone(),
});

serialize_as_variant!(Message => System, Developer, User, Assistant, Tool, Other);

impl Wire for Message {
    const EXPECTED: &'static str = "an object";

    fn read<'de, D: Deserializer<'de>>(input: D, reader: &mut Reader) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(input)?;
        match tag(raw, "role", reader)?.as_deref() {
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

deserialize_as!(Strict Message);

/// Defines the messages that have content and a name only.
macro_rules! messages_of_content {
    ($( $(#[$meta:meta])* $name:ident, $role:literal, $(#[$content_meta:meta])* content; )*) => {$(
        object! { Strict
            $(#[$meta])*
            pub struct $name tagged "role" = $role {
                $(#[$content_meta])*
                pub content: Content = "content",
                /// The name of the author, to distinguish authors with the same role.
                pub name: Option<String> = "name",
            }
        }

        setters!($name {
            /// Creates a message with this content.
            new(content: Content);
            /// Sets the name of the author.
            name: String,
        });
    )*};
}

messages_of_content! {
    /// A system message.
    SystemMessage, "system",
    /// The content: text, or text parts.
    content;

    /// A developer message.
    DeveloperMessage, "developer",
    /// The content: text, or text parts.
    content;

    /// A user message.
    UserMessage, "user",
    /// The content: text, or parts with text, images, audio and files.
    content;
}

object! { Strict
    /// A reference to the audio of an earlier completion.
    pub struct AudioRef {
        /// The id of the audio in that completion.
        pub id: String = "id",
    }
}

setters!(AudioRef {
    /// Creates a reference to the audio with this id.
    new(id: String);
});

object! { Strict
    /// An assistant message: a message of the model.
    #[derive(Default)]
    pub struct AssistantMessage tagged "role" = "assistant" {
        /// The content: text, or parts with text, a refusal, reasoning or redacted reasoning.
        pub content: Nullable<Content> = "content",
        /// The text of the model's refusal.
        pub refusal: Nullable<String> = "refusal",
        /// The name of the author, to distinguish authors with the same role.
        pub name: Option<String> = "name",
        /// The audio of an earlier completion.
        pub audio: Nullable<AudioRef> = "audio",
        /// The tool calls.
        pub tool_calls: Option<Vec<ToolCall>> = "tool_calls",
        /// The reasoning, for providers that accept it without a signature.
        pub reasoning_content: Option<String> = "reasoning_content",
    }
}

impl AssistantMessage {
    /// Creates a message with this content. `AssistantMessage::default()` is a message without content.
    pub fn new(content: impl Into<Content>) -> Self {
        Self::default().content(content)
    }
}

setters!(AssistantMessage {
    /// Sets the content.
    content: Content,
    /// Sets the text of the model's refusal.
    refusal: String,
    /// Sets the name of the author.
    name: String,
    /// Sets the reference to the audio of an earlier completion.
    audio: AudioRef,
    /// Sets the reasoning, for providers that accept it without a signature.
    reasoning_content: String,
});

list_setters!(AssistantMessage {
    /// Adds a tool call.
    tool_call,
    /// Adds several tool calls.
    tool_calls: ToolCall,
});

object! { Strict
    /// A tool message: the result of a tool call.
    pub struct ToolMessage tagged "role" = "tool" {
        /// The result: text, or text parts. Some providers accept plain text only.
        pub content: Content = "content",
        /// The id of the tool call. orq requires the field, and allows null.
        pub tool_call_id: Nullable<String> = "tool_call_id",
        /// Whether to cache the prompt up to this message.
        pub cache_control: Option<CacheControl> = "cache_control",
        /// The name of the author, to distinguish authors with the same role.
        pub name: Option<String> = "name",
    }
}

setters!(ToolMessage {
    /// Creates a message with this result, and without a `tool_call_id`, which must be set.
    new(content: Content);
    /// Sets the id of the tool call.
    tool_call_id: String,
    /// Requests caching of the prompt up to this message.
    cache_control: CacheControl,
    /// Sets the name of the author.
    name: String,
});

object! { Strict
    /// A message with a role that this version of the crate doesn't know. All other fields are in `extra`.
    pub struct OtherMessage {
        /// The role.
        pub role: Role = "role",
    }
}

setters!(OtherMessage {
    /// Creates a message with this role.
    new(role: Role);
});
