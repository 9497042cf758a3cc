//! The configuration of a deployment, and the list of deployments.

use crate::model::content::Content;
use crate::model::json::object::object;
use crate::model::json::{Nullable, RawJson, StringOrNumber};
use crate::model::kinds::{ModelType, Provider, Role};
use crate::model::macros::conversions;
use crate::model::message::{Message, OtherMessage};
use crate::model::parameters::ModelParameters;
use crate::model::tool::{ToolCall, ToolDefinition};

object! { Lenient
    /// The configuration that a deployment would use for a request, as
    /// [get_config](https://docs.orq.ai/reference/deployments/get-config) returns it.
    #[derive(Default)]
    pub struct DeploymentConfig {
        /// orq's id of the configuration.
        pub id: Option<String> = "id",
        /// The provider of the model.
        pub provider: Option<Provider> = "provider",
        /// The model.
        pub model: Option<String> = "model",
        /// The type of the model: the JSON field `type`.
        pub model_type: Option<ModelType> = "type",
        /// The version of the deployment. A number is converted to a string.
        pub version: Option<String> = "version" by StringOrNumber,
        /// The messages of the prompt, with the request's variables filled in.
        pub messages: Vec<PromptMessage> = "messages",
        /// The parameters of the model.
        pub parameters: Option<ModelParameters> = "parameters",
        /// The tools that the model may call.
        pub tools: Option<Vec<ToolDefinition>> = "tools",
    }
}

object! { Lenient
    /// The model and the prompt of a deployment in the list of deployments.
    #[derive(Default)]
    pub struct PromptConfig {
        /// The tools that the model may call.
        pub tools: Option<Vec<ToolDefinition>> = "tools",
        /// The model.
        pub model: Option<String> = "model",
        /// The type of the model. Also deserialized from `modelType`.
        pub model_type: Option<ModelType> = "model_type" | "modelType",
        /// The parameters of the model. Also deserialized from `modelParameters`.
        pub model_parameters: Option<ModelParameters> = "model_parameters" | "modelParameters",
        /// The provider of the model.
        pub provider: Option<Provider> = "provider",
        /// The messages of the prompt.
        pub messages: Vec<PromptMessage> = "messages",
    }
}

object! { Lenient
    /// A message of a deployment's prompt. [`Message::from`] converts it to a message of a request.
    ///
    /// ```
    /// use orq_core::model::{DeploymentConfig, DeploymentRequest};
    ///
    /// let config: DeploymentConfig =
    ///     serde_json::from_str(r#"{"messages":[{"role":"system","content":"Be brief."}]}"#)?;
    /// let request = DeploymentRequest::new("other").prefix_messages(&config.messages);
    /// assert_eq!(
    ///     serde_json::to_string(&request)?,
    ///     r#"{"key":"other","prefix_messages":[{"role":"system","content":"Be brief."}]}"#,
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Default)]
    pub struct PromptMessage {
        /// The role of the author.
        pub role: Option<Role> = "role",
        /// The content.
        pub content: Nullable<Content> = "content",
        /// The tool calls, in assistant messages.
        pub tool_calls: Option<Vec<ToolCall>> = "tool_calls",
        /// The id of the tool call, in tool messages.
        pub tool_call_id: Nullable<String> = "tool_call_id",
    }
}

impl PromptMessage {
    fn to_message(&self) -> Message {
        let mut message = self.clone();
        for call in message.tool_calls.iter_mut().flatten() {
            *call = call.to_request();
        }
        if message.role != Some(Role::Assistant) {
            message.tool_calls = None;
            if message.content.as_option().is_none() {
                message.content = Content::from("").into();
            }
        }
        let role = message.role.get_or_insert(Role::from("")).clone();
        let read = RawJson::new(&message).and_then(|json| json.parse());
        read.unwrap_or_else(|_| {
            let mut other = OtherMessage::new(role);
            other.extra = message.extra;
            other.into()
        })
    }
}

conversions!(Message {
    /// The role decides the variant. A role that requests don't have gives `Message::Other`, with the content in
    /// `extra`.
    |message: &PromptMessage| message.to_message(),
    |message: PromptMessage| message.to_message(),
});

object! { Lenient
    /// A deployment in the [list of deployments](https://docs.orq.ai/reference/deployments/list-all-deployments).
    #[derive(Default)]
    pub struct Deployment {
        /// orq's id of the deployment, which is the cursor of the list. Also deserialized from `_id`.
        pub id: Option<String> = "id" | "_id",
        /// The time at which it was created, in RFC 3339 format.
        pub created: Option<String> = "created",
        /// The time at which it was last changed, in RFC 3339 format.
        pub updated: Option<String> = "updated",
        /// The key, which requests use to select the deployment.
        pub key: Option<String> = "key",
        /// The description.
        pub description: Option<String> = "description",
        /// The model and the prompt. Also deserialized from `promptConfig`.
        pub prompt_config: Option<PromptConfig> = "prompt_config" | "promptConfig",
        /// The version. A number is converted to a string.
        pub version: Option<String> = "version" by StringOrNumber,
    } keeping raw
}

impl Deployment {
    /// Returns the JSON of the deployment as received; `None` for one that wasn't deserialized from JSON. It is ignored
    /// when deployments are compared.
    pub fn raw(&self) -> Option<&str> {
        self.raw.get()
    }
}

object! { Lenient
    /// A page of the list of deployments, newest first.
    #[derive(Default)]
    pub struct DeploymentPage {
        /// The kind of the object: `list`.
        pub object: Option<String> = "object",
        /// The deployments of the page.
        pub data: Vec<Deployment> = "data",
        /// Whether another page follows; false if the field is absent. Also deserialized from `hasMore`.
        pub has_more: bool = "has_more" | "hasMore",
    }
}
