//! The prompt of a deployment in a list.

use super::{ModelParameters, PromptMessage};
use crate::model::json::object::object;
use crate::model::{ModelType, Provider, ToolDefinition};

object! { Lenient
    /// The model and prompt of a deployment in a list.
    #[derive(Default)]
    pub struct PromptConfig {
        /// Tools that the model may call.
        pub tools: Option<Vec<ToolDefinition>> = "tools",
        /// The model.
        pub model: Option<String> = "model",
        /// What the model does. Also read as `modelType`.
        pub model_type: Option<ModelType> = "model_type" | "modelType",
        /// The model's parameters. Also read as `modelParameters`.
        pub model_parameters: Option<ModelParameters> = "model_parameters" | "modelParameters",
        /// Who runs the model.
        pub provider: Option<Provider> = "provider",
        /// The prompt.
        pub messages: Vec<PromptMessage> = "messages",
    }
}
