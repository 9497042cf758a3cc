//! The builder of a client.

use std::{env, fmt, sync::Arc};

use http::header;

use super::{
    handle::Client,
    setting::{Setting, contact, name},
};
use crate::{
    base_url::BaseUrl,
    error::Error,
    headers::checked,
    limits::Limits,
    observe::{Observer, Spans},
    options::{CallOptions, option_setters},
    retry::RetryBudget,
    secret::{ApiKey, ApiKeyProvider, KeySource},
    shared::Shared,
    time::Timer,
    transport::HttpTransport,
};

/// Builds a [`Client`]. Setters don't fail: [`build`](ClientBuilder::build) returns the error of an invalid setting.
#[must_use = "a builder does nothing until it is built"]
pub struct ClientBuilder {
    shared: Shared,
    /// The name of the transport, for the `user-agent` header.
    transport_name: String,
    key: Option<Result<KeySource, Error>>,
    base_url: Option<Setting>,
    allow_http: bool,
    environment: Option<Setting>,
    contact_id: Option<Setting>,
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
            retry_budget: Some(RetryBudget::default()),
            observer: None,
            spans: Spans::default(),
        };
        ClientBuilder::new(shared, None)
    }

    /// Returns a builder with this client's settings, for a client that differs in some of them. Both clients share the
    /// transport and its connections, and the retry budget.
    pub fn to_builder(&self) -> ClientBuilder {
        ClientBuilder::new((*self.shared).clone(), Some(Ok(self.key.clone())))
    }
}

impl ClientBuilder {
    fn new(shared: Shared, key: Option<Result<KeySource, Error>>) -> Self {
        Self {
            transport_name: shared.transport.name().to_owned(),
            shared,
            key,
            base_url: None,
            allow_http: false,
            environment: None,
            contact_id: None,
        }
    }

    /// Sets the key, the base URL, the environment and the contact id from the environment variables `ORQ_API_KEY`,
    /// `ORQ_BASE_URL`, `ORQ_ENVIRONMENT` and `ORQ_CONTACT_ID`.
    ///
    /// White space around a value, such as the `\r` of an env file's line, is not part of it. A variable that is unset
    /// or empty is ignored. A value that isn't Unicode, that has quotation marks around it or that contains a control
    /// character is an error of [`build`](ClientBuilder::build), unless the setting is made again after this.
    pub fn read_env(mut self) -> Self {
        const KEY: &str = "ORQ_API_KEY";
        self.key = match Setting::from_env(KEY) {
            Some(key) => Some(key.parse(|key| {
                let key = ApiKey::new(key).map_err(|why| why.to_string())?;
                Ok(KeySource::Fixed(key))
            })),
            None if self.key.is_none() && env::var_os(KEY).is_some() => Some(Err(
                Error::configuration(format!("no API key: {KEY} is empty")),
            )),
            None => self.key,
        };
        for (setting, variable) in [
            (&mut self.base_url, "ORQ_BASE_URL"),
            (&mut self.environment, "ORQ_ENVIRONMENT"),
            (&mut self.contact_id, "ORQ_CONTACT_ID"),
        ] {
            *setting = Setting::from_env(variable).or(setting.take());
        }
        self
    }

    /// Sets the API key. Required, unless [`api_key_provider`](ClientBuilder::api_key_provider) is set.
    pub fn api_key(mut self, key: impl AsRef<str>) -> Self {
        let key = ApiKey::new(key).map(KeySource::Fixed);
        self.key = Some(key.map_err(Error::from));
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
        self.base_url = Some(Setting::new(url));
        self
    }

    /// Allows a base URL with `http://` for hosts that aren't loopback addresses. The API key is then sent unencrypted.
    /// Default: not allowed.
    pub fn allow_http(mut self) -> Self {
        self.allow_http = true;
        self
    }

    /// Sets the environment for the deployments' routing rules, sent as `context.environments` on invoke, stream and
    /// get_config. A request that sets `context.environments` itself is not changed. An empty name, and one with white
    /// space around it or a control character in it, is an error of [`build`](ClientBuilder::build). Default: none.
    pub fn environment(mut self, environment: impl Into<String>) -> Self {
        self.environment = Some(Setting::new(environment));
        self
    }

    /// Sets the contact that calls are attributed to, sent as the header `X-ORQ-CONTACT-ID` on invoke and stream. It is
    /// not sent with a request that has an [`Identity`](crate::model::Identity). Default: none.
    ///
    /// It must be ASCII, since servers read other characters of a header in different ways: otherwise
    /// [`build`](ClientBuilder::build) fails, and a request's identity, which is sent as JSON, is the place for it.
    pub fn contact_id(mut self, contact_id: impl Into<String>) -> Self {
        self.contact_id = Some(Setting::new(contact_id));
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

    /// Sets the budget for the retries of all calls. Default: [`RetryBudget::default`], 100 retries, for this client
    /// alone. `None` means no limit.
    pub fn retry_budget(mut self, budget: impl Into<Option<RetryBudget>>) -> Self {
        self.shared.retry_budget = budget.into();
        self
    }

    /// Sets what the spans of calls have in them. Default: [`Spans::new`]. It exists with the feature `tracing`.
    #[cfg(feature = "tracing")]
    pub fn spans(mut self, spans: Spans) -> Self {
        self.shared.spans = spans;
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
    /// is invalid; the environment, the contact id or a variable of the process can't be used; or a timeout is set, but
    /// neither the transport nor [`timer`](ClientBuilder::timer) provides a timer.
    pub fn build(self) -> Result<Client, Error> {
        let mut shared = self.shared;
        if let Some(why) = shared.options.refused.take() {
            return Err(Error::configuration(why));
        }
        let no_key = "no API key: set one with ClientBuilder::api_key or in ORQ_API_KEY";
        let key = self.key.ok_or_else(|| Error::configuration(no_key))??;
        if let Some(url) = self.base_url {
            shared.base_url = url.parse(|url| BaseUrl::parse(&url, self.allow_http))?;
        }
        if let Some(environment) = self.environment {
            shared.environment = Some(environment.parse(|text| name(text, "the environment"))?);
        }
        shared.timer = shared.timer.or_else(|| shared.transport.timer());
        shared.options.clocks.check(shared.timer.is_some())?;
        if !shared.options.headers.contains_key(header::USER_AGENT) {
            let version = env!("CARGO_PKG_VERSION");
            let agent = format!("orq-rust/{version} ({})", self.transport_name);
            let why = "the transport's name does not fit into a header";
            let (_, agent) = checked(header::USER_AGENT, agent.as_str())
                .map_err(|_| Error::configuration(why))?;
            shared.options.headers.insert(header::USER_AGENT, agent);
        }
        if let Some(contact_id) = self.contact_id {
            shared.contact_id = Some(contact_id.parse(contact)?);
        }
        Ok(Client {
            shared: Arc::new(shared),
            key,
        })
    }
}

option_setters!([] ClientBuilder);

/// Shows a base URL only if it is valid, since an invalid one may have a password in it.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set = self.base_url.as_ref().map(Setting::text);
        let parsed = set.map(|set| BaseUrl::parse(set, true));
        let base_url = match &parsed {
            None => self.shared.base_url.as_str(),
            Some(Ok(url)) => url.as_str(),
            Some(Err(_)) => "invalid",
        };
        f.debug_struct("ClientBuilder")
            .field("base_url", &base_url)
            .field("transport", &self.shared.transport)
            .field("limits", &self.shared.limits)
            .finish_non_exhaustive()
    }
}
