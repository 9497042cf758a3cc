//! A version of a deployment that isn't live.

use serde_json::json;

use super::settings::Settings;

/// A version of a [`FakeDeployment`](crate::FakeDeployment) that isn't live: no call uses it, only the list of versions
/// has it.
///
/// What it doesn't set it has from the deployment.
///
/// ```
/// use orq_testkit::{FakeDeployment, FakeVersion};
///
/// let greeter = FakeDeployment::new("greeter")
///     .version("2")
///     .message("user", "Greet {{firstname}}.")
///     .other_version(FakeVersion::new("3", "draft").message("user", "Greet {{fullname}}."));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct FakeVersion {
    pub(crate) version: String,
    pub(crate) status: String,
    pub(crate) settings: Settings,
}

impl FakeVersion {
    /// Creates a version with this name and status: `draft` or `pending`, which are newer than the live version, or
    /// `published`, which is older.
    pub fn new(version: impl Into<String>, status: impl Into<String>) -> Self {
        Self {
            version: version.into(),
            status: status.into(),
            settings: Settings::default(),
        }
    }

    /// Sets the provider and the model.
    pub fn model(mut self, provider: impl Into<String>, model: impl Into<String>) -> Self {
        self.settings.provider = Some(provider.into());
        self.settings.model = Some(model.into());
        self
    }

    /// Adds a message to the prompt, in which variables stand as `{{name}}`.
    pub fn message(mut self, role: impl Into<String>, content: impl Into<String>) -> Self {
        let message = json!({"role": role.into(), "content": content.into()});
        let messages = &mut self.settings.messages;
        messages.get_or_insert_default().push(message);
        self
    }

    /// Whether it is older than the live version.
    pub(super) fn is_older(&self) -> bool {
        !matches!(self.status.as_str(), "draft" | "pending")
    }
}
