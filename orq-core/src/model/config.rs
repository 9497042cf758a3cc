//! How deployments are configured.

use crate::model::content::Content;
use crate::model::json::object::object;
use crate::model::json::{Nullable, RawJson, text_of_string_or_number};
use crate::model::kinds::{ModelType, Provider, Role};
use crate::model::parameters::ModelParameters;
use crate::model::tool::{ToolCall, ToolDefinition};

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
        pub version: Option<String> = "version" by text_of_string_or_number,
        /// The prompt, with the request's variables in place.
        pub messages: Vec<PromptMessage> = "messages",
        /// The model's parameters.
        pub parameters: Option<ModelParameters> = "parameters",
        /// Tools that the model may call.
        pub tools: Option<Vec<ToolDefinition>> = "tools",
    }
}

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

object! { Lenient
    /// A message of a deployment's prompt.
    #[derive(Default)]
    pub struct PromptMessage {
        /// Who speaks.
        pub role: Option<Role> = "role",
        /// What it says.
        pub content: Nullable<Content> = "content",
        /// Calls of tools.
        pub tool_calls: Option<Vec<ToolCall>> = "tool_calls",
        /// Which call it answers.
        pub tool_call_id: Nullable<String> = "tool_call_id",
    }
}

object! { Lenient
    /// A deployment in a list.
    #[derive(Default)]
    pub struct Deployment {
        /// orq's id of it, which cursors are made of. Also read as `_id`.
        pub id: Option<String> = "id" | "_id",
        /// When it was created (RFC 3339).
        pub created: Option<String> = "created",
        /// When it was last changed (RFC 3339).
        pub updated: Option<String> = "updated",
        /// Its key, by which it is called.
        pub key: Option<String> = "key",
        /// What it is for.
        pub description: Option<String> = "description",
        /// Its model and prompt. Also read as `promptConfig`.
        pub prompt_config: Option<PromptConfig> = "prompt_config" | "promptConfig",
        /// Its version. A number is read as its text.
        pub version: Option<String> = "version" by text_of_string_or_number,
    } keeping raw
}

impl Deployment {
    /// The item's own JSON as it was received; `None` for one that wasn't read from JSON. Two deployments of the
    /// same fields are equal whatever this is.
    pub fn raw(&self) -> Option<&RawJson> {
        self.raw.get()
    }
}

object! { Lenient
    /// A page of the list of deployments, newest first.
    #[derive(Default)]
    pub struct DeploymentPage {
        /// What this is: `list`.
        pub object: Option<String> = "object",
        /// The deployments of the page.
        pub data: Vec<Deployment> = "data",
        /// Whether there is another page after this one. False if the server doesn't say.
        pub has_more: bool = "has_more",
    }
}
