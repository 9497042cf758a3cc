//! A request, said with the client's setters.

use orq_core::model::{
    DeploymentRequest, Document, DocumentMetadata, FunctionDefinition, Identity, InvokeOptions,
    Number, Thread, ToolDefinition,
};
use serde_json::Value;

use crate::{
    Result,
    filter::{self, number},
    given::Given,
    message::message,
};

pub(crate) fn request(mut given: Given) -> Result<DeploymentRequest> {
    let mut request = DeploymentRequest::new(given.required_text("key")?);
    if let Some(values) = given.object("inputs")? {
        request = request.inputs(values.into_pairs());
    }
    if let Some(values) = given.object("context")? {
        request = request.context(values.into_pairs());
    }
    if let Some(messages) = given.list("prefix_messages")? {
        let messages = messages.into_iter().map(message);
        request = request.prefix_messages(messages.collect::<Result<Vec<_>>>()?);
    }
    if let Some(messages) = given.list("messages")? {
        let messages = messages.into_iter().map(message);
        request = request.messages(messages.collect::<Result<Vec<_>>>()?);
    }
    if let Some(given) = given.object("identity")? {
        request = request.identity(identity(given)?);
    }
    if let Some(ids) = given.texts("file_ids")? {
        request = request.file_ids(ids);
    }
    if let Some(values) = given.object("metadata")? {
        request = request.metadata(values.into_pairs());
    }
    if let Some(mut given) = given.object("extra_params")? {
        let tools = given.list("tools")?;
        request = request.extra_params(given.into_pairs());
        for given in tools.into_iter().flatten() {
            request = request.tool(tool(Given::new("tool", given)?)?);
        }
    }
    if let Some(documents) = given.list("documents")? {
        let documents = documents.into_iter().map(document);
        request = request.documents(documents.collect::<Result<Vec<_>>>()?);
    }
    if let Some(given) = given.object("invoke_options")? {
        request = request.invoke_options(invoke_options(given)?);
    }
    if let Some(given) = given.object("thread")? {
        request = request.thread(thread(given)?);
    }
    if let Some(given) = given.object("knowledge_filter")? {
        request = request.knowledge_filter(filter::knowledge_filter(given)?);
    }
    given.finish()?;
    Ok(request)
}

fn identity(mut given: Given) -> Result<Identity> {
    let mut identity = Identity::new(given.required_text("id")?);
    if let Some(name) = given.text("display_name")? {
        identity = identity.display_name(name);
    }
    if let Some(email) = given.text("email")? {
        identity = identity.email(email);
    }
    if let Some(url) = given.text("logo_url")? {
        identity = identity.logo_url(url);
    }
    if let Some(tags) = given.texts("tags")? {
        identity = identity.tags(tags);
    }
    if let Some(objects) = given.list("metadata")? {
        let object = |value| Ok(Given::new("metadata", value)?.into_pairs());
        let objects = objects.into_iter().map(object);
        let objects: Vec<_> = objects.collect::<Result<_>>()?;
        identity = identity.metadata(objects);
    }
    given.finish()?;
    Ok(identity)
}

fn tool(mut given: Given) -> Result<ToolDefinition> {
    let kind = given.required_text("type")?;
    let mut inner = Given::new("function", given.required("function")?)?;
    let mut function = FunctionDefinition::new(inner.required_text("name")?);
    if let Some(description) = inner.text("description")? {
        function = function.description(description);
    }
    if let Some(strict) = inner.boolean("strict")? {
        function = function.strict(strict);
    }
    if let Some(schema) = inner.take("parameters") {
        function = function.parameters(schema);
    }
    inner.finish()?;
    given.finish()?;
    match kind.as_str() {
        "function" => Ok(function.into()),
        other => Err(format!("{other} is no kind of tool").into()),
    }
}

fn document(value: Value) -> Result<Document> {
    let mut given = Given::new("document", value)?;
    let mut document = Document::new(given.required_text("text")?);
    if let Some(mut given) = given.object("metadata")? {
        let mut metadata = DocumentMetadata::new();
        if let Some(name) = given.text("file_name")? {
            metadata = metadata.file_name(name);
        }
        if let Some(kind) = given.text("file_type")? {
            metadata = metadata.file_type(kind);
        }
        if let Some(page) = given.take("page_number") {
            let page: Number = number(&page)?;
            metadata = metadata.page_number(page);
        }
        given.finish()?;
        document = document.metadata(metadata);
    }
    given.finish()?;
    Ok(document)
}

fn invoke_options(mut given: Given) -> Result<InvokeOptions> {
    let mut options = InvokeOptions::new();
    if let Some(include) = given.boolean("include_retrievals")? {
        options = options.include_retrievals(include);
    }
    if let Some(include) = given.boolean("include_usage")? {
        options = options.include_usage(include);
    }
    if let Some(text) = given.text("mock_response")? {
        options = options.mock_response(text);
    }
    given.finish()?;
    Ok(options)
}

fn thread(mut given: Given) -> Result<Thread> {
    let mut thread = Thread::new(given.required_text("id")?);
    if let Some(tags) = given.texts("tags")? {
        thread = thread.tags(tags);
    }
    given.finish()?;
    Ok(thread)
}
