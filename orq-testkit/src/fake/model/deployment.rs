//! A deployment of the double.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{
    answer::FakeAnswer,
    fault::FakeFault,
    settings::{Settings, setters},
    variant::FakeVariant,
    version::FakeVersion,
};
use crate::{fake::limit::rate_limit::FakeRateLimit, reply::Reply};

/// A deployment of a [`FakeOrq`](crate::FakeOrq): its configuration and its answers.
///
/// ```
/// use orq_testkit::{FakeDeployment, FakeVariant};
/// use serde_json::json;
///
/// let greeter = FakeDeployment::new("greeter")
///     .model("mistral", "mistral-large-latest")
///     .message("system", "You greet {{firstname}}.")
///     .parameter("temperature", json!(0.2))
///     .reply("Hello {{firstname}}!")
///     .variant(FakeVariant::when("locale", "nl").reply("Hoi {{firstname}}!"));
/// ```
///
/// It can be slow, rate-limited and faulty too:
///
/// ```
/// use std::time::Duration;
///
/// use orq_testkit::{FakeDeployment, FakeFault, FakeRateLimit, Fault, Reply};
///
/// let slow = FakeDeployment::new("slow")
///     .latency(Duration::from_secs(2))
///     .pace(Duration::from_millis(30));
///
/// let busy = FakeDeployment::new("busy").rate_limit(FakeRateLimit::per_minute(10));
///
/// let broken = FakeDeployment::new("broken")
///     .fault(FakeFault::error(503, "provider_overloaded").nth(1))
///     .fault(FakeFault::break_at(100, Fault::Reset).every(3));
///
/// let scripted = FakeDeployment::new("scripted")
///     .script(Reply::sse([r#"{"choices":[]}"#, "[DONE]"]))
///     .script(Reply::status(502, "<html>Bad gateway</html>"));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct FakeDeployment {
    pub(crate) key: String,
    pub(crate) description: String,
    pub(crate) version: String,
    pub(crate) settings: Settings,
    pub(crate) variants: Vec<FakeVariant>,
    pub(crate) other_versions: Vec<FakeVersion>,
    pub(crate) rate_limit: Option<FakeRateLimit>,
    pub(crate) faults: Vec<FakeFault>,
}

setters!(FakeDeployment);

impl FakeDeployment {
    /// Creates a deployment with this key, no prompt and no replies: it echoes the last user message.
    pub fn new(key: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            description: String::new(),
            version: "1".to_owned(),
            settings: Settings::default(),
            variants: Vec::new(),
            other_versions: Vec::new(),
            rate_limit: None,
            faults: Vec::new(),
        }
    }

    /// Sets the description. Default: empty.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Sets the version. Default: `1`.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = version.into();
        self
    }

    /// Adds a variant for certain contexts. Of several that apply, the first one added is used.
    pub fn variant(mut self, variant: FakeVariant) -> Self {
        self.variants.push(variant);
        self
    }

    /// Adds a version that isn't live, to the list of versions only. Of drafts, and of older versions, the one added
    /// last is the newest.
    pub fn other_version(mut self, version: FakeVersion) -> Self {
        self.other_versions.push(version);
        self
    }

    /// Limits the calls of invoke and stream. Default: no limit except that of the
    /// [double](crate::FakeOrqBuilder::rate_limit), which counts them too.
    pub fn rate_limit(mut self, limit: FakeRateLimit) -> Self {
        self.rate_limit = Some(limit);
        self
    }

    /// Adds a fault for calls of invoke and stream. Of several that apply to a call, the first one added happens.
    pub fn fault(mut self, fault: FakeFault) -> Self {
        self.faults.push(fault);
        self
    }

    /// The settings in this context: those of the first variant that applies, over the deployment's own.
    pub(crate) fn resolve(&self, context: Option<&Map<String, Value>>) -> Settings {
        let variant = self
            .variants
            .iter()
            .find(|variant| variant.applies(context));
        match variant {
            Some(variant) => variant.settings.over(&self.settings),
            None => self.settings.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variant_that_applies_is_laid_over_the_deployment() {
        let deployment = FakeDeployment::new("greeter")
            .model("openai", "gpt-4o")
            .reply("Hello")
            .variant(FakeVariant::when("locale", "nl").reply("Hoi"))
            .variant(FakeVariant::when("tier", "free").model("mistral", "small"))
            .variant(FakeVariant::when("tier", "free").model("mistral", "never"));
        let resolved = |context: Value| {
            let settings = deployment.resolve(context.as_object());
            (settings.model.unwrap(), settings.replies.unwrap())
        };
        let hello = vec![FakeAnswer::text("Hello")];
        let hoi = vec![FakeAnswer::text("Hoi")];
        assert_eq!(resolved(json!({})), ("gpt-4o".to_owned(), hello.clone()));
        assert_eq!(
            resolved(json!({"locale": "nl", "tier": "free"})),
            ("gpt-4o".to_owned(), hoi)
        );
        assert_eq!(
            resolved(json!({"tier": "free"})),
            ("small".to_owned(), hello)
        );
    }
}
