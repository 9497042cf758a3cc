//! What orq answers, whole or in chunks.

mod choice;
mod completion;
mod kinds;
mod message;
mod provider;
mod retrieval;
mod role;
mod telemetry;
mod to_message;
mod usage;

pub use choice::Choice;
pub use completion::{Completion, CompletionChunk};
pub use kinds::{FinishReason, MessageKind, ModelType, ObjectKind};
pub use message::CompletionMessage;
pub use provider::Provider;
pub use retrieval::{Retrieval, RetrievalMetadata};
pub use role::Role;
pub use telemetry::Telemetry;
pub use usage::{CompletionTokensDetails, PromptTokensDetails, Usage};
