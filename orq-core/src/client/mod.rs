//! The client: a transport, a key and the defaults of every call.

mod base_url;
mod builder;

use std::{fmt, sync::Arc};

use http::{HeaderMap, HeaderValue, Method};

use crate::{
    auth::ApiKey,
    call::{Clocks, retry::RetryPolicy},
    deployments::Deployments,
    error::Error,
    limits::Limits,
    request::Request,
    time::Timer,
    transport::HttpTransport,
};

pub(crate) use base_url::BaseUrl;
pub use builder::ClientBuilder;
pub(crate) use builder::checked_header;

/// A client of orq.ai: a transport, an API key and defaults. Cheap to clone, and not generic over its
/// transport, so that one can be chosen at run time.
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
    inner: Arc<ClientInner>,
    key: ApiKey,
}

pub(crate) struct ClientInner {
    pub(crate) transport: Arc<dyn HttpTransport>,
    pub(crate) timer: Option<Arc<dyn Timer>>,
    pub(crate) base_url: BaseUrl,
    pub(crate) headers: HeaderMap,
    pub(crate) environment: Option<String>,
    pub(crate) contact_id: Option<HeaderValue>,
    pub(crate) clocks: Clocks,
    pub(crate) limits: Limits,
    pub(crate) retry: Arc<dyn RetryPolicy>,
}

impl Client {
    /// A client with this transport and key, and the default for everything else.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the key is empty or no header can carry it.
    pub fn new(
        transport: impl HttpTransport + 'static,
        api_key: impl AsRef<str>,
    ) -> Result<Self, Error> {
        Self::builder(transport).api_key(api_key).build()
    }

    /// A client set up by the environment variables `ORQ_API_KEY`, `ORQ_BASE_URL`, `ORQ_ENVIRONMENT` and
    /// `ORQ_CONTACT_ID`, of which only the first is required.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the key is missing or a value can't be used.
    pub fn from_env(transport: impl HttpTransport + 'static) -> Result<Self, Error> {
        Self::builder(transport).read_env().build()
    }

    /// Begins to set a client up.
    pub fn builder(transport: impl HttpTransport + 'static) -> ClientBuilder {
        ClientBuilder::new(Arc::new(transport))
    }

    /// The operations on deployments.
    pub fn deployments(&self) -> Deployments {
        Deployments::new(self.clone())
    }

    /// The way out for endpoints that this crate doesn't model: a request with this client's transport, key,
    /// base URL, headers and clocks.
    ///
    /// `path` begins with a slash, is relative to the base URL, and is percent-encoded where it must be.
    ///
    /// ```
    /// use http::Method;
    /// # use orq_core::Client;
    /// # use orq_testkit::MemoryTransport;
    ///
    /// # futures::executor::block_on(async {
    /// # let memory = MemoryTransport::new();
    /// # memory.reply_json(serde_json::json!({ "data": [1, 2] }));
    /// # let client = Client::new(memory.handle(), "my-key")?;
    /// let prompts = client.request(Method::GET, "/v2/prompts").query("limit", 2).await?;
    /// let prompts: serde_json::Value = prompts.json()?;
    /// assert_eq!(prompts["data"][1], 2);
    /// # Ok::<(), orq_core::Error>(())
    /// # }).unwrap();
    /// ```
    pub fn request(&self, method: Method, path: impl AsRef<str>) -> Request {
        Request::new(self.clone(), method, path.as_ref())
    }

    /// The same client with another key, for another tenant; it shares the transport and its connections.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the key is empty or no header can carry it.
    pub fn with_api_key(&self, key: impl AsRef<str>) -> Result<Self, Error> {
        Ok(Self {
            inner: self.inner.clone(),
            key: ApiKey::new(key)?,
        })
    }

    /// Where the API lives, without a slash at the end.
    pub fn base_url(&self) -> &str {
        self.inner.base_url.as_str()
    }

    /// The transport, with its layers.
    pub fn transport(&self) -> &Arc<dyn HttpTransport> {
        &self.inner.transport
    }

    pub(crate) fn inner(&self) -> &ClientInner {
        &self.inner
    }

    pub(crate) fn key(&self) -> &ApiKey {
        &self.key
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.inner.base_url)
            .field("transport", &self.inner.transport)
            .field("environment", &self.inner.environment)
            .field("limits", &self.inner.limits)
            .finish_non_exhaustive()
    }
}
