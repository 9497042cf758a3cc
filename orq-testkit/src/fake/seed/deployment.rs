//! Deployments and their variants in JSON.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    fault::{Fault, RateLimit},
    script::Script,
    value::{Millis, Object, Whole},
};
use crate::fake::model::{
    answer::FakeAnswer, deployment::FakeDeployment, settings::Settings, variant::FakeVariant,
};

#[derive(Deserialize)]
#[serde(from = "Object<DeploymentFields>")]
pub(super) struct Deployment(pub(super) FakeDeployment);

#[derive(Deserialize)]
#[serde(try_from = "Object<VariantFields>")]
pub(super) struct Variant(FakeVariant);

/// A struct with fields of its own, beside those of [`Settings`]: serde's `flatten` would lose the path to them.
macro_rules! with_settings {
    ($name:ident { $($field:ident: $type:ty,)* }) => {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct $name {
            $($field: $type,)*
            provider: Option<String>,
            model: Option<String>,
            r#type: Option<String>,
            messages: Option<Vec<Value>>,
            parameters: Option<Map<String, Value>>,
            tools: Option<Vec<Value>>,
            retrievals: Option<Vec<Value>>,
            replies: Option<Vec<FakeAnswer>>,
            tool_reply: Option<FakeAnswer>,
            scripts: Option<Vec<Script>>,
            latency_ms: Option<Millis>,
            pace_ms: Option<Millis>,
        }

        impl $name {
            fn split(self) -> (Settings, $($type,)*) {
                let scripts = self.scripts.map(|all| all.into_iter().map(|it| it.0).collect());
                let settings = Settings {
                    provider: self.provider,
                    model: self.model,
                    model_type: self.r#type,
                    messages: self.messages,
                    parameters: self.parameters,
                    tools: self.tools,
                    retrievals: self.retrievals,
                    replies: self.replies,
                    tool_reply: self.tool_reply,
                    scripts,
                    latency: self.latency_ms.map(Whole::millis),
                    pace: self.pace_ms.map(Whole::millis),
                };
                (settings, $(self.$field,)*)
            }
        }
    };
}

with_settings!(DeploymentFields {
    key: String,
    description: Option<String>,
    version: Option<String>,
    variants: Option<Vec<Variant>>,
    rate_limit: Option<RateLimit>,
    faults: Option<Vec<Fault>>,
});

with_settings!(VariantFields {
    when: Map<String, Value>,
});

impl From<Object<DeploymentFields>> for Deployment {
    fn from(Object(fields): Object<DeploymentFields>) -> Self {
        let (settings, key, description, version, variants, limit, faults) = fields.split();
        Self(FakeDeployment {
            key,
            description: description.unwrap_or_default(),
            version: version.unwrap_or_else(|| FakeDeployment::FIRST_VERSION.to_owned()),
            settings,
            variants: variants.into_iter().flatten().map(|it| it.0).collect(),
            rate_limit: limit.map(|it| it.0),
            faults: faults.into_iter().flatten().map(|it| it.0).collect(),
        })
    }
}

impl TryFrom<Object<VariantFields>> for Variant {
    type Error = &'static str;

    fn try_from(Object(fields): Object<VariantFields>) -> Result<Self, &'static str> {
        let (settings, when) = fields.split();
        match when.is_empty() {
            true => Err("when has no condition"),
            false => Ok(Self(FakeVariant { when, settings })),
        }
    }
}
