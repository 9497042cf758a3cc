//! The client.

use std::{fmt, sync::Arc};

use crate::{
    error::Error,
    secret::{ApiKey, KeySource},
    shared::Shared,
    transport::HttpTransport,
};

/// A client of orq.ai: a transport, an API key and settings. Cloning it is cheap. It isn't generic over its transport,
/// which can be chosen at run time.
///
/// ```
/// use orq_core::{Client, DeploymentRequest};
/// use orq_testkit::MemoryTransport;
///
/// # futures::executor::block_on(async {
/// let memory = MemoryTransport::new();
/// memory.reply_json(serde_json::json!({ "choices": [{ "message": { "content": "Hi" } }] }));
///
/// let client = Client::builder(memory.handle())
///     .api_key("my-key")
///     .base_url("https://my.orq.ai")
///     .environment("production")
///     .build()?;
/// let answer = client.deployments().invoke(&DeploymentRequest::new("greeter")).await?;
/// assert_eq!(answer.text().as_deref(), Some("Hi"));
/// # Ok::<(), orq_core::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct Client {
    pub(super) shared: Arc<Shared>,
    pub(super) key: KeySource,
}

impl Client {
    /// Returns a client with another API key and otherwise the same settings. Both clients share the transport and its
    /// connections, and the retry budget.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the key is empty or can't be sent in a header.
    pub fn with_api_key(&self, key: impl AsRef<str>) -> Result<Self, Error> {
        Ok(Self {
            shared: self.shared.clone(),
            key: KeySource::Fixed(ApiKey::new(key)?),
        })
    }

    /// Returns the base URL, without a slash at the end.
    pub fn base_url(&self) -> &str {
        self.shared.base_url.as_str()
    }

    /// Returns the transport, with its layers.
    pub fn transport(&self) -> &Arc<dyn HttpTransport> {
        &self.shared.transport
    }

    /// Returns the parts that a call needs.
    pub(crate) fn parts(&self) -> (&Arc<Shared>, &KeySource) {
        (&self.shared, &self.key)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.base_url())
            .field("transport", &self.shared.transport)
            .field("environment", &self.shared.environment)
            .field("limits", &self.shared.limits)
            .finish_non_exhaustive()
    }
}
