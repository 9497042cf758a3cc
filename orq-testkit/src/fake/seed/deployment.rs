//! Deployments and their variants in JSON.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    error::place,
    fault::{Fault, RateLimit},
};
use crate::fake::{
    check::{self, Issue},
    model::{
        deployment::FakeDeployment, settings::Settings, variant::FakeVariant, version::FakeVersion,
    },
};

#[derive(Deserialize)]
#[serde(try_from = "DeploymentFields")]
pub(super) struct Deployment(pub(super) FakeDeployment);

#[derive(Deserialize)]
struct DeploymentFields {
    key: String,
    description: Option<String>,
    version: Option<String>,
    variants: Option<Vec<Variant>>,
    other_versions: Option<Vec<Version>>,
    rate_limit: Option<RateLimit>,
    faults: Option<Vec<Fault>>,
    #[serde(flatten)]
    settings: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(try_from = "VariantFields")]
struct Variant(FakeVariant);

#[derive(Deserialize)]
struct VariantFields {
    when: Map<String, Value>,
    #[serde(flatten)]
    settings: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(try_from = "VersionFields")]
struct Version(FakeVersion);

#[derive(Deserialize)]
struct VersionFields {
    version: String,
    status: String,
    #[serde(flatten)]
    settings: Map<String, Value>,
}

impl TryFrom<DeploymentFields> for Deployment {
    type Error = String;

    fn try_from(fields: DeploymentFields) -> Result<Self, String> {
        let mut deployment = FakeDeployment::new(fields.key);
        deployment.description = fields.description.unwrap_or_default();
        deployment.version = fields.version.unwrap_or(deployment.version);
        deployment.settings = settings(fields.settings)?;
        let variants = fields.variants.unwrap_or_default().into_iter();
        deployment.variants = variants.map(|it| it.0).collect();
        let versions = fields.other_versions.unwrap_or_default().into_iter();
        deployment.other_versions = versions.map(|it| it.0).collect();
        deployment.rate_limit = fields.rate_limit.map(|it| it.0);
        let faults = fields.faults.unwrap_or_default().into_iter();
        deployment.faults = faults.map(|it| it.0).collect();
        Ok(Self(deployment))
    }
}

impl TryFrom<VariantFields> for Variant {
    type Error = String;

    fn try_from(fields: VariantFields) -> Result<Self, String> {
        let when = fields.when;
        if when.is_empty() {
            return Err(".when: must have a condition".to_owned());
        }
        let settings = settings(fields.settings)?;
        Ok(Self(FakeVariant { when, settings }))
    }
}

impl TryFrom<VersionFields> for Version {
    type Error = String;

    fn try_from(fields: VersionFields) -> Result<Self, String> {
        let VersionFields {
            version, status, ..
        } = fields;
        if status == "live" {
            return Err(".status: the deployment itself is live".to_owned());
        }
        let settings = settings(fields.settings)?;
        Ok(Self(FakeVersion {
            version,
            status,
            settings,
        }))
    }
}

/// Reads what a deployment, a variant and a version have in common. serde's `flatten` alone would lose the path to an error.
fn settings(fields: Map<String, Value>) -> Result<Settings, String> {
    let fields = Value::Object(fields);
    if let Some(Issue { path, message }) = check::settings(&fields).first() {
        return Err(format!(".{path}: {message}"));
    }
    serde_path_to_error::deserialize(fields)
        .map_err(|error| place(&format!(".{}", error.path()), error.inner()))
}
