//! Requests to a deployment.

use orq_core::{
    DeploymentRequest,
    model::{
        Document, DocumentMetadata, FunctionDefinition, Identity, InvokeOptions, JsonMap, Thread,
        ToolDefinition,
    },
};
use proptest::{collection::vec, option::of, prelude::*, sample::select};
use serde_json::json;

use super::{
    filter::knowledge_filter,
    json::{json_map, number},
    message::message,
    text::{name, some_text, text},
};

/// Any request that orq's schema allows and a client sends, with each field there is: values, messages of each role with parts and tool
/// calls, tools, documents, an identity, filters.
///
/// The key is any. To send it to a double, set one that the double has.
///
/// ```
/// use futures::executor::block_on;
/// use orq_core::Client;
/// use orq_testkit::{FakeOrq, strategy::deployment_request};
/// use proptest::prelude::*;
///
/// let client = Client::new(FakeOrq::new(), FakeOrq::DEFAULT_API_KEY)?;
/// proptest!(ProptestConfig::with_cases(16), |(mut request in deployment_request())| {
///     request.key = "chat".to_owned();
///     let answer = block_on(client.deployments().invoke(&request))?;
///     prop_assert!(answer.text().is_some());
/// });
/// # Ok::<(), orq_core::Error>(())
/// ```
pub fn deployment_request() -> impl Strategy<Value = DeploymentRequest> {
    let maps = (
        of(json_map()),
        of(context()),
        of(json_map()),
        of(extra_params()),
    );
    let messages = (of(vec(message(), 0..3)), of(vec(message(), 0..4)));
    let settings = (
        of(identity()),
        of(invoke_options()),
        of(thread()),
        of(knowledge_filter()),
    );
    let files = (of(vec(name(), 0..3)), of(vec(document(), 0..3)));
    (name(), maps, messages, settings, files)
        .prop_map(|(key, maps, messages, settings, files)| {
            let mut request = DeploymentRequest::new(key);
            (
                request.inputs,
                request.context,
                request.metadata,
                request.extra_params,
            ) = maps;
            (request.prefix_messages, request.messages) = messages;
            (
                request.identity,
                request.invoke_options,
                request.thread,
                request.knowledge_filter,
            ) = settings;
            (request.file_ids, request.documents) = files;
            request
        })
        .boxed()
}

/// What routing rules look at, with or without the environment.
fn context() -> impl Strategy<Value = JsonMap> {
    let environment = of(select(vec![json!("production"), json!(["staging"])]));
    (json_map(), environment).prop_map(|(mut context, environment)| {
        if let Some(environment) = environment {
            context.insert("environments", environment);
        }
        context
    })
}

/// Parameters, with or without tools.
fn extra_params() -> impl Strategy<Value = JsonMap> {
    let parameters = (json_map(), of(0.0..2.0_f64), of(vec(tool(), 0..3)));
    parameters.prop_map(|(mut params, temperature, tools)| {
        if let Some(temperature) = temperature {
            params.insert("temperature", temperature);
        }
        if let Some(tools) = tools {
            params.insert("tools", tools);
        }
        params
    })
}

fn tool() -> impl Strategy<Value = ToolDefinition> {
    let schema = vec(name(), 0..3).prop_map(|names| {
        let properties = names
            .into_iter()
            .map(|name| (name, json!({"type": "string"})));
        json!({"type": "object", "properties": JsonMap::from_iter(properties)})
    });
    let function = (name(), of(text()), of(any::<bool>()), of(schema));
    function.prop_map(|(name, description, strict, schema)| {
        let mut function = FunctionDefinition::new(name);
        function.description = description;
        function.strict = strict;
        let function = match schema {
            Some(schema) => function.parameters(schema),
            None => function,
        };
        function.into()
    })
}

fn identity() -> impl Strategy<Value = Identity> {
    let email = name().prop_map(|name| format!("{name}@example.com"));
    let logo = name().prop_map(|name| format!("https://example.com/{name}.png"));
    let metadata = vec(json_map(), 0..3);
    let fields = (
        name(),
        of(text()),
        of(email),
        of(metadata),
        of(logo),
        of(tags()),
    );
    fields.prop_map(|(id, display_name, email, metadata, logo_url, tags)| {
        let mut identity = Identity::new(id);
        identity.display_name = display_name;
        identity.email = email;
        identity.metadata = metadata;
        identity.logo_url = logo_url;
        identity.tags = tags;
        identity
    })
}

fn invoke_options() -> impl Strategy<Value = InvokeOptions> {
    let mock = prop_oneof![4 => Just(None), 1 => text().prop_map(Some)];
    (of(any::<bool>()), of(any::<bool>()), mock).prop_map(|(retrievals, usage, mock)| {
        let mut options = InvokeOptions::new();
        options.include_retrievals = retrievals;
        options.include_usage = usage;
        options.mock_response = mock;
        options
    })
}

fn thread() -> impl Strategy<Value = Thread> {
    (name(), of(tags())).prop_map(|(id, tags)| {
        let mut thread = Thread::new(id);
        thread.tags = tags;
        thread
    })
}

fn document() -> impl Strategy<Value = Document> {
    let metadata = (of(name()), of(Just("text/plain".to_owned())), of(number()));
    let metadata = metadata.prop_map(|(file_name, file_type, page_number)| {
        let mut metadata = DocumentMetadata::new();
        metadata.file_name = file_name;
        metadata.file_type = file_type;
        metadata.page_number = page_number;
        metadata
    });
    (some_text(), of(metadata)).prop_map(|(text, metadata)| {
        let mut document = Document::new(text);
        document.metadata = metadata;
        document
    })
}

fn tags() -> impl Strategy<Value = Vec<String>> {
    vec(text(), 0..3)
}
