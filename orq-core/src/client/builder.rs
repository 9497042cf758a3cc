//! The builder of a client.

use std::{env::VarError, sync::Arc};

use http::{HeaderValue, header};

use super::handle::Client;
use crate::{
    base_url::BaseUrl,
    error::Error,
    limits::Limits,
    observe::Observer,
    options::{CallOptions, option_setters},
    secret::{ApiKey, ApiKeyProvider, InvalidApiKey, KeySource},
    shared::Shared,
    time::Timer,
    transport::HttpTransport,
};

/// Builds a [`Client`]. Setters don't fail: [`build`](ClientBuilder::build) returns the error of an invalid setting.
#[derive(Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct ClientBuilder {
    shared: Shared,
    /// The name of the transport, for the `user-agent` header.
    transport_name: String,
    key: Option<Result<KeySource, InvalidApiKey>>,
    base_url: Option<String>,
    allow_http: bool,
    contact_id: Option<String>,
    /// The name of an environment variable that isn't Unicode.
    unreadable: Option<&'static str>,
}

impl Client {
    /// Creates a client with this transport and key, and the defaults of all other settings.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the key is empty or can't be sent in a header.
    pub fn new(
        transport: impl HttpTransport + 'static,
        api_key: impl AsRef<str>,
    ) -> Result<Self, Error> {
        Self::builder(transport).api_key(api_key).build()
    }

    /// Creates a client from the environment variables `ORQ_API_KEY`, `ORQ_BASE_URL`, `ORQ_ENVIRONMENT` and
    /// `ORQ_CONTACT_ID`, of which only the first is required.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the key is missing or a value can't be used.
    pub fn from_env(transport: impl HttpTransport + 'static) -> Result<Self, Error> {
        Self::builder(transport).read_env().build()
    }

    /// Returns a builder with this transport and the default settings.
    pub fn builder(transport: impl HttpTransport + 'static) -> ClientBuilder {
        let shared = Shared {
            transport: Arc::new(transport),
            timer: None,
            base_url: BaseUrl::default(),
            environment: None,
            contact_id: None,
            options: CallOptions::default(),
            limits: Limits::default(),
            observer: None,
        };
        ClientBuilder::new(shared, None)
    }

    /// Returns a builder with this client's settings, for a client that differs in some of them. Both clients share the
    /// transport and its connections.
    pub fn to_builder(&self) -> ClientBuilder {
        ClientBuilder::new((*self.shared).clone(), Some(Ok(self.key.clone())))
    }
}

impl ClientBuilder {
    fn new(shared: Shared, key: Option<Result<KeySource, InvalidApiKey>>) -> Self {
        Self {
            transport_name: shared.transport.name().to_owned(),
            shared,
            key,
            base_url: None,
            allow_http: false,
            contact_id: None,
            unreadable: None,
        }
    }

    /// Sets the key, the base URL, the environment and the contact id from the environment variables `ORQ_API_KEY`,
    /// `ORQ_BASE_URL`, `ORQ_ENVIRONMENT` and `ORQ_CONTACT_ID`. A variable that is unset or empty is ignored; one that
    /// isn't Unicode is an error of [`build`](ClientBuilder::build).
    pub fn read_env(mut self) -> Self {
        for (name, set) in VARIABLES {
            match std::env::var(name) {
                Ok(value) if value.is_empty() => {}
                Ok(value) => self = set(self, value),
                Err(VarError::NotPresent) => {}
                Err(VarError::NotUnicode(_)) => self.unreadable = Some(name),
            }
        }
        self
    }

    /// Sets the API key. Required, unless [`api_key_provider`](ClientBuilder::api_key_provider) is set.
    pub fn api_key(mut self, key: impl AsRef<str>) -> Self {
        self.key = Some(ApiKey::new(key).map(KeySource::Fixed));
        self
    }

    /// Sets a provider, which returns the API key for each attempt. It replaces a key that was set before.
    pub fn api_key_provider(mut self, provider: impl ApiKeyProvider + 'static) -> Self {
        self.key = Some(Ok(KeySource::Provider(Arc::new(provider))));
        self
    }

    /// Sets the base URL: scheme, host, and optionally a port and a path prefix. A slash at the end is ignored.
    /// Default: `https://my.orq.ai`.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Allows a base URL with `http://` for hosts that aren't loopback addresses. The API key is then sent unencrypted.
    /// Default: not allowed.
    pub fn allow_http(mut self) -> Self {
        self.allow_http = true;
        self
    }

    /// Sets the environment for the deployments' routing rules, sent as `context.environments` on invoke, stream and
    /// get_config. A request that sets `context.environments` itself is not changed. Default: none.
    pub fn environment(mut self, environment: impl Into<String>) -> Self {
        self.shared.environment = Some(environment.into());
        self
    }

    /// Sets the contact that calls are attributed to, sent as the header `X-ORQ-CONTACT-ID` on invoke and stream. It is
    /// not sent with a request that has an [`Identity`](crate::model::Identity). Default: none.
    pub fn contact_id(mut self, contact_id: impl Into<String>) -> Self {
        self.contact_id = Some(contact_id.into());
        self
    }

    /// Wraps the transport: `layer` takes the transport with the layers so far, and returns the transport to use
    /// instead, which sends every attempt of every call. The request's extensions have the
    /// [`CallContext`](crate::transport::CallContext). The layer that is added last is the outermost.
    pub fn layer<F, T>(mut self, layer: F) -> Self
    where
        F: FnOnce(Arc<dyn HttpTransport>) -> T,
        T: HttpTransport + 'static,
    {
        self.shared.transport = Arc::new(layer(self.shared.transport));
        self
    }

    /// Sets the timer, which measures timeouts and waits. Default: the transport's.
    pub fn timer(mut self, timer: impl Timer + 'static) -> Self {
        self.shared.timer = Some(Arc::new(timer));
        self
    }

    /// Sets the observer, which receives a report of each call. Default: none.
    pub fn observer(mut self, observer: impl Observer + 'static) -> Self {
        self.shared.observer = Some(Arc::new(observer));
        self
    }

    /// Sets the limits on the memory of a call. Default: [`Limits::default`].
    pub fn limits(mut self, limits: Limits) -> Self {
        self.shared.limits = limits;
        self
    }

    fn with_options(mut self, set: impl FnOnce(&mut CallOptions)) -> Self {
        set(&mut self.shared.options);
        self
    }

    /// Validates the settings and creates the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the key is missing or invalid; the base URL is invalid, or is
    /// plain `http` without [`allow_http`](ClientBuilder::allow_http) to a host that isn't a loopback address; a header
    /// is invalid; an environment variable isn't Unicode; or a timeout is set, but neither the transport nor
    /// [`timer`](ClientBuilder::timer) provides a timer.
    pub fn build(self) -> Result<Client, Error> {
        let mut shared = self.shared;
        let refused = self.unreadable.map(|name| format!("{name} is not Unicode"));
        if let Some(why) = refused.or(shared.options.refused.take()) {
            return Err(Error::configuration(why));
        }
        let no_key = "no API key: set one with ClientBuilder::api_key or in ORQ_API_KEY";
        let key = self.key.ok_or_else(|| Error::configuration(no_key))??;
        if let Some(url) = self.base_url {
            shared.base_url =
                BaseUrl::parse(&url, self.allow_http).map_err(Error::configuration)?;
        }
        shared.timer = shared.timer.or_else(|| shared.transport.timer());
        shared.options.clocks.check(shared.timer.is_some())?;
        let header = |text: String, what| {
            let why = format!("{what} does not fit into a header");
            HeaderValue::try_from(text).map_err(|_| Error::configuration(why))
        };
        if !shared.options.headers.contains_key(header::USER_AGENT) {
            let version = env!("CARGO_PKG_VERSION");
            let agent = format!("orq-rust/{version} ({})", self.transport_name);
            let agent = header(agent, "the transport's name")?;
            shared.options.headers.insert(header::USER_AGENT, agent);
        }
        if let Some(contact_id) = self.contact_id {
            shared.contact_id = Some(header(contact_id, "the contact id")?);
        }
        Ok(Client {
            shared: Arc::new(shared),
            key,
        })
    }
}

option_setters!([] ClientBuilder);

type Set = fn(ClientBuilder, String) -> ClientBuilder;

const VARIABLES: [(&str, Set); 4] = [
    ("ORQ_API_KEY", |builder, key| builder.api_key(key)),
    ("ORQ_BASE_URL", |builder, url| builder.base_url(url)),
    ("ORQ_ENVIRONMENT", |builder, environment| {
        builder.environment(environment)
    }),
    ("ORQ_CONTACT_ID", |builder, contact_id| {
        builder.contact_id(contact_id)
    }),
];
