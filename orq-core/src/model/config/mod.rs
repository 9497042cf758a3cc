//! How deployments are configured.

mod deployment;
mod deployment_config;
mod model_parameters;
mod page;
mod parameter_kinds;
mod prompt_config;
mod prompt_message;
mod response_format;

pub use deployment::Deployment;
pub use deployment_config::DeploymentConfig;
pub use model_parameters::ModelParameters;
pub use page::DeploymentPage;
pub use parameter_kinds::{
    EncodingFormat, OutputFormat, PhotoRealVersion, ReasoningEffort, ThinkingLevel, Verbosity,
};
pub use prompt_config::PromptConfig;
pub use prompt_message::PromptMessage;
pub use response_format::{
    JsonObjectFormat, JsonSchema, JsonSchemaFormat, ResponseFormat, TextFormat,
};
