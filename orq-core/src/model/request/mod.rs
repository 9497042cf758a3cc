//! What a caller asks for.

mod deployment_request;
mod document;
mod filter_builder;
mod filter_value;
mod identity;
mod invoke_options;
mod knowledge_filter;
mod thread;

pub use deployment_request::DeploymentRequest;
pub use document::{Document, DocumentMetadata};
pub use filter_builder::KnowledgeFilterBuilder;
pub use filter_value::FilterValue;
pub use identity::Identity;
pub use invoke_options::InvokeOptions;
pub use knowledge_filter::{FieldFilter, FilterCondition, FilterOperator, KnowledgeFilter};
pub use thread::Thread;
