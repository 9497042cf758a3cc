//! The builder of a transport.

use std::{error::Error, fmt, sync::Arc, time::Duration};

use orq_core::transport::TransportErrorKind;
#[cfg(feature = "rustls-no-provider")]
use orq_transport_hyper::ground::tls;
use orq_transport_hyper::{
    BuildError,
    ground::{clients::Clients, defaults, proxy::Proxies, trust::Trust},
    hyper_util::client::proxy::matcher::Intercept,
    verdict::Causes,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, ClientBuilder, Proxy, Url, redirect, retry};

use crate::transport::ReqwestTransport;

type Configure = Arc<dyn Fn(ClientBuilder) -> ClientBuilder + Send + Sync>;

/// A client over a [`ReqwestTransport`] with the default settings, set up by the environment variables
/// `ORQ_API_KEY`, `ORQ_BASE_URL`, `ORQ_ENVIRONMENT` and `ORQ_CONTACT_ID`, of which only the first is required.
///
/// # Errors
///
/// Of kind [`Config`](orq_core::ErrorKind::Config), if the transport can't be built, the key is missing or a value
/// can't be used; see [`ClientBuilder::read_env`](orq_core::ClientBuilder::read_env).
pub fn client_from_env() -> Result<orq_core::Client, orq_core::Error> {
    orq_core::Client::from_env(ReqwestTransport::new()?)
}

/// Builds a [`ReqwestTransport`]; created by [`ReqwestTransport::builder`].
///
/// ```
/// use std::time::Duration;
/// use orq_transport_reqwest::ReqwestTransport;
///
/// let transport = ReqwestTransport::builder()
///     .connect_timeout(Duration::from_secs(3))
///     .build()?;
/// # Ok::<(), orq_transport_reqwest::BuildError>(())
/// ```
#[derive(Clone)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct ReqwestTransportBuilder {
    connect_timeout: Duration,
    pool_idle_timeout: Duration,
    proxies: Proxies,
    trust: Trust,
    #[cfg(feature = "rustls-no-provider")]
    tls: Option<rustls::ClientConfig>,
    #[cfg(feature = "native-tls")]
    native_tls: bool,
    max_streams: usize,
    configure: Vec<Configure>,
}

impl ReqwestTransport {
    /// Creates a transport with the default settings.
    ///
    /// # Errors
    ///
    /// A [`BuildError`] if the platform's TLS can't be set up.
    pub fn new() -> Result<Self, BuildError> {
        Self::builder().build()
    }

    /// Creates a builder with the default settings.
    pub fn builder() -> ReqwestTransportBuilder {
        ReqwestTransportBuilder {
            connect_timeout: defaults::CONNECT_TIMEOUT,
            pool_idle_timeout: defaults::POOL_IDLE_TIMEOUT,
            proxies: Proxies::system(),
            trust: Trust::default(),
            #[cfg(feature = "rustls-no-provider")]
            tls: None,
            #[cfg(feature = "native-tls")]
            native_tls: false,
            max_streams: defaults::MAX_STREAMS,
            configure: Vec::new(),
        }
    }
}

impl ReqwestTransportBuilder {
    /// Sets how long connecting may take: resolving the host, connecting, the proxy's tunnel and the TLS handshake.
    /// Default: 10 seconds.
    ///
    /// When it expires, the error's kind is `timeout`, its phase `connect`, its delivery `not_sent`.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets how long an unused connection is kept. Default: 30 seconds.
    ///
    /// The longer it is, the likelier is a request on a connection that the server has just closed. Such a request may
    /// have been sent, so the client doesn't retry it by itself.
    pub fn pool_idle_timeout(mut self, timeout: Duration) -> Self {
        self.pool_idle_timeout = timeout.min(defaults::LONGEST);
        self
    }

    /// Uses no proxy, whatever the environment and the system say.
    pub fn no_proxy(mut self) -> Self {
        self.proxies = Proxies::none();
        self
    }

    /// Trusts a further certificate authority, given as a DER-encoded X.509 certificate.
    pub fn add_root_certificate_der(mut self, der: impl Into<Vec<u8>>) -> Self {
        self.trust.add_der(der.into());
        self
    }

    /// Trusts further certificate authorities, given as a PEM text of one or more certificates.
    pub fn add_root_certificates_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.trust.add_pem(pem.into());
        self
    }

    /// Trusts Mozilla's certificate authorities, which are compiled in, instead of those of the platform.
    #[cfg(feature = "webpki-roots")]
    pub fn webpki_roots(mut self) -> Self {
        self.trust.mozilla = true;
        self
    }

    /// Uses the platform's TLS library instead of rustls. It is the default if no feature of rustls is enabled.
    #[cfg(feature = "native-tls")]
    pub fn native_tls(mut self) -> Self {
        self.native_tls = true;
        self
    }

    /// Sets the whole configuration of rustls. The certificate authorities of this builder and the settings of TLS in
    /// [`configure`](Self::configure) aren't used then. Without ALPN protocols, those of this crate are added.
    ///
    /// ```
    /// use orq_transport_reqwest::{ReqwestTransport, rustls};
    /// use rustls::{ClientConfig, RootCertStore};
    ///
    /// let config = ClientConfig::builder()
    ///     .with_root_certificates(RootCertStore::empty())
    ///     .with_no_client_auth();
    /// let transport = ReqwestTransport::builder().tls_config(config).build()?;
    /// # Ok::<(), orq_transport_reqwest::BuildError>(())
    /// ```
    ///
    /// `ClientConfig::builder()` panics if the program has the features of several providers, which any crate can enable,
    /// and has installed none. `builder_with_provider` takes one by name. That of ring needs a dependency on `rustls` with
    /// the feature `ring`, and is at `rustls::crypto::ring` then:
    ///
    /// ```
    /// use std::sync::Arc;
    /// use orq_transport_reqwest::{ReqwestTransport, rustls};
    /// use rustls::{ClientConfig, RootCertStore};
    ///
    /// # fn with(provider: rustls::crypto::CryptoProvider) -> Result<(), Box<dyn std::error::Error>> {
    /// // let provider = rustls::crypto::ring::default_provider();
    /// let config = ClientConfig::builder_with_provider(Arc::new(provider))
    ///     .with_safe_default_protocol_versions()?
    ///     .with_root_certificates(RootCertStore::empty())
    ///     .with_no_client_auth();
    /// let transport = ReqwestTransport::builder().tls_config(config).build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "rustls-no-provider")]
    pub fn tls_config(mut self, config: rustls::ClientConfig) -> Self {
        self.tls = Some(config);
        self
    }

    /// Sets how many exchanges share one HTTP/2 connection. A further one opens a further connection. Default: 100.
    ///
    /// Exchanges beyond the maximum that the server allows for a connection
    /// ([RFC 9113, 5.1.2](https://www.rfc-editor.org/rfc/rfc9113#section-5.1.2)) wait until another ends; set it to that
    /// maximum, if it is below 100.
    #[cfg(feature = "http2")]
    pub fn http2_max_streams(mut self, streams: usize) -> Self {
        self.max_streams = streams;
        self
    }

    /// Changes settings of reqwest's own builder: proxies, a client certificate, a local address, HTTP/2, the pool, and
    /// whatever else it has. Can be called more than once.
    ///
    /// What the [contract](orq_core::HttpTransport#contract) needs is set afterwards: redirects, reqwest's retries, the
    /// header `referer` and decoding are off. Don't set `timeout` and `read_timeout`, since the client has timeouts of its
    /// own, nor default headers or a cookie store, which the client can't see.
    ///
    /// `configure` is called for each client that is created: the first one, and further ones for further HTTP/2
    /// connections. Its proxies come before that of the environment or the system, which [`no_proxy`](Self::no_proxy) of
    /// this builder disables.
    ///
    /// A proxy, for loopback addresses and plain `http` too if it is one for all URLs:
    ///
    /// ```
    /// use orq_transport_reqwest::{ReqwestTransport, reqwest::Proxy};
    ///
    /// let proxy = Proxy::https("http://proxy.example.com:3128")?.basic_auth("user", "password");
    /// let transport = ReqwestTransport::builder()
    ///     .configure(move |builder| builder.proxy(proxy.clone()))
    ///     .build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// A client certificate, as a PEM text with its private key:
    ///
    /// ```
    /// use orq_transport_reqwest::{ReqwestTransport, reqwest::Identity};
    ///
    /// # let own = rcgen::generate_simple_self_signed(["client".to_owned()])?;
    /// # let (certificate, key) = (own.cert.pem(), own.signing_key.serialize_pem());
    /// let identity = Identity::from_pem(format!("{certificate}{key}").as_bytes())?;
    /// let transport = ReqwestTransport::builder()
    ///     .configure(move |builder| builder.identity(identity.clone()))
    ///     .build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// The local address, the size of the pool, HTTP/2 pings and windows:
    ///
    /// ```
    /// use std::{net::Ipv4Addr, time::Duration};
    /// use orq_transport_reqwest::ReqwestTransport;
    ///
    /// let transport = ReqwestTransport::builder()
    ///     .configure(|builder| {
    ///         builder
    ///             .local_address(std::net::IpAddr::from(Ipv4Addr::LOCALHOST))
    ///             .pool_max_idle_per_host(8)
    ///             .http2_keep_alive_interval(Duration::from_secs(5))
    ///             .http2_keep_alive_timeout(Duration::from_secs(5))
    ///             .http2_initial_stream_window_size(64 * 1024)
    ///     })
    ///     .build()?;
    /// # Ok::<(), orq_transport_reqwest::BuildError>(())
    /// ```
    pub fn configure(
        mut self,
        configure: impl Fn(ClientBuilder) -> ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        self.configure.push(Arc::new(configure));
        self
    }

    /// Creates the transport.
    ///
    /// It reads the platform's certificate authorities, so create one and share it.
    ///
    /// # Errors
    ///
    /// A [`BuildError`] if an added certificate is invalid, or TLS can't be set up: the platform's certificate authorities
    /// or `SSL_CERT_FILE` can't be read, or rustls has no cryptography provider.
    pub fn build(self) -> Result<ReqwestTransport, BuildError> {
        if cfg!(not(feature = "socks")) {
            self.proxies.check()?;
        }
        let (first, most) = (self.client()?, self.max_streams);
        let clients = Clients::new(first, most, move || self.client().ok());
        Ok(ReqwestTransport::over(clients))
    }

    fn client(&self) -> Result<Client, BuildError> {
        let mut builder = Client::builder()
            .no_proxy()
            .connect_timeout(self.connect_timeout)
            .pool_idle_timeout(self.pool_idle_timeout)
            .http1_max_headers(defaults::MAX_HEADERS);
        #[cfg(feature = "http2")]
        {
            let window = defaults::connection_window(defaults::STREAM_WINDOW, self.max_streams);
            builder = builder
                .http2_initial_stream_window_size(defaults::STREAM_WINDOW)
                .http2_initial_connection_window_size(window)
                .http2_max_header_list_size(defaults::MAX_HEADER_LIST)
                .http2_keep_alive_interval(defaults::PING_INTERVAL)
                .http2_keep_alive_timeout(defaults::PING_TIMEOUT);
        }
        builder = self.secure(builder)?;
        for configure in &self.configure {
            builder = configure(builder);
        }
        // After those of `configure`, which come first.
        if let Some(proxy) = self.proxies.any() {
            let url = Url::parse(&url(&proxy)).map_err(failed)?;
            let proxies = self.proxies.clone();
            let chosen = Proxy::custom(move |to| {
                let to = to.as_str().parse().ok()?;
                proxies.proxy(&to).map(|_| url.clone())
            });
            builder = builder.proxy(match proxy.basic_auth() {
                Some(credentials) => chosen.custom_http_auth(credentials.clone()),
                None => chosen,
            });
        }
        builder
            .redirect(redirect::Policy::none())
            .referer(false)
            .retry(retry::never())
            .no_brotli()
            .no_deflate()
            .no_gzip()
            .no_zstd()
            .build()
            .map_err(
                |error| match (error.source(), Causes::of(&error).in_body()) {
                    (Some(source), TransportErrorKind::Tls) => BuildError::platform(source),
                    _ => failed(error),
                },
            )
    }

    /// Sets up TLS.
    fn secure(&self, builder: ClientBuilder) -> Result<ClientBuilder, BuildError> {
        #[cfg(feature = "native-tls")]
        if self.native_tls || cfg!(not(feature = "rustls-no-provider")) {
            return self.trusting(builder.tls_backend_native());
        }
        #[cfg(feature = "rustls-no-provider")]
        if self.tls.is_some() || !tls::is_found_by_reqwest() {
            if self.tls.is_none() && !self.configure.is_empty() {
                return Err(BuildError::new("TLS can't be set up", NO_PROVIDER));
            }
            let config = tls::config(self.tls.as_ref(), &self.trust)?;
            return Ok(builder.tls_backend_preconfigured(config));
        }
        #[cfg(feature = "rustls-no-provider")]
        return self.trusting(builder.tls_backend_rustls());
        #[cfg(not(feature = "rustls-no-provider"))]
        self.trust.roots().map(|_| builder)
    }

    #[cfg(any(feature = "native-tls", feature = "rustls-no-provider"))]
    fn trusting(&self, builder: ClientBuilder) -> Result<ClientBuilder, BuildError> {
        let roots = self.trust.roots()?;
        let roots: Result<Vec<_>, _> = roots
            .iter()
            .map(|root| reqwest::Certificate::from_der(root))
            .collect();
        let roots = roots.map_err(BuildError::certificate)?;
        Ok(match self.trust.mozilla {
            true => builder.tls_certs_only(roots),
            false => builder.tls_certs_merge(roots),
        })
    }
}

fn failed(error: impl Error + Send + Sync + 'static) -> BuildError {
    BuildError::new("the HTTP client can't be created", error)
}

/// Returns the URL of a proxy, with the user and the password if it speaks SOCKS.
fn url(proxy: &Intercept) -> String {
    let uri = proxy.uri();
    match (proxy.raw_auth(), uri.scheme_str(), uri.authority()) {
        (Some((user, password)), Some(scheme), Some(authority)) => {
            let [user, password] =
                [user, password].map(|it| utf8_percent_encode(it, NON_ALPHANUMERIC));
            format!("{scheme}://{user}:{password}@{authority}")
        }
        _ => uri.to_string(),
    }
}

/// reqwest ignores its own settings of TLS if it is given a configuration.
#[cfg(feature = "rustls-no-provider")]
const NO_PROVIDER: &str =
    "`configure` needs `tls_config`, the feature `rustls` or an installed `CryptoProvider`";

impl fmt::Debug for ReqwestTransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestTransportBuilder")
            .field("connect_timeout", &self.connect_timeout)
            .field("pool_idle_timeout", &self.pool_idle_timeout)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use orq_transport_hyper::hyper_util::client::proxy::matcher::Matcher;

    use super::*;

    #[test]
    fn the_url_of_a_socks_proxy_has_its_user_and_password() {
        let read = |url: String| {
            let rules = Matcher::builder().all(url).build();
            rules.intercept(&"https://host".parse().unwrap()).unwrap()
        };
        let given = read("socks5h://us%3Aer:p%2541%40ss@proxy:1080".to_owned());
        let again = read(url(&given));
        assert_eq!(again.uri(), "socks5h://proxy:1080/");
        assert_eq!(again.raw_auth(), Some(("us:er", "p%41@ss")));
    }
}
