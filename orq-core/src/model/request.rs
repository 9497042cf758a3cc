//! A request to a deployment.

use serde::Serialize;
use serde_json::value::to_raw_value;

use crate::model::filter::KnowledgeFilter;
use crate::model::json::object::{object, setters};
use crate::model::json::{JsonMap, RawJson};
use crate::model::macros::{add_members, list_setters};
use crate::model::message::Message;
use crate::model::options::{Document, Identity, InvokeOptions, Thread};
use crate::model::parameters::ResponseFormat;
use crate::model::tool::ToolDefinition;

object! { Strict
    /// A request to a deployment: the body of [invoke](https://docs.orq.ai/reference/deployments/invoke),
    /// [stream](https://docs.orq.ai/reference/deployments/stream) and
    /// [get_config](https://docs.orq.ai/reference/deployments/get-config).
    ///
    /// A field that isn't set is not sent; an empty list or map that is set is sent. Setters of lists and maps add to
    /// the existing elements. Setters don't fail: a value that can't be serialized as JSON fails the request when it is
    /// sent.
    ///
    /// ```
    /// use orq_core::model::{DeploymentRequest, KnowledgeFilter, Message};
    /// use serde_json::json;
    ///
    /// let history = vec![Message::user("Hello"), Message::assistant("How can I help?")];
    /// let request = DeploymentRequest::new("customer-support")
    ///     .inputs(json!({"firstname": "Jane", "premium": true}))
    ///     .messages(&history)
    ///     .message(Message::user("Where is my order?"))
    ///     .identity("contact_01")
    ///     .thread("conversation_7")
    ///     .document("Orders take three days.")
    ///     .knowledge_filter(KnowledgeFilter::field("year").gte(2020))
    ///     .include_usage();
    /// assert_eq!(request.key, "customer-support");
    /// ```
    pub struct DeploymentRequest {
        /// The key of the deployment.
        pub key: String = "key",
        /// The values of the prompt's variables.
        pub inputs: Option<JsonMap> = "inputs",
        /// The values for the deployment's routing rules.
        pub context: Option<JsonMap> = "context",
        /// The messages that follow the deployment's own.
        pub prefix_messages: Option<Vec<Message>> = "prefix_messages",
        /// The messages at the end.
        pub messages: Option<Vec<Message>> = "messages",
        /// The person or system that the call is made for.
        pub identity: Option<Identity> = "identity",
        /// The ids of files that were uploaded to orq.
        pub file_ids: Option<Vec<String>> = "file_ids",
        /// Free-form data that orq keeps with the log of the call.
        pub metadata: Option<JsonMap> = "metadata",
        /// Parameters that override or complete those of the deployment, named as the provider names them.
        pub extra_params: Option<JsonMap> = "extra_params",
        /// The documents that the model may use.
        pub documents: Option<Vec<Document>> = "documents",
        /// Options of the response.
        pub invoke_options: Option<InvokeOptions> = "invoke_options",
        /// The thread that groups the calls of a conversation.
        pub thread: Option<Thread> = "thread",
        /// The filter on the documents that may be retrieved from the deployment's knowledge bases.
        pub knowledge_filter: Option<KnowledgeFilter> = "knowledge_filter",
    }
}

setters!(DeploymentRequest {
    /// Creates a request to the deployment with this key.
    new(key: String) + inputs + context + prefix_messages + messages + file_ids + metadata + extra_params + documents;
    /// Sets the person or system that the call is made for, by its id or with more data. It takes precedence over the
    /// client's contact id.
    identity: Identity,
    /// Sets the options of the response.
    invoke_options: InvokeOptions,
    /// Sets the thread that groups the calls of a conversation, by its id or with tags.
    thread: Thread,
    /// Sets the filter on the documents that may be retrieved from the deployment's knowledge bases.
    knowledge_filter: KnowledgeFilter,
});

list_setters!(DeploymentRequest {
    /// Adds a message after the deployment's own.
    prefix_message,
    /// Adds several messages after the deployment's own.
    prefix_messages: Message,
    /// Adds a message at the end.
    message,
    /// Adds several messages at the end.
    messages: Message,
    /// Adds the id of a file that was uploaded to orq.
    file_id,
    /// Adds the ids of several files that were uploaded to orq.
    file_ids: String,
    /// Adds a document that the model may use.
    document,
    /// Adds several documents that the model may use.
    documents: Document,
});

/// Defines two setters for each optional map: one sets a value, the other adds the members of an object.
macro_rules! map_setters {
    ($( $(#[$one_meta:meta])* $one:ident, $(#[$many_meta:meta])* $many:ident, )*) => {
        impl DeploymentRequest {
            $(
                $(#[$one_meta])*
                #[must_use]
                pub fn $one(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
                    self.$many.get_or_insert_default().insert(name, value);
                    self
                }

                $(#[$many_meta])*
                ///
                /// They are given as a struct, a map, `serde_json::json!({..})` or a [`JsonMap`], and are added to the
                /// existing ones. A value that isn't serialized as a JSON object fails the request when it is sent.
                #[must_use]
                pub fn $many(mut self, values: impl Serialize) -> Self {
                    add_members(&mut self.$many, values);
                    self
                }
            )*
        }
    };
}

map_setters! {
    /// Sets a variable of the prompt.
    input,
    /// Sets variables of the prompt.
    inputs,
    /// Sets a value for routing rules.
    context_value,
    /// Sets values for routing rules.
    context,
    /// Sets a value that orq keeps with the log of the call.
    metadata_value,
    /// Sets values that orq keeps with the log of the call.
    metadata,
    /// Sets a parameter, named as the provider names it, that overrides or completes those of the deployment.
    extra_param,
    /// Sets parameters, named as the provider names them, that override or complete those of the deployment.
    extra_params,
}

impl DeploymentRequest {
    /// Adds a tool to `extra_params.tools`. If that isn't a list, the request fails when it is sent.
    #[must_use]
    pub fn tool(mut self, tool: impl Into<ToolDefinition>) -> Self {
        let params = self.extra_params.get_or_insert_default();
        let tools = match params.get("tools") {
            Some(tools) if !tools.is_null() => tools.parse::<Vec<RawJson>>(),
            _ => Ok(Vec::new()),
        };
        let tools = tools.and_then(|mut tools| {
            tools.push(RawJson(to_raw_value(&tool.into())?));
            Ok(tools)
        });
        if let Some(tools) = params.settle("tools", tools) {
            params.insert("tools", tools);
        }
        self
    }

    /// Adds several tools to `extra_params.tools`.
    #[must_use]
    pub fn tools(self, tools: impl IntoIterator<Item = impl Into<ToolDefinition>>) -> Self {
        tools.into_iter().fold(self, Self::tool)
    }

    /// Requests an answer in this format: text, a JSON object, or JSON with a schema.
    ///
    /// It is sent as `extra_params.response_format`, which is the parameter's name at OpenAI. orq passes `extra_params` on
    /// to the provider; that this one arrives is not documented.
    #[must_use]
    pub fn response_format(self, format: impl Into<ResponseFormat>) -> Self {
        self.extra_param("response_format", format.into())
    }

    /// Requests the token counts in the completion.
    #[must_use]
    pub fn include_usage(mut self) -> Self {
        self.invoke_options.get_or_insert_default().include_usage = Some(true);
        self
    }

    /// Requests the chunks that were retrieved from knowledge bases in the completion.
    #[must_use]
    pub fn include_retrievals(mut self) -> Self {
        let options = self.invoke_options.get_or_insert_default();
        options.include_retrievals = Some(true);
        self
    }

    /// Sets a text that the server returns without calling a model. Such a call has no log, trace or usage in orq.
    #[must_use]
    pub fn mock_response(mut self, text: impl Into<String>) -> Self {
        self.invoke_options.get_or_insert_default().mock_response = Some(text.into());
        self
    }
}
