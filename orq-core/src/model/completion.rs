//! An answer, whole or a chunk of it.

use std::borrow::Cow;

use crate::model::choice::{Choice, CompletionMessage};
use crate::model::json::object::object;
use crate::model::json::{Kept, Nullable, RawJson};
use crate::model::kinds::{FinishReason, ObjectKind, Provider};
use crate::model::message::Message;
use crate::model::tool::ToolCall;
use crate::model::usage::{Retrieval, Telemetry, Usage};

/// An answer and a chunk of one have the same fields.
macro_rules! answer {
    ($(#[$meta:meta])* pub struct $name:ident $(keeping $kept:ident)?) => {
        object! { Lenient
            $(#[$meta])*
            #[derive(Default)]
            pub struct $name {
                /// orq's id of the answer (a ULID).
                pub id: Option<String> = "id",
                /// When the answer was begun (RFC 3339).
                pub created: Option<String> = "created",
                /// What the answer is.
                pub object: Option<ObjectKind> = "object",
                /// The model.
                pub model: Option<String> = "model",
                /// Who runs the model.
                pub provider: Option<Provider> = "provider",
                /// Whether this is the whole answer, or the last chunk that has content.
                pub is_final: Option<bool> = "is_final",
                /// orq's id of the integration with the provider.
                pub integration_id: Option<String> = "integration_id",
                /// Where orq keeps the trace of the call.
                pub telemetry: Option<Telemetry> = "telemetry",
                /// When the answer was complete (RFC 3339).
                pub finalized: Option<String> = "finalized",
                /// The provider's name of the model's exact configuration.
                pub system_fingerprint: Nullable<String> = "system_fingerprint",
                /// The alternatives. There is usually one, and in a chunk there may be none.
                pub choices: Vec<Choice> = "choices",
                /// What was retrieved from knowledge bases, if the request asked for it.
                pub retrievals: Option<Vec<Retrieval>> = "retrievals",
                /// The provider's own answer. A null is kept.
                pub provider_response: Option<RawJson> = "provider_response",
                /// How many tokens the call took, if the request asked for it.
                pub usage: Nullable<Usage> = "usage",
            } $(keeping $kept)?
        }

        impl $name {
            /// Choice 0's message.
            pub fn message(&self) -> Option<&CompletionMessage> {
                Choice::first(&self.choices)?.message.as_ref()
            }

            /// Choice 0's text, if it stands in one place: plain text, or exactly one text part among its parts.
            /// For the rare answer in several text parts there is [`joined_text`](Self::joined_text).
            pub fn text(&self) -> Option<&str> {
                self.message()?.text()
            }

            /// Choice 0's text, with that of several text parts joined without anything between them.
            pub fn joined_text(&self) -> Option<Cow<'_, str>> {
                self.message()?.joined_text()
            }

            /// Choice 0's reasoning.
            pub fn reasoning(&self) -> Option<&str> {
                self.message()?.reasoning.as_deref()
            }

            /// Choice 0's calls of tools.
            pub fn tool_calls(&self) -> &[ToolCall] {
                self.message().and_then(|message| message.tool_calls.as_deref()).unwrap_or_default()
            }

            /// The URL of choice 0's image.
            pub fn image_url(&self) -> Option<&str> {
                self.message()?.image_url()
            }

            /// Why choice 0 ended.
            pub fn finish_reason(&self) -> Option<&FinishReason> {
                Choice::first(&self.choices)?.finish_reason.as_option()
            }

            /// What it cost, in tokens.
            pub fn usage(&self) -> Option<&Usage> {
                self.usage.as_option()
            }

            /// Choice 0's refusal.
            pub fn refusal(&self) -> Option<&str> {
                self.message()?.refusal.as_option().map(String::as_str)
            }
        }
    };
}

answer! {
    /// An answer.
    ///
    /// ```
    /// use orq_core::model::Completion;
    ///
    /// let answer: Completion = serde_json::from_str(
    ///     r#"{"id":"01J","choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}"#,
    /// )?;
    /// assert_eq!(answer.text(), Some("Hello"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub struct Completion
}

answer! {
    /// A piece of an answer that is streamed: its text is to be appended to what came before.
    pub struct CompletionChunk keeping raw
}

impl Completion {
    /// Choice 0 as a message of the model, to be sent back with the next request.
    ///
    /// Its reasoning goes along in the shape that requests have: signed or redacted reasoning as parts of the
    /// content, reasoning without a signature as `reasoning_content`. Tool calls keep their signatures. An image
    /// has no place in a message of the model and is left out.
    pub fn to_message(&self) -> Message {
        self.message()
            .map(CompletionMessage::to_request)
            .unwrap_or_default()
            .into()
    }
}

impl CompletionChunk {
    /// The chunk's own JSON as it was received; `None` for a chunk that wasn't read from JSON. Two chunks of the
    /// same fields are equal whatever this is.
    pub fn raw(&self) -> Option<&RawJson> {
        self.raw.get()
    }
}

/// A chunk may be the whole answer: some servers answer a stream with one JSON object.
impl From<CompletionChunk> for Completion {
    fn from(chunk: CompletionChunk) -> Self {
        Self {
            id: chunk.id,
            created: chunk.created,
            object: chunk.object,
            model: chunk.model,
            provider: chunk.provider,
            is_final: chunk.is_final,
            integration_id: chunk.integration_id,
            telemetry: chunk.telemetry,
            finalized: chunk.finalized,
            system_fingerprint: chunk.system_fingerprint,
            choices: chunk.choices,
            retrievals: chunk.retrievals,
            provider_response: chunk.provider_response,
            usage: chunk.usage,
            extra: chunk.extra,
        }
    }
}

/// The answer as the one chunk of a stream, without raw JSON.
impl From<Completion> for CompletionChunk {
    fn from(answer: Completion) -> Self {
        Self {
            id: answer.id,
            created: answer.created,
            object: answer.object,
            model: answer.model,
            provider: answer.provider,
            is_final: answer.is_final,
            integration_id: answer.integration_id,
            telemetry: answer.telemetry,
            finalized: answer.finalized,
            system_fingerprint: answer.system_fingerprint,
            choices: answer.choices,
            retrievals: answer.retrievals,
            provider_response: answer.provider_response,
            usage: answer.usage,
            extra: answer.extra,
            raw: Kept::default(),
        }
    }
}
