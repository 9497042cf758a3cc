//! The way back: what the model said, as a message of the next request.

use super::CompletionMessage;
use crate::model::{
    AssistantMessage, Content, ContentPart, Nullable, ReasoningPart, ToolCall, ToolType,
};

impl CompletionMessage {
    /// This as a message of a request. See [`Completion::to_message`](super::Completion::to_message).
    pub(super) fn to_request(&self) -> AssistantMessage {
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
