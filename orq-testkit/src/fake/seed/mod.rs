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
    limit::rate_limit::FakeRateLimit,
    model::{deployment::FakeDeployment, settings::Settings, variant::FakeVariant},
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
mod tests;
