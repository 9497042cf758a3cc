//! One of the alternatives of an answer, and what the model says in it.

use std::borrow::Cow;

use crate::model::content::{Content, ContentPart};
use crate::model::json::Nullable;
use crate::model::json::object::object;
use crate::model::kinds::{FinishReason, MessageKind, Role};
use crate::model::message::AssistantMessage;
use crate::model::part::ReasoningPart;
use crate::model::tool::{ToolCall, ToolType};

object! { Lenient
    /// One of the alternatives of an answer.
    #[derive(Default)]
    pub struct Choice {
        /// Which alternative, from 0.
        pub index: Option<u64> = "index",
        /// What the model says; in a stream, the next piece of it. Also read as `delta`.
        pub message: Option<CompletionMessage> = "message" | "delta",
        /// Why the model stopped. In a stream null or absent until the end.
        pub finish_reason: Nullable<FinishReason> = "finish_reason",
    }
}

impl Choice {
    /// Choice 0 of a list: the one of index 0, or the first if that has no index.
    pub(in crate::model) fn first(choices: &[Self]) -> Option<&Self> {
        let mut numbered = (0_u64..).zip(choices);
        numbered
            .find(|(position, choice)| choice.index.unwrap_or(*position) == 0)
            .map(|(_, choice)| choice)
    }
}

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

impl CompletionMessage {
    /// This as a message of a request. See [`Completion::to_message`](crate::model::Completion::to_message).
    pub(in crate::model) fn to_request(&self) -> AssistantMessage {
        let mut thoughts = Vec::new();
        let mut message = AssistantMessage::default();
        match (&self.reasoning, &self.reasoning_signature) {
            // A provider may sign a thought without showing it; the signature alone is worth sending back.
            (reasoning, Some(signature)) => {
                let reasoning = ReasoningPart::new(reasoning.as_deref().unwrap_or_default());
                thoughts.push(ContentPart::Reasoning(reasoning.signature(signature)));
            }
            // The schema wants a signature on a reasoning part.
            (Some(reasoning), None) => message.reasoning_content = Some(reasoning.clone()),
            (None, None) => {}
        }
        thoughts.extend(
            self.redacted_reasoning
                .as_deref()
                .map(ContentPart::redacted_reasoning),
        );

        message.content = if thoughts.is_empty() {
            self.content.clone()
        } else {
            match self.content.as_option() {
                // Providers refuse an empty text part.
                Some(Content::Text(text)) if text.is_empty() => {}
                Some(Content::Text(text)) => thoughts.push(ContentPart::text(text)),
                Some(Content::Parts(parts)) => thoughts.extend(parts.iter().cloned()),
                None => {}
            }
            Nullable::Value(Content::Parts(thoughts))
        };
        message.refusal = self.refusal.clone();
        message.tool_calls = self
            .tool_calls
            .as_ref()
            .map(|calls| calls.iter().map(to_request).collect());
        message
    }
}

/// The call in the request's shape, which has no index and wants a type.
fn to_request(call: &ToolCall) -> ToolCall {
    let mut call = call.clone();
    call.index = None;
    call.kind.get_or_insert(ToolType::Function);
    call
}
