//! A double from a JSON file.

mod deployment;
mod error;
mod fault;
mod script;
mod value;

use std::collections::HashSet;

use serde::Deserialize;

pub use self::error::SeedError;
use self::{
    deployment::Deployment,
    fault::RateLimit,
    value::{ApiKey, Object},
};
use super::{
    check::{self, Issue},
    limit::rate_limit::FakeRateLimit,
    model::{deployment::FakeDeployment, settings::Settings},
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
    builtins: Option<bool>,
    api_keys: Option<Vec<ApiKey>>,
    rate_limit: Option<RateLimit>,
    deployments: Option<Vec<Deployment>>,
}

pub(super) fn read(json: &[u8]) -> Result<Seed, SeedError> {
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
    let mut reader = serde_json::Deserializer::from_slice(json);
    let Object(file): Object<File> = serde_path_to_error::deserialize(&mut reader)?;
    reader.end().map_err(SeedError::new)?;

    let (mut api_keys, mut deployments) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    for (index, ApiKey(key)) in file.api_keys.into_iter().flatten().enumerate() {
        if !seen.insert(key.clone()) {
            return Err(SeedError::at(
                format!("api_keys[{index}]"),
                "is there twice",
            ));
        }
        api_keys.push(key);
    }
    seen.clear();
    for (index, Deployment(deployment)) in file.deployments.into_iter().flatten().enumerate() {
        let path = format!("deployments[{index}]");
        check(&deployment.settings, &path)?;
        for (index, variant) in deployment.variants.iter().enumerate() {
            check(&variant.settings, &format!("{path}.variants[{index}]"))?;
        }
        if !seen.insert(deployment.key.clone()) {
            let message = format!("{:?} is there twice", deployment.key);
            return Err(SeedError::at(format!("{path}.key"), message));
        }
        deployments.push(deployment);
    }
    Ok(Seed {
        builtins: file.builtins.unwrap_or_default(),
        api_keys,
        rate_limit: file.rate_limit.map(|it| it.0),
        deployments,
    })
}

/// Checks what is free-form as far as serde can tell.
fn check(settings: &Settings, path: &str) -> Result<(), SeedError> {
    match check::settings(settings).first() {
        Some(Issue { path: at, message }) => Err(SeedError::at(format!("{path}.{at}"), message)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
