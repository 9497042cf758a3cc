//! A deployment's configuration, as get_config and the list tell it.

use serde_json::{Map, Value, json};

/// What the API tells of a deployment beside its name. The default has no prompt, parameters or tools.
pub(crate) struct Configuration<'a> {
    /// Default `openai`.
    pub(crate) provider: &'a str,
    /// Default `gpt-4o`.
    pub(crate) model: &'a str,
    /// Default `chat`.
    pub(crate) model_type: &'a str,
    /// Default `1`.
    pub(crate) version: &'a str,
    pub(crate) messages: &'a [Value],
    pub(crate) parameters: Map<String, Value>,
    pub(crate) tools: &'a [Value],
}

impl Default for Configuration<'_> {
    fn default() -> Self {
        Self {
            provider: "openai",
            model: "gpt-4o",
            model_type: "chat",
            version: "1",
            messages: &[],
            parameters: Map::new(),
            tools: &[],
        }
    }
}

/// The answer of get_config.
pub(crate) fn config(id: &str, configuration: &Configuration<'_>) -> Value {
    json!({
        "id": id,
        "provider": configuration.provider,
        "model": configuration.model,
        "type": configuration.model_type,
        "version": configuration.version,
        "messages": configuration.messages,
        "parameters": configuration.parameters,
        "tools": configuration.tools,
    })
}

/// A page of the list.
pub(crate) fn list(items: Vec<Value>, has_more: bool) -> Value {
    json!({"object": "list", "data": items, "has_more": has_more})
}

/// An item of the list. Its prompt is the template.
pub(crate) fn list_item(
    id: &str,
    created: &str,
    key: &str,
    description: &str,
    configuration: &Configuration<'_>,
) -> Value {
    json!({
        "id": id,
        "created": created,
        "updated": created,
        "key": key,
        "description": description,
        "prompt_config": {
            "tools": listed_tools(configuration),
            "model": configuration.model,
            "model_type": configuration.model_type,
            "model_parameters": configuration.parameters,
            "provider": configuration.provider,
            "messages": configuration.messages,
        },
        "version": configuration.version,
    })
}

/// The tools as lists have them.
pub(super) fn listed_tools(configuration: &Configuration<'_>) -> Vec<Value> {
    let numbered = (1..).zip(configuration.tools);
    numbered.map(|(id, tool)| listed_tool(id, tool)).collect()
}

/// A tool as lists have it: with a number, and with parameters in any case.
fn listed_tool(id: u32, tool: &Value) -> Value {
    let mut tool = tool.clone();
    if let Some(tool) = tool.as_object_mut() {
        tool.insert("id".to_owned(), json!(id));
        if let Some(function) = tool.get_mut("function").and_then(Value::as_object_mut) {
            let none = || json!({"type": "object", "properties": {}});
            function.entry("parameters").or_insert_with(none);
        }
    }
    tool
}

/// A passage that a knowledge base finds.
pub(crate) fn passage(
    document: &str,
    file_name: &str,
    page_number: Option<u64>,
    search_score: f64,
) -> Value {
    let file_type = file_name.rsplit_once('.').map_or("", |(_, end)| end);
    let metadata = json!({
        "file_name": file_name,
        "file_type": file_type,
        "page_number": page_number,
        "search_score": search_score,
    });
    json!({"document": document, "metadata": metadata})
}

/// A function that the model may call. `parameters` is its JSON schema.
pub(crate) fn function(name: &str, description: &str, parameters: Value) -> Value {
    let function = json!({"name": name, "description": description, "parameters": parameters});
    json!({"type": "function", "function": function})
}
