//! The nouns of the API, as they stand on the wire.

mod answer;
mod config;
mod content;
mod json;
mod message;
mod request;
#[cfg(test)]
mod tests;
mod tool;

pub use answer::{
    Choice, Completion, CompletionChunk, CompletionMessage, CompletionTokensDetails, FinishReason,
};
pub use answer::{
    MessageKind, ModelType, ObjectKind, PromptTokensDetails, Provider, Retrieval, RetrievalMetadata,
};
pub use answer::{Role, Telemetry, Usage};
pub use config::{
    Deployment, DeploymentConfig, DeploymentPage, EncodingFormat, JsonObjectFormat, JsonSchema,
};
pub use config::{
    JsonSchemaFormat, ModelParameters, OutputFormat, PhotoRealVersion, PromptConfig, PromptMessage,
};
pub use config::{ReasoningEffort, ResponseFormat, TextFormat, ThinkingLevel, Verbosity};
pub use content::TextPart;
pub use content::{
    AudioFormat, AudioPart, CacheControl, CacheKind, CacheTtl, Content, ContentPart, FileData,
    FilePart,
};
pub use content::{
    ImageDetail, ImagePart, ImageUrl, InputAudio, ReasoningPart, RedactedReasoningPart, RefusalPart,
};
pub use json::{DecodeWarning, JsonMap, JsonMapIter, Nullable, Number, RawJson};
pub use message::UserMessage;
pub use message::{
    AssistantMessage, AudioRef, DeveloperMessage, Message, OtherMessage, SystemMessage, ToolMessage,
};
pub use request::{
    DeploymentRequest, Document, DocumentMetadata, FieldFilter, FilterCondition, FilterOperator,
};
pub use request::{
    FilterValue, Identity, InvokeOptions, KnowledgeFilter, KnowledgeFilterBuilder, Thread,
};
pub use tool::{FunctionCall, FunctionDefinition, ToolCall, ToolDefinition, ToolType};

pub(crate) use json::{Wire, decode};
