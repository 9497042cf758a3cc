//! A double from a JSON file.

mod deployment;
mod error;
mod fault;
pub(super) mod script;
pub(super) mod value;

use std::collections::HashSet;

use serde::Deserialize;

pub use self::error::SeedError;
use self::{deployment::Deployment, fault::RateLimit, value::Object};
use super::{check, limit::rate_limit::FakeRateLimit, model::deployment::FakeDeployment};

/// What a seed says.
#[derive(Default)]
pub(super) struct Seed {
    pub(super) builtins: bool,
    pub(super) api_keys: Vec<String>,
    pub(super) annotation_keys: Vec<String>,
    pub(super) rate_limit: Option<FakeRateLimit>,
    /// In the file's order.
    pub(super) deployments: Vec<FakeDeployment>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    builtins: Option<bool>,
    api_keys: Option<Vec<ApiKey>>,
    annotation_keys: Option<Vec<String>>,
    rate_limit: Option<RateLimit>,
    deployments: Option<Vec<Deployment>>,
}

#[derive(Deserialize)]
#[serde(try_from = "String")]
struct ApiKey(String);

impl TryFrom<String> for ApiKey {
    type Error = &'static str;

    fn try_from(key: String) -> Result<Self, &'static str> {
        let fits = !key.is_empty() && key.chars().all(|c| c.is_ascii_graphic());
        fits.then_some(Self(key)).ok_or("has other characters")
    }
}

/// Reads a seed, which may begin with a byte order mark.
pub(super) fn read(json: &[u8]) -> Result<Seed, SeedError> {
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
    check::size(json).map_err(|error| SeedError(format!("this seed {error}")))?;
    let mut reader = serde_json::Deserializer::from_slice(json);
    let Object(fields): Object<Fields> = serde_path_to_error::deserialize(&mut reader)?;
    reader.end().map_err(|error| SeedError(error.to_string()))?;
    let api_keys = fields.api_keys.unwrap_or_default().into_iter();
    let api_keys: Vec<_> = api_keys.map(|it| it.0).collect();
    let deployments = fields.deployments.unwrap_or_default().into_iter();
    let deployments: Vec<_> = deployments.map(|it| it.0).collect();
    if let Some(index) = second(&api_keys, |key| key) {
        return Err(SeedError(format!("api_keys[{index}]: is a duplicate")));
    }
    if let Some(index) = second(&deployments, |deployment: &FakeDeployment| &deployment.key) {
        return Err(SeedError(format!(
            "deployments[{index}].key: is a duplicate"
        )));
    }
    Ok(Seed {
        builtins: fields.builtins.unwrap_or_default(),
        api_keys,
        annotation_keys: fields.annotation_keys.unwrap_or_default(),
        rate_limit: fields.rate_limit.map(|it| it.0),
        deployments,
    })
}

/// Finds the first item with the key of an earlier one.
fn second<T>(items: &[T], key: impl Fn(&T) -> &String) -> Option<usize> {
    let mut seen = HashSet::new();
    items.iter().position(|item| !seen.insert(key(item)))
}

#[cfg(test)]
mod tests;
