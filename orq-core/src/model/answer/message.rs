//! What the model says in an answer.

use std::borrow::Cow;

use super::{MessageKind, Role};
use crate::model::json::object::object;
use crate::model::{Content, ContentPart, Nullable, ToolCall};

object! { Lenient
    /// What the model says in an answer, or the next piece of it in a stream.
    #[derive(Default)]
    pub struct CompletionMessage {
        /// What it holds. Some servers leave it out: look at the fields themselves.
        pub kind: Option<MessageKind> = "type",
        /// Who speaks.
        pub role: Option<Role> = "role",
        /// The text. Some models give a list of parts.
        pub content: Nullable<Content> = "content",
        /// Calls of tools.
        pub tool_calls: Option<Vec<ToolCall>> = "tool_calls",
        /// The URL of an image, or the image as a `data:` URL.
        pub url: Option<String> = "url",
        /// The model's reasoning; `reasoning_content`, as other routers call it, is read too.
        pub reasoning: Option<String> = "reasoning" | "reasoning_content",
        /// The provider's signature of the reasoning.
        pub reasoning_signature: Option<String> = "reasoning_signature",
        /// Reasoning in the form that only its provider can read.
        pub redacted_reasoning: Option<String> = "redacted_reasoning",
        /// A refusal.
        pub refusal: Nullable<String> = "refusal",
    }
}

impl CompletionMessage {
    /// The text if it stands in one place: plain text, or exactly one text part.
    pub fn text(&self) -> Option<&str> {
        self.content.as_option().and_then(Content::as_str)
    }

    /// The text, with that of several text parts joined. `None` if there is no content at all.
    pub fn joined_text(&self) -> Option<Cow<'_, str>> {
        self.content.as_option().map(Content::text)
    }

    /// The URL of the image, be it the message itself or the first image of its parts.
    pub fn image_url(&self) -> Option<&str> {
        let in_parts = || match self.content.as_option()? {
            Content::Text(_) => None,
            Content::Parts(parts) => parts.iter().find_map(|part| match part {
                ContentPart::ImageUrl(image) => Some(image.image_url.url.as_str()),
                _ => None,
            }),
        };
        self.url.as_deref().or_else(in_parts)
    }
}
