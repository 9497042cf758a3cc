//! The configuration that a deployment would use for a request.

use super::{ModelParameters, PromptMessage};
use crate::model::json::StringOrNumber;
use crate::model::json::object::object;
use crate::model::{ModelType, Provider, ToolDefinition};

object! { Lenient
    /// The configuration that a deployment would use for a request: what get_config answers.
    #[derive(Default)]
    pub struct DeploymentConfig {
        /// orq's id of it.
        pub id: Option<String> = "id",
        /// Who runs the model.
        pub provider: Option<Provider> = "provider",
        /// The model.
        pub model: Option<String> = "model",
        /// What the model does.
        pub model_type: Option<ModelType> = "type",
        /// The deployment's version. A number is read as its text.
        pub version: Option<String> = "version" by StringOrNumber,
        /// The prompt, with the request's variables in place.
        pub messages: Vec<PromptMessage> = "messages",
        /// The model's parameters.
        pub parameters: Option<ModelParameters> = "parameters",
        /// Tools that the model may call.
        pub tools: Option<Vec<ToolDefinition>> = "tools",
    }
}
