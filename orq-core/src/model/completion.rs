//! Completions and their chunks.

use std::borrow::Cow;

use crate::model::choice::{Choice, CompletionMessage};
use crate::model::json::object::object;
use crate::model::json::{Kept, ListOrOne, Nullable, RawJson};
use crate::model::kinds::{FinishReason, ObjectKind, Provider};
use crate::model::macros::conversions;
use crate::model::message::{AssistantMessage, Message};
use crate::model::tool::ToolCall;
use crate::model::usage::{Retrieval, Telemetry, Usage};

/// Defines [`Completion`] and [`CompletionChunk`], which have the same fields.
macro_rules! answer {
    ($(#[$meta:meta])* pub struct $name:ident $(keeping $kept:ident)?) => {
        object! { Lenient
            $(#[$meta])*
            #[derive(Default)]
            pub struct $name {
                /// orq's id of the completion, a ULID.
                pub id: Option<String> = "id",
                /// The time at which orq started the completion, in RFC 3339 format.
                pub created: Option<String> = "created",
                /// The kind of the completion.
                pub object: Option<ObjectKind> = "object",
                /// The model.
                pub model: Option<String> = "model",
                /// The provider of the model.
                pub provider: Option<Provider> = "provider",
                /// Whether this is the whole completion, or the last chunk with content.
                pub is_final: Option<bool> = "is_final",
                /// orq's id of the integration with the provider.
                pub integration_id: Option<String> = "integration_id",
                /// The trace of the call.
                pub telemetry: Option<Telemetry> = "telemetry",
                /// The time at which the completion was complete, in RFC 3339 format.
                pub finalized: Option<String> = "finalized",
                /// The provider's fingerprint of the model's configuration.
                pub system_fingerprint: Nullable<String> = "system_fingerprint",
                /// The choices. Most completions have one; a chunk may have none.
                pub choices: Vec<Choice> = "choices" by ListOrOne,
                /// The chunks of documents that were retrieved from knowledge bases, if the request asked for them.
                pub retrievals: Option<Vec<Retrieval>> = "retrievals",
                /// The response of the provider; absent or null in a stream. A null is kept.
                pub provider_response: Option<RawJson> = "provider_response",
                /// The token counts, if the request asked for them.
                pub usage: Nullable<Usage> = "usage",
            } $(keeping $kept)?
        }

        impl $name {
            /// Returns the message of choice 0.
            pub fn message(&self) -> Option<&CompletionMessage> {
                Choice::first(&self.choices)?.message.as_ref()
            }

            /// Returns the text of choice 0, with all its text parts joined without a separator; `None` if there is no
            /// content.
            pub fn text(&self) -> Option<Cow<'_, str>> {
                self.message()?.text()
            }

            /// Returns the reasoning of choice 0.
            pub fn reasoning(&self) -> Option<&str> {
                self.message()?.reasoning.as_deref()
            }

            /// Returns the tool calls of choice 0.
            pub fn tool_calls(&self) -> &[ToolCall] {
                self.message().and_then(|message| message.tool_calls.as_deref()).unwrap_or_default()
            }

            /// Returns the URL of the image of choice 0, which may be a `data:` URL.
            pub fn image_url(&self) -> Option<&str> {
                self.message()?.image_url()
            }

            /// Returns the finish reason of choice 0.
            pub fn finish_reason(&self) -> Option<&FinishReason> {
                Choice::first(&self.choices)?.finish_reason.as_option()
            }

            /// Returns the token counts.
            pub fn usage(&self) -> Option<&Usage> {
                self.usage.as_option()
            }

            /// Returns whether there is a part of an answer outside of the choices.
            pub(crate) fn has_rest(&self) -> bool {
                let counts = self.usage().map(|it| [it.total_tokens, it.prompt_tokens, it.completion_tokens]);
                counts.is_some_and(|counts| counts.into_iter().flatten().any(|count| count > 0))
                    || self.retrievals.as_ref().is_some_and(|list| !list.is_empty())
            }

            /// Returns whether there is nothing of a completion, but perhaps an id.
            pub(crate) fn is_blank(&self) -> bool {
                self.choices.is_empty() && !self.has_rest() && self.provider_response.is_none()
            }

            /// Returns orq's trace id from the telemetry.
            pub(crate) fn telemetry_trace_id(&self) -> Option<&str> {
                self.telemetry.as_ref()?.trace_id.as_deref()
            }

            /// Returns the text of the model's refusal in choice 0.
            pub fn refusal(&self) -> Option<&str> {
                self.message()?.refusal.as_option().map(String::as_str)
            }
        }
    };
}

answer! {
    /// The completion that [invoke](https://docs.orq.ai/reference/deployments/invoke) returns, or one assembled from a
    /// stream.
    ///
    /// ```
    /// use orq_core::model::{Completion, NoText};
    ///
    /// let answer: Completion = serde_json::from_str(
    ///     r#"{"id":"01J","choices":[{"index":0,"finish_reason":"stop",
///         "message":{"role":"assistant","content":"Hello"}}]}"#,
    /// )?;
    /// assert_eq!(answer.text().as_deref(), Some("Hello"));
    /// assert_eq!(answer.require_text()?, "Hello");
    /// assert_eq!(Completion::default().require_text(), Err(NoText::Empty));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct Completion
}

answer! {
    /// A chunk of a [streamed](https://docs.orq.ai/reference/deployments/stream) completion. Its text is to be appended
    /// to that of the chunks before it.
    pub struct CompletionChunk keeping raw
}

impl Completion {
    /// Converts choice 0 to an assistant message, to send it back with the next request.
    ///
    /// Reasoning is converted to the format of requests: signed or redacted reasoning to parts of the content,
    /// reasoning without a signature to `reasoning_content`. Tool calls keep their signatures. The image in `url` is
    /// left out, since an assistant message can't contain one.
    pub fn to_message(&self) -> Message {
        let empty = || AssistantMessage::default().into();
        self.message().map_or_else(empty, Message::from)
    }
}

conversions!(Message {
    |answer: &Completion| answer.to_message(),
    |answer: Completion| answer.to_message(),
});

impl CompletionChunk {
    /// Returns the JSON of the chunk as received; `None` for a chunk that wasn't deserialized from JSON. It is ignored
    /// when chunks are compared.
    pub fn raw(&self) -> Option<&str> {
        self.raw.get()
    }
}

/// Implements `From` between [`Completion`] and [`CompletionChunk`], field by field.
macro_rules! convert {
    ($(#[$meta:meta])* $source:ident => $target:ident $(, $kept:ident)?) => {
        $(#[$meta])*
        impl From<$source> for $target {
            fn from(source: $source) -> Self {
                Self {
                    id: source.id,
                    created: source.created,
                    object: source.object,
                    model: source.model,
                    provider: source.provider,
                    is_final: source.is_final,
                    integration_id: source.integration_id,
                    telemetry: source.telemetry,
                    finalized: source.finalized,
                    system_fingerprint: source.system_fingerprint,
                    choices: source.choices,
                    retrievals: source.retrievals,
                    provider_response: source.provider_response,
                    usage: source.usage,
                    extra: source.extra,
                    $( $kept: Kept::default(), )?
                }
            }
        }
    };
}

convert! {
    /// Converts a chunk that is the whole completion: some servers send one JSON object instead of a stream.
    CompletionChunk => Completion
}

convert! {
    /// Converts a completion to the only chunk of a stream, without the raw JSON.
    Completion => CompletionChunk, raw
}
