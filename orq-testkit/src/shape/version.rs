//! A version in the list of a deployment's versions.

use serde_json::{Value, json};

use super::configuration::{Configuration, listed_tools};

/// What the API tells of a version.
pub(crate) struct Version<'a> {
    pub(crate) id: &'a str,
    pub(crate) deployment_id: &'a str,
    pub(crate) variant_id: &'a str,
    /// In RFC 3339 format.
    pub(crate) timestamp: &'a str,
    pub(crate) description: &'a str,
    pub(crate) status: &'a str,
    /// The names of the variables.
    pub(crate) variables: &'a [String],
    pub(crate) configuration: &'a Configuration<'a>,
}

pub(crate) fn version(version: &Version<'_>) -> Value {
    let configuration = version.configuration;
    let variables = version.variables.iter();
    let variables: Vec<_> = variables
        .map(|name| json!({"key": name, "is_pii": false}))
        .collect();
    json!({
        "_id": version.id,
        "deployment_id": version.deployment_id,
        "variant_id": version.variant_id,
        "prompt_config": {
            "model": configuration.model,
            "model_db_id": configuration.model,
            "model_type": configuration.model_type,
            "model_parameters": configuration.parameters,
            "provider": configuration.provider,
            "messages": configuration.messages,
        },
        "fallbacks": [],
        "tools": listed_tools(configuration),
        "variables": variables,
        "timestamp": version.timestamp,
        "version": configuration.version,
        "description": version.description,
        "status": version.status,
        "user_id": null,
        "settings": {"engine": "text"},
    })
}
