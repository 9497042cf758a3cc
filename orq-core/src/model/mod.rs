//! The types of the API's requests and answers, as they are on the wire.
//!
//! They are plain values with public fields. A request is built by [`DeploymentRequest::new`] and setters; an answer
//! is read field by field, or by methods such as [`Completion::text`]. The types don't depend on clients and
//! transports: `serde_json` alone reads and writes them. The API's own description of the fields is at
//! <https://docs.orq.ai/reference/deployments/invoke>.
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
//! // An unknown field (`mood`), an unknown name (`newcomer`) and a field of the wrong type (`telemetry`).
//! let answer: Completion = serde_json::from_str(
//!     r#"{"provider": "newcomer", "telemetry": 7, "mood": "sunny", "choices": [{"index": 0.0, "message": {
//!         "role": "assistant",
//!         "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}]
//!     }}]}"#,
//! )?;
//! assert_eq!(answer.provider.as_ref().map(|provider| provider.as_str()), Some("newcomer"));
//! assert_eq!(answer.telemetry, None);
//! assert_eq!(answer.extra.parse::<String>("mood")?.as_deref(), Some("sunny"));
//!
//! // The tool round trip: the message of the model goes back, followed by the results of its tool calls.
//! request = request.message(&answer);
//! for call in answer.tool_calls() {
//!     request = request.message(Message::tool_result(call, "18 °C"));
//! }
//! # assert_eq!(request.messages.map(|messages| messages.len()), Some(3));
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! # What holds for all of them
//! - **Nothing is lost.** Fields that this version doesn't know are kept in `extra`, and values that it doesn't know
//!   in an enum's `Other`; both are written back as they came. Free-form data ([`JsonMap`], [`RawJson`]) keeps the
//!   order of keys at every depth and every digit of numbers.
//! - **Answers are read leniently.** A field of the wrong type is absent, and such an element of a list is left out.
//!   The client reports each as a [`DecodeWarning`]; serde's `Deserialize` can't report warnings and drops them.
//!   **Requests are read strictly**, with an error that says where.
//! - **Absent, null and empty differ.** A field that isn't set is not written. A null is kept where orq's schema
//!   allows it ([`Nullable`], and [`Completion::provider_response`]), and read as absent elsewhere. Setters of lists
//!   and maps add to what is there.
//! - **Equality is that of JSON.** The order of keys and the spelling of numbers and strings make no difference.
//! - **Numbers** ([`Number`], and counts as `u64`) are exact within 64 bits, and `24.0` is 24.
//! - **Names** are those on the wire, except that `type` is `kind` (`model_type` for a model's type), and camel case is
//!   snake case.
//! - **Only JSON.** The types are read by serde_json; another format's `Deserializer` is refused.

mod choice;
mod completion;
mod config;
mod content;
mod filter;
mod json;
mod kinds;
mod macros;
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

pub(crate) use json::{DecodeError, Warnings, Wire, decode, decode_typed};
