//! Deployments from a JSON file.

use std::{collections::HashSet, fmt};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    check::{self, Issue},
    deployment::FakeDeployment,
    settings::Settings,
    variant::FakeVariant,
};

/// Why a seed can't be used. Its text names the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedError(String);

impl fmt::Display for SeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SeedError {}

/// What a seed says.
#[derive(Debug, Default)]
pub(super) struct Seed {
    pub(super) builtins: bool,
    /// In the file's order.
    pub(super) deployments: Vec<FakeDeployment>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    builtins: bool,
    #[serde(default)]
    deployments: Vec<Map<String, Value>>,
}

pub(super) fn read(json: &str) -> Result<Seed, SeedError> {
    let file: File = serde_json::from_str(json).map_err(|error| SeedError(error.to_string()))?;
    let mut seed = Seed {
        builtins: file.builtins,
        deployments: Vec::new(),
    };
    let mut keys = HashSet::new();
    for (index, fields) in file.deployments.into_iter().enumerate() {
        let path = format!("deployments[{index}]");
        let deployment = deployment(fields, &path)?;
        if !keys.insert(deployment.key.clone()) {
            let message = format!("{path}.key: {:?} is there twice", deployment.key);
            return Err(SeedError(message));
        }
        seed.deployments.push(deployment);
    }
    Ok(seed)
}

fn deployment(mut fields: Map<String, Value>, path: &str) -> Result<FakeDeployment, SeedError> {
    let key: Option<String> = take(&mut fields, "key", path)?;
    let key = key.ok_or_else(|| SeedError(format!("{path}.key: is required")))?;
    let description: Option<_> = take(&mut fields, "description", path)?;
    let version: Option<_> = take(&mut fields, "version", path)?;
    let variants: Option<Vec<_>> = take(&mut fields, "variants", path)?;

    let mut deployment = FakeDeployment::new(key);
    deployment.description = description.unwrap_or(deployment.description);
    deployment.version = version.unwrap_or(deployment.version);
    for (index, variant_fields) in variants.unwrap_or_default().into_iter().enumerate() {
        let path = format!("{path}.variants[{index}]");
        let variant = variant(variant_fields, &path)?;
        deployment.variants.push(variant);
    }
    deployment.settings = settings(fields, path)?;
    Ok(deployment)
}

fn variant(mut fields: Map<String, Value>, path: &str) -> Result<FakeVariant, SeedError> {
    let when: Option<Map<_, _>> = take(&mut fields, "when", path)?;
    let when = when.filter(|when| !when.is_empty()).ok_or_else(|| {
        SeedError(format!(
            "{path}.when: is required, with a condition at least"
        ))
    })?;
    let settings = settings(fields, path)?;
    Ok(FakeVariant { when, settings })
}

fn settings(fields: Map<String, Value>, path: &str) -> Result<Settings, SeedError> {
    let fields = Value::Object(fields);
    if let Some(Issue { path: at, message }) = check::settings(&fields).first() {
        return Err(SeedError(format!("{path}.{at}: {message}")));
    }
    Settings::deserialize(fields).map_err(|error| SeedError(format!("{path}: {error}")))
}

/// Takes the field `name` out of `fields`. An absent one and `null` are `None`.
fn take<T: for<'de> Deserialize<'de>>(
    fields: &mut Map<String, Value>,
    name: &str,
    path: &str,
) -> Result<Option<T>, SeedError> {
    let value = fields.remove(name).unwrap_or_default();
    serde_json::from_value(value).map_err(|error| SeedError(format!("{path}.{name}: {error}")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fake::reply::FakeReply;

    #[test]
    fn a_seed_says_what_the_builders_say() {
        let seed = read(
            r#"{"deployments": [{
                "key": "greeter", "description": "Greets", "version": "7",
                "provider": "mistral", "model": "small", "type": "completion",
                "messages": [{"role": "system", "content": "Greet {{firstname}}."}],
                "parameters": {"temperature": 0.2},
                "tools": [{"type": "function", "function": {"name": "f", "description": "d", "parameters": {}}}],
                "retrievals": [{"document": "d", "metadata":
                    {"file_name": "a.md", "file_type": "md", "page_number": null, "search_score": 0.5}}],
                "replies": ["Hello {{firstname}}!", {"image": "https://x"}],
                "tool_reply": "So {{tool_result}}",
                "variants": [{"when": {"locale": "nl"}, "replies": ["Hoi"]}]
            }]}"#,
        );
        let built = FakeDeployment::new("greeter")
            .description("Greets")
            .version("7")
            .model("mistral", "small")
            .model_type("completion")
            .message("system", "Greet {{firstname}}.")
            .parameter("temperature", json!(0.2))
            .tool("f", "d", json!({}))
            .retrieval("d", "a.md", None, 0.5)
            .reply("Hello {{firstname}}!")
            .reply(FakeReply::image("https://x"))
            .tool_reply("So {{tool_result}}")
            .variant(FakeVariant::when("locale", "nl").reply("Hoi"));
        let seed = seed.unwrap();
        assert_eq!(format!("{:?}", seed.deployments), format!("{:?}", [built]));
        assert!(!seed.builtins);
    }

    #[test]
    fn a_bad_seed_is_refused_with_the_place() {
        let cases = [
            ("{", "line 1 column 1"),
            (r#"{"deployment": []}"#, "unknown field `deployment`"),
            (r#"{"deployments": [1]}"#, "line 1 column 18"),
            (
                r#"{"deployments": [{}]}"#,
                "deployments[0].key: is required",
            ),
            (
                r#"{"deployments": [{"key": 1}]}"#,
                "deployments[0].key: invalid type",
            ),
            (
                r#"{"deployments": [{"key": "a", "modle": "x"}]}"#,
                "deployments[0]: unknown field `modle`",
            ),
            (
                r#"{"deployments": [{"key": "a"}, {"key": "a"}]}"#,
                r#"deployments[1].key: "a" is there twice"#,
            ),
            (
                r#"{"deployments": [{"key": "a", "replies": [1]}]}"#,
                "a reply is a string or an object",
            ),
            (
                r#"{"deployments": [{"key": "a", "messages": [{"content": ""}]}]}"#,
                "deployments[0].messages[0].role: is required",
            ),
            (
                r#"{"deployments": [{"key": "a", "tools": [{"type": "function"}]}]}"#,
                "deployments[0].tools[0].function: is required",
            ),
            (
                r#"{"deployments": [{"key": "a", "retrievals": [{"document": "d"}]}]}"#,
                "deployments[0].retrievals[0].metadata: is required",
            ),
            (
                r#"{"deployments": [{"key": "a", "variants": [{}]}]}"#,
                "deployments[0].variants[0].when: is required",
            ),
            (
                r#"{"deployments": [{"key": "a", "variants": [{"when": {"x": 1}, "key": "b"}]}]}"#,
                "deployments[0].variants[0]: unknown field `key`",
            ),
        ];
        for (json, expected) in cases {
            let error = read(json).unwrap_err().to_string();
            assert!(error.contains(expected), "{json}: {error}");
        }
    }
}
