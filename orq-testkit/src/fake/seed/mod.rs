//! A double from a JSON file.

mod error;
mod fault;
mod fields;
mod script;

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::{Map, Value};

pub use self::error::SeedError;
use self::fields::Fields;
use super::{
    check::{self, Issue},
    deployment::FakeDeployment,
    rate_limit::FakeRateLimit,
    settings::Settings,
    variant::FakeVariant,
};

/// What a seed says.
#[derive(Default)]
pub(super) struct Seed {
    pub(super) builtins: bool,
    pub(super) api_keys: Vec<String>,
    pub(super) rate_limit: Option<FakeRateLimit>,
    /// In the file's order.
    pub(super) deployments: Vec<FakeDeployment>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    builtins: bool,
    #[serde(default)]
    api_keys: Value,
    #[serde(default)]
    rate_limit: Value,
    #[serde(default)]
    deployments: Vec<Map<String, Value>>,
}

pub(super) fn read(json: &str) -> Result<Seed, SeedError> {
    let file: File = serde_json::from_str(json).map_err(SeedError::new)?;
    let mut seed = Seed {
        builtins: file.builtins,
        api_keys: api_keys(file.api_keys)?,
        ..Seed::default()
    };
    if !file.rate_limit.is_null() {
        let limit = fault::rate_limit(file.rate_limit, "rate_limit".to_owned())?;
        seed.rate_limit = Some(limit);
    }
    let mut keys = HashSet::new();
    for (index, fields) in file.deployments.into_iter().enumerate() {
        let path = format!("deployments[{index}]");
        let deployment = deployment(Fields::new(fields, &*path))?;
        if !keys.insert(deployment.key.clone()) {
            let message = format!("{:?} is there twice", deployment.key);
            return Err(SeedError::at(format!("{path}.key"), message));
        }
        seed.deployments.push(deployment);
    }
    Ok(seed)
}

/// No message shows a key.
fn api_keys(value: Value) -> Result<Vec<String>, SeedError> {
    let items = match value {
        Value::Null => return Ok(Vec::new()),
        Value::Array(items) => items,
        _ => return Err(SeedError::at("api_keys", "expected an array")),
    };
    let mut keys = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        let path = format!("api_keys[{index}]");
        match item {
            Value::String(key) if key.is_empty() || key.chars().any(|c| !c.is_ascii_graphic()) => {
                return Err(SeedError::at(path, "expected visible ASCII characters"));
            }
            Value::String(key) if keys.contains(&key) => {
                return Err(SeedError::at(path, "is there twice"));
            }
            Value::String(key) => keys.push(key),
            _ => return Err(SeedError::at(path, "expected a string")),
        }
    }
    Ok(keys)
}

fn deployment(mut fields: Fields) -> Result<FakeDeployment, SeedError> {
    let key: Option<String> = fields.take("key")?;
    let key = key.ok_or_else(|| fields.error("key", "is required"))?;
    let mut deployment = FakeDeployment::new(key);
    if let Some(description) = fields.take("description")? {
        deployment.description = description;
    }
    if let Some(version) = fields.take("version")? {
        deployment.version = version;
    }
    if let Some(variants) = fields.each("variants", variant)? {
        deployment.variants = variants;
    }
    if let Some(limit) = fields.value("rate_limit") {
        let limit = fault::rate_limit(limit, fields.path("rate_limit"))?;
        deployment.rate_limit = Some(limit);
    }
    if let Some(faults) = fields.each("faults", fault::read)? {
        deployment.faults = faults;
    }
    deployment.settings = settings(fields)?;
    Ok(deployment)
}

fn variant(value: Value, path: String) -> Result<FakeVariant, SeedError> {
    let mut fields = Fields::of(value, path)?;
    let when: Option<Map<_, _>> = fields.take("when")?;
    let when = when
        .filter(|when| !when.is_empty())
        .ok_or_else(|| fields.error("when", "is required, with a condition at least"))?;
    let settings = settings(fields)?;
    Ok(FakeVariant { when, settings })
}

fn settings(mut fields: Fields) -> Result<Settings, SeedError> {
    let scripts = fields.each("scripts", script::read)?;
    let latency = fields.millis("latency_ms")?;
    let pace = fields.millis("pace_ms")?;
    let (fields, path) = fields.rest();
    let fields = Value::Object(fields);
    if let Some(Issue { path: at, message }) = check::settings(&fields).first() {
        return Err(SeedError::at(format!("{path}.{at}"), message));
    }
    let settings = Settings::deserialize(fields);
    let settings = settings.map_err(|error| SeedError::at(path, error))?;
    Ok(Settings {
        scripts,
        latency,
        pace,
        ..settings
    })
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
