//! A request to a deployment.

use serde::Serialize;

use crate::model::filter::KnowledgeFilter;
use crate::model::json::object::{object, setters};
use crate::model::json::{JsonMap, RawJson};
use crate::model::message::Message;
use crate::model::options::{Document, Identity, InvokeOptions, Thread};
use crate::model::tool::ToolDefinition;

object! { Strict
    /// A request to a deployment: the one body of [invoke](https://docs.orq.ai/reference/deployments/invoke), stream
    /// and get_config.
    ///
    /// An option that isn't set is not sent; an empty list or map that is set is. Setters of lists and maps add to
    /// what is there. A value that can't be written as JSON fails when the request is sent.
    ///
    /// ```
    /// use orq_core::model::{DeploymentRequest, Identity, KnowledgeFilter, Message};
    ///
    /// let request = DeploymentRequest::new("customer-support")
    ///     .input("firstname", "Jane")
    ///     .message(Message::user("Where is my order?"))
    ///     .identity(Identity::new("contact_01"))
    ///     .knowledge_filter(KnowledgeFilter::field("year").gte(2020))
    ///     .include_usage();
    /// assert_eq!(request.key, "customer-support");
    /// ```
    pub struct DeploymentRequest {
        /// The deployment's key.
        pub key: String = "key",
        /// Values of the prompt's variables.
        pub inputs: Option<JsonMap> = "inputs",
        /// What the deployment's routing rules look at.
        pub context: Option<JsonMap> = "context",
        /// Messages to put right after the deployment's own.
        pub prefix_messages: Option<Vec<Message>> = "prefix_messages",
        /// Messages to put at the end.
        pub messages: Option<Vec<Message>> = "messages",
        /// Whom the call is made for.
        pub identity: Option<Identity> = "identity",
        /// Ids of files that were uploaded to orq.
        pub file_ids: Option<Vec<String>> = "file_ids",
        /// Free-form data, kept with the call's log.
        pub metadata: Option<JsonMap> = "metadata",
        /// Parameters to override or add, as the provider knows them.
        pub extra_params: Option<JsonMap> = "extra_params",
        /// Texts for the model to draw on.
        pub documents: Option<Vec<Document>> = "documents",
        /// What the answer includes.
        pub invoke_options: Option<InvokeOptions> = "invoke_options",
        /// The conversation that the call belongs to.
        pub thread: Option<Thread> = "thread",
        /// Which documents of the deployment's knowledge bases may be retrieved.
        pub knowledge_filter: Option<KnowledgeFilter> = "knowledge_filter",
    }
}

impl DeploymentRequest {
    /// A request to the deployment of this key.
    pub fn new(key: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            inputs: None,
            context: None,
            prefix_messages: None,
            messages: None,
            identity: None,
            file_ids: None,
            metadata: None,
            extra_params: None,
            documents: None,
            invoke_options: None,
            thread: None,
            knowledge_filter: None,
            extra: JsonMap::new(),
        }
    }

    /// Sets one variable of the prompt.
    #[must_use]
    pub fn input(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        self.inputs.get_or_insert_default().insert(name, value);
        self
    }

    /// Sets variables of the prompt.
    #[must_use]
    pub fn inputs(
        mut self,
        values: impl IntoIterator<Item = (impl Into<String>, impl Serialize)>,
    ) -> Self {
        self.inputs.get_or_insert_default().extend(values);
        self
    }

    /// Sets one value that routing rules look at.
    #[must_use]
    pub fn context_value(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        self.context.get_or_insert_default().insert(name, value);
        self
    }

    /// Sets values that routing rules look at.
    #[must_use]
    pub fn context(
        mut self,
        values: impl IntoIterator<Item = (impl Into<String>, impl Serialize)>,
    ) -> Self {
        self.context.get_or_insert_default().extend(values);
        self
    }

    /// Adds a message to put right after the deployment's own.
    #[must_use]
    pub fn prefix_message(mut self, message: impl Into<Message>) -> Self {
        self.prefix_messages
            .get_or_insert_default()
            .push(message.into());
        self
    }

    /// Adds messages to put right after the deployment's own.
    #[must_use]
    pub fn prefix_messages(
        mut self,
        messages: impl IntoIterator<Item = impl Into<Message>>,
    ) -> Self {
        self.prefix_messages
            .get_or_insert_default()
            .extend(messages.into_iter().map(Into::into));
        self
    }

    /// Adds a message at the end.
    #[must_use]
    pub fn message(mut self, message: impl Into<Message>) -> Self {
        self.messages.get_or_insert_default().push(message.into());
        self
    }

    /// Adds messages at the end.
    #[must_use]
    pub fn messages(mut self, messages: impl IntoIterator<Item = impl Into<Message>>) -> Self {
        self.messages
            .get_or_insert_default()
            .extend(messages.into_iter().map(Into::into));
        self
    }

    /// Adds the id of a file that was uploaded to orq.
    #[must_use]
    pub fn file_id(mut self, id: impl Into<String>) -> Self {
        self.file_ids.get_or_insert_default().push(id.into());
        self
    }

    /// Adds ids of files that were uploaded to orq.
    #[must_use]
    pub fn file_ids(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.file_ids
            .get_or_insert_default()
            .extend(ids.into_iter().map(Into::into));
        self
    }

    /// Sets one value to be kept with the call's log.
    #[must_use]
    pub fn metadata_value(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        self.metadata.get_or_insert_default().insert(name, value);
        self
    }

    /// Sets values to be kept with the call's log.
    #[must_use]
    pub fn metadata(
        mut self,
        values: impl IntoIterator<Item = (impl Into<String>, impl Serialize)>,
    ) -> Self {
        self.metadata.get_or_insert_default().extend(values);
        self
    }

    /// Overrides or adds one parameter.
    #[must_use]
    pub fn extra_param(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        self.extra_params
            .get_or_insert_default()
            .insert(name, value);
        self
    }

    /// Overrides or adds parameters.
    #[must_use]
    pub fn extra_params(
        mut self,
        values: impl IntoIterator<Item = (impl Into<String>, impl Serialize)>,
    ) -> Self {
        self.extra_params.get_or_insert_default().extend(values);
        self
    }

    /// Adds a tool to `extra_params.tools`. When something else than a list is there, the request fails when it is
    /// sent.
    #[must_use]
    pub fn tool(mut self, tool: impl Into<ToolDefinition>) -> Self {
        let params = self.extra_params.get_or_insert_default();
        let tools = match params.get("tools") {
            Some(tools) if !tools.is_null() => tools.parse::<Vec<RawJson>>(),
            _ => Ok(Vec::new()),
        };
        let tools = match tools {
            Ok(mut tools) => {
                tools.push(RawJson::new(tool.into()));
                RawJson::new(tools)
            }
            Err(error) => RawJson::failed(format!(
                "extra_params.tools is not a list of tools: {error}"
            )),
        };
        params.insert_raw("tools", tools);
        self
    }

    /// Adds tools to `extra_params.tools`.
    #[must_use]
    pub fn tools(self, tools: impl IntoIterator<Item = impl Into<ToolDefinition>>) -> Self {
        tools.into_iter().fold(self, Self::tool)
    }

    /// Adds a text for the model to draw on.
    #[must_use]
    pub fn document(mut self, document: Document) -> Self {
        self.documents.get_or_insert_default().push(document);
        self
    }

    /// Adds texts for the model to draw on.
    #[must_use]
    pub fn documents(mut self, documents: impl IntoIterator<Item = Document>) -> Self {
        self.documents.get_or_insert_default().extend(documents);
        self
    }

    /// Asks for token counts in the answer.
    #[must_use]
    pub fn include_usage(mut self) -> Self {
        self.invoke_options.get_or_insert_default().include_usage = Some(true);
        self
    }

    /// Asks for the documents that were retrieved.
    #[must_use]
    pub fn include_retrievals(mut self) -> Self {
        self.invoke_options
            .get_or_insert_default()
            .include_retrievals = Some(true);
        self
    }

    /// Has the server answer with this text, without asking a model. Such a call leaves no log, trace or usage.
    #[must_use]
    pub fn mock_response(mut self, text: impl Into<String>) -> Self {
        self.invoke_options.get_or_insert_default().mock_response = Some(text.into());
        self
    }
}

setters!(DeploymentRequest {
    /// Whom the call is made for. It wins over the client's contact id.
    identity: Identity,
    /// What the answer includes.
    invoke_options: InvokeOptions,
    /// The conversation that the call belongs to.
    thread: Thread,
    /// Which documents of the deployment's knowledge bases may be retrieved.
    knowledge_filter: KnowledgeFilter,
});
