//! The types of the API's requests and responses.
//!
//! They are structs and enums with public fields, which `serde_json` serializes and deserializes. They don't depend on
//! a client or a transport. A request is built with [`DeploymentRequest::new`] and setters; a response has methods such
//! as [`Completion::text`]. The API describes the fields at <https://docs.orq.ai/reference/deployments/invoke>.
//!
//! ```
//! use orq_core::model::{Completion, DeploymentRequest, KnowledgeFilter, Message};
//!
//! let mut request = DeploymentRequest::new("customer-support")
//!     .input("firstname", "Jane")
//!     .message(Message::user("What is the weather in Utrecht?"))
//!     .knowledge_filter(KnowledgeFilter::field("year").gte(2020).lt(2026));
//! assert_eq!(
//!     serde_json::to_string(&request)?,
//!     concat!(
//!         r#"{"key":"customer-support","inputs":{"firstname":"Jane"},"#,
//!         r#""messages":[{"role":"user","content":"What is the weather in Utrecht?"}],"#,
//!         r#""knowledge_filter":{"year":{"gte":2020,"lt":2026}}}"#,
//!     ),
//! );
//!
//! // An unknown field, `mood`, an unknown provider and a field of the wrong type, `telemetry`.
//! let answer: Completion = serde_json::from_str(
//!     r#"{"provider": "newcomer", "telemetry": 7, "mood": "sunny",
//!     "choices": [{"index": 0.0, "message": {
//!         "role": "assistant",
//!         "tool_calls": [
//!             {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
//!         ]
//!     }}]}"#,
//! )?;
//! assert_eq!(answer.provider.as_ref().map(|provider| provider.as_str()), Some("newcomer"));
//! assert_eq!(answer.telemetry, None);
//! assert_eq!(answer.extra.parse::<String>("mood")?.as_deref(), Some("sunny"));
//!
//! // Send the message of the model back, followed by the results of its tool calls.
//! request = request.message(&answer);
//! for call in answer.tool_calls() {
//!     request = request.message(Message::tool_result(call, "18 °C"));
//! }
//! # assert_eq!(request.messages.map(|messages| messages.len()), Some(3));
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! # Common rules
//!
//! - **Unknown fields and values are kept:** fields in `extra`, and values in an enum's `Other`. Both are serialized as
//!   received. Free-form data ([`JsonMap`], [`RawJson`]) keeps the order of keys at every depth and every digit of
//!   numbers.
//! - **Responses are deserialized leniently.** A field of the wrong type is absent, and a list element of the wrong
//!   type is left out. A number or a boolean where text belongs is its JSON text. The client returns a
//!   [`DecodeWarning`] for each; serde's `Deserialize` drops the warnings. **Requests are
//!   deserialized strictly:** the error has the path of the field.
//! - **Absent, null and empty differ.** A field that isn't set is not serialized. A null is kept where orq's schema
//!   allows it ([`Nullable`], and [`Completion::provider_response`]), and deserialized as absent elsewhere. Setters of
//!   lists and maps add to the existing elements.
//! - **Equality:** free-form data is compared as JSON values, so the order of keys, white space and escapes in strings
//!   make no difference.
//! - **Numbers** ([`Number`], and counts as `u64`) are exact within 64 bits, and `24.0` is 24.
//! - **Names** are those in JSON, except that `type` is `kind` (`model_type` for the type of a model), and camel case
//!   becomes snake case.
//! - **JSON only:** the types can be deserialized by `serde_json` only. The `Deserializer` of another format fails.

mod annotation;
mod chat_completion;
mod choice;
mod completion;
mod config;
mod content;
mod filter;
mod json;
#[cfg(feature = "schemars")]
mod json_schema;
mod kinds;
mod macros;
mod merge;
mod message;
mod no_text;
mod options;
mod parameters;
mod part;
mod request;
#[cfg(test)]
mod tests;
mod tool;
mod usage;
mod version;

pub use annotation::{Annotation, AnnotationDeletion, AnnotationMetadata, AnnotationRequest};
pub use annotation::{AnnotationValue, Feedback};
pub use choice::{Choice, CompletionMessage};
pub use completion::{Completion, CompletionChunk};
pub use config::{Deployment, DeploymentConfig, DeploymentPage, PromptConfig, PromptMessage};
pub use content::{Content, ContentPart};
pub use filter::{KnowledgeFilter, KnowledgeFilterBuilder};
pub use json::{DecodeWarning, JsonMap, Nullable, Number, RawJson};
pub use kinds::{FinishReason, MessageKind, ModelType, ObjectKind, Provider, Role};
pub use message::{AssistantMessage, AudioRef, DeveloperMessage, Message, OtherMessage};
pub use message::{SystemMessage, ToolMessage, UserMessage};
pub use no_text::NoText;
pub use options::{Document, DocumentMetadata, Identity, InvokeOptions, Thread};
pub use parameters::{EncodingFormat, JsonObjectFormat, JsonSchema, JsonSchemaFormat};
pub use parameters::{ModelParameters, OutputFormat, PhotoRealVersion, ReasoningEffort};
pub use parameters::{ResponseFormat, TextFormat, ThinkingLevel, Verbosity};
pub use part::{AudioFormat, AudioPart, CacheControl, CacheKind, CacheTtl, FileData, FilePart};
pub use part::{ImageDetail, ImagePart, ImageUrl, InputAudio, ReasoningPart};
pub use part::{RedactedReasoningPart, RefusalPart, TextPart};
pub use request::DeploymentRequest;
pub use tool::{FunctionCall, FunctionDefinition, ToolCall, ToolDefinition, ToolType};
pub use usage::{CompletionTokensDetails, PromptTokensDetails};
pub use usage::{Retrieval, RetrievalMetadata, Telemetry, Usage};
pub use version::{DeploymentVersion, KnowledgeBase, KnowledgeQuery, PromptVariable};
pub use version::{TemplateEngine, VersionPage, VersionSettings, VersionStatus};

pub(crate) use json::{
    DecodeError, Warnings, Wire, decode, decode_typed, first_value, is_number, members, text_of,
    unfenced, without_byte_order_mark,
};
pub(crate) use merge::{Merge, Room, merge_fields};
