//! Setting a client up.

use std::{env::VarError, sync::Arc, time::Duration};

use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::{
    Client, ClientInner,
    base_url::{self, BaseUrl},
};
use crate::{
    auth::ApiKey,
    call::{
        Clocks,
        retry::{RetryPolicy, StandardRetry},
    },
    error::Error,
    limits::Limits,
    time::Timer,
    transport::HttpTransport,
};

/// Sets a [`Client`] up. What is wrong is reported by [`build`](ClientBuilder::build), never by a panic.
#[derive(Debug)]
#[must_use = "a builder does nothing until built"]
pub struct ClientBuilder {
    transport: Arc<dyn HttpTransport>,
    transport_name: String,
    timer: Option<Arc<dyn Timer>>,
    api_key: Option<Result<ApiKey, Error>>,
    base_url: String,
    allow_http: bool,
    environment: Option<String>,
    contact_id: Option<String>,
    /// Or the first thing that was wrong.
    headers: Result<HeaderMap, Error>,
    clocks: Clocks,
    limits: Limits,
    retry: Arc<dyn RetryPolicy>,
}

impl ClientBuilder {
    pub(super) fn new(transport: Arc<dyn HttpTransport>) -> Self {
        Self {
            transport_name: transport.name().to_owned(),
            transport,
            timer: None,
            api_key: None,
            base_url: base_url::DEFAULT.to_owned(),
            allow_http: false,
            environment: None,
            contact_id: None,
            headers: Ok(HeaderMap::new()),
            clocks: Clocks::default(),
            limits: Limits::default(),
            retry: Arc::new(StandardRetry::new()),
        }
    }

    /// Reads `ORQ_API_KEY`, `ORQ_BASE_URL`, `ORQ_ENVIRONMENT` and `ORQ_CONTACT_ID` from the process's
    /// environment. A variable that is unset or empty changes nothing.
    ///
    /// A value that isn't Unicode fails [`build`](ClientBuilder::build).
    pub fn read_env(mut self) -> Self {
        for (name, set) in VARIABLES {
            match std::env::var(name) {
                Ok(value) if value.is_empty() => {}
                Ok(value) => self = set(self, value),
                Err(VarError::NotPresent) => {}
                Err(VarError::NotUnicode(_)) => {
                    self.headers = Err(Error::configuration(format!("{name} is not Unicode")));
                }
            }
        }
        self
    }

    /// The API key. Required.
    pub fn api_key(mut self, key: impl AsRef<str>) -> Self {
        self.api_key = Some(ApiKey::new(key));
        self
    }

    /// Where the API lives: scheme, host, optionally a port and a path prefix; with or without a slash at the
    /// end. Default `https://my.orq.ai`.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// Permits a base URL of plain `http://` to a host that isn't this machine. The API key then travels
    /// unencrypted.
    pub fn allow_http(mut self) -> Self {
        self.allow_http = true;
        self
    }

    /// The environment that the deployments' rules see, sent as `context.environments` on invoke, stream and
    /// get_config. A request that has a value of its own there keeps it.
    pub fn environment(mut self, environment: impl Into<String>) -> Self {
        self.environment = Some(environment.into());
        self
    }

    /// The contact that calls are attributed to, sent as `X-ORQ-CONTACT-ID` on invoke and stream. A request
    /// that has an [`Identity`](crate::model::Identity) is attributed to that instead.
    pub fn contact_id(mut self, contact_id: impl Into<String>) -> Self {
        self.contact_id = Some(contact_id.into());
        self
    }

    /// A header for every request; a header of the call with the same name wins.
    ///
    /// `authorization` belongs to the API key, and `host`, `content-length`, `transfer-encoding` and `connection`
    /// to the transport; they are refused.
    pub fn header<N, V>(mut self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName>,
        V: TryInto<HeaderValue>,
    {
        self.headers = self.headers.and_then(|mut headers| {
            let (name, value) = checked_header(name, value).map_err(Error::configuration)?;
            headers.insert(name, value);
            Ok(headers)
        });
        self
    }

    /// Wraps the transport: `layer` gets what is there so far and returns what takes its place. It sees every
    /// attempt of every call, with its [`CallContext`](crate::transport::CallContext).
    ///
    /// The layer added last is the outermost.
    pub fn layer<F, T>(mut self, layer: F) -> Self
    where
        F: FnOnce(Arc<dyn HttpTransport>) -> T,
        T: HttpTransport + 'static,
    {
        self.transport = Arc::new(layer(self.transport));
        self
    }

    /// A timer to use instead of the transport's.
    pub fn timer(mut self, timer: impl Timer + 'static) -> Self {
        self.timer = Some(Arc::new(timer));
        self
    }

    /// How long a call may take from its start to its end. Default: 600 s, and no limit for streams, which
    /// this setting then limits too. `None` means no limit.
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.clocks.call.set(timeout);
        self
    }

    /// How long to wait for the response's head. Default 600 s; `None` means no limit.
    pub fn head_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.clocks.head.set(timeout);
        self
    }

    /// How long to wait for the next bytes of a response's body. Default 300 s; `None` means no limit.
    ///
    /// The clock runs only while the client waits for bytes, not while the caller holds a chunk. Comments in
    /// an event stream count as bytes.
    pub fn idle_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.clocks.idle.set(timeout);
        self
    }

    /// How long to wait for a stream's next event. Default: no limit.
    ///
    /// Unlike the clock on idle bytes it isn't held up by comments, which servers send to keep a connection alive
    /// while the model is silent. It runs only while the client waits, too.
    pub fn event_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.clocks.event.set(timeout);
        self
    }

    /// What to do after a failed attempt. Default [`StandardRetry`]: what can't be done twice by it is tried up to
    /// three times. [`NoRetry`](crate::retry::NoRetry) switches that off.
    pub fn retry(mut self, policy: impl RetryPolicy + 'static) -> Self {
        self.retry = Arc::new(policy);
        self
    }

    /// The bounds on memory.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Checks everything and makes the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config): no key or one that no header can carry; a base URL that
    /// isn't one, or is plain http to another machine; a header that isn't one; a timeout that was set though
    /// neither the transport nor [`timer`](ClientBuilder::timer) gives a timer to measure it.
    pub fn build(self) -> Result<Client, Error> {
        let key = self.api_key.unwrap_or_else(|| {
            Err(Error::configuration(
                "no API key: set one with ClientBuilder::api_key or in ORQ_API_KEY",
            ))
        })?;
        let base_url = BaseUrl::parse(&self.base_url, self.allow_http)?;
        let timer = self.timer.or_else(|| self.transport.timer());
        self.clocks.check(timer.is_some())?;
        let mut headers = self.headers?;
        if !headers.contains_key(header::USER_AGENT) {
            let agent = format!(
                "orq-rust/{} ({})",
                env!("CARGO_PKG_VERSION"),
                self.transport_name
            );
            let agent = HeaderValue::try_from(agent).map_err(|_| {
                Error::configuration("the transport's name does not fit into a header")
            })?;
            headers.insert(header::USER_AGENT, agent);
        }
        let contact_id = self.contact_id.map(HeaderValue::try_from).transpose();
        let contact_id = contact_id
            .map_err(|_| Error::configuration("the contact id does not fit into a header"))?;
        let inner = ClientInner {
            transport: self.transport,
            timer,
            base_url,
            headers,
            environment: self.environment,
            contact_id,
            clocks: self.clocks,
            limits: self.limits,
            retry: self.retry,
        };
        Ok(Client {
            inner: Arc::new(inner),
            key,
        })
    }
}

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

/// A header of the caller's, or why it can't be one.
pub(crate) fn checked_header<N, V>(name: N, value: V) -> Result<(HeaderName, HeaderValue), String>
where
    N: TryInto<HeaderName>,
    V: TryInto<HeaderValue>,
{
    let name = name
        .try_into()
        .map_err(|_| "the header's name is not a valid one".to_owned())?;
    if name == header::AUTHORIZATION {
        return Err("the header `authorization` is made from the API key".to_owned());
    }
    let framing = [
        header::CONNECTION,
        header::CONTENT_LENGTH,
        header::HOST,
        header::TRANSFER_ENCODING,
    ];
    if framing.contains(&name) {
        return Err(format!("the header `{name}` is the transport's"));
    }
    let value = value
        .try_into()
        .map_err(|_| format!("the value of the header `{name}` is not a valid one"))?;
    Ok((name, value))
}
