//! A choice of a completion, and the message in it.

use std::borrow::Cow;

use crate::model::content::{Content, ContentPart};
use crate::model::json::object::object;
use crate::model::json::{ListOrOne, Nullable};
use crate::model::kinds::{FinishReason, MessageKind, Role};
use crate::model::macros::conversions;
use crate::model::message::{AssistantMessage, Message};
use crate::model::part::ReasoningPart;
use crate::model::tool::ToolCall;

object! { Lenient
    /// One of the alternatives of a completion. Most completions have one.
    #[derive(Default)]
    pub struct Choice {
        /// The index of the choice, from 0.
        pub index: Option<u64> = "index",
        /// The message of the model; in a stream, the next part of it. Also deserialized from `delta`.
        pub message: Option<CompletionMessage> = "message" | "delta",
        /// The reason why the model stopped. In a stream, null or absent until the end.
        pub finish_reason: Nullable<FinishReason> = "finish_reason",
    }
}

impl Choice {
    /// Returns choice 0 of a list: the first whose index, or position if it has no index, is 0.
    pub(in crate::model) fn first(choices: &[Self]) -> Option<&Self> {
        let mut numbered = (0_u64..).zip(choices);
        let first = numbered.find(|(position, choice)| choice.index.unwrap_or(*position) == 0);
        first.map(|(_, choice)| choice)
    }
}

object! { Lenient
    /// The message of the model in a completion, or the next part of it in a stream.
    #[derive(Default)]
    pub struct CompletionMessage {
        /// The kind of the message. Some servers omit it, so check the other fields, too.
        pub kind: Option<MessageKind> = "type",
        /// The role of the author.
        pub role: Option<Role> = "role",
        /// The content: text from most models, a list of parts from some.
        pub content: Nullable<Content> = "content",
        /// The tool calls of the model.
        pub tool_calls: Option<Vec<ToolCall>> = "tool_calls" by ListOrOne,
        /// The URL of an image, or the image itself as a `data:` URL.
        pub url: Option<String> = "url",
        /// The model's reasoning. Also deserialized from `reasoning_content`.
        pub reasoning: Option<String> = "reasoning" | "reasoning_content",
        /// The provider's signature of the reasoning.
        pub reasoning_signature: Option<String> = "reasoning_signature",
        /// The model's reasoning in encrypted form, which only its provider can read.
        pub redacted_reasoning: Option<String> = "redacted_reasoning",
        /// The text of the model's refusal.
        pub refusal: Nullable<String> = "refusal",
    }
}

impl CompletionMessage {
    /// Returns the text, with all text parts joined without a separator; `None` if there is no content.
    ///
    /// [`require_text`](Self::require_text) returns the text, or the reason why there is none.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        self.content.as_option().map(Content::text)
    }

    /// Returns the URL of the image: the field `url`, else that of the first image part.
    pub fn image_url(&self) -> Option<&str> {
        let in_parts = || {
            self.parts().iter().find_map(|part| match part {
                ContentPart::ImageUrl(image) => Some(image.image_url.url.as_str()),
                _ => None,
            })
        };
        given(&self.url).or_else(in_parts)
    }

    /// Returns the parts of the content; empty if it is text or absent.
    pub(in crate::model) fn parts(&self) -> &[ContentPart] {
        self.content.as_option().map_or(&[], Content::parts)
    }

    /// Converts the message to a message of a request. See
    /// [`Completion::to_message`](crate::model::Completion::to_message).
    pub(in crate::model) fn to_request(&self) -> AssistantMessage {
        let mut thoughts = Vec::new();
        let mut message = AssistantMessage::default();
        let reasoning = given(&self.reasoning);
        match given(&self.reasoning_signature) {
            // A provider may send a signature without the reasoning. It must be sent back, too.
            Some(signature) => {
                let reasoning = ReasoningPart::new(reasoning.unwrap_or_default());
                thoughts.push(ContentPart::Reasoning(reasoning.signature(signature)));
            }
            // The schema requires a signature on a reasoning part.
            None => message.reasoning_content = reasoning.map(str::to_owned),
        }
        let redacted = given(&self.redacted_reasoning);
        thoughts.extend(redacted.map(ContentPart::redacted_reasoning));

        // Providers reject an empty list of calls, and empty content beside calls.
        let calls = self.tool_calls.as_ref().filter(|calls| !calls.is_empty());
        let is_empty = match self.content.as_option() {
            Some(Content::Text(text)) => text.is_empty(),
            Some(Content::Parts(parts)) => parts.is_empty(),
            None => false,
        };
        message.content = if calls.is_some() && is_empty && thoughts.is_empty() {
            Nullable::Absent
        } else if thoughts.is_empty() {
            self.content.clone()
        } else {
            match self.content.as_option() {
                // Providers reject an empty text part.
                Some(Content::Text(text)) if text.is_empty() => {}
                Some(Content::Text(text)) => thoughts.push(ContentPart::text(text)),
                Some(Content::Parts(parts)) => thoughts.extend(parts.iter().cloned()),
                None => {}
            }
            Nullable::Value(Content::Parts(thoughts))
        };
        message.refusal = self.refusal.clone();
        message.tool_calls = calls.map(|calls| calls.iter().map(ToolCall::to_request).collect());
        message
    }
}

/// Returns a text that isn't empty.
fn given(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

conversions!(Message {
    |message: &CompletionMessage| message.to_request().into(),
    |message: CompletionMessage| message.to_request().into(),
});
