//! The builder of a transport.

use std::{fmt, net::IpAddr, time::Duration};

use http::Uri;
use hyper::rt::{Read, Write};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::{
    client::legacy::{Builder, connect::Connection},
    rt::{TokioExecutor, TokioTimer},
};
use tower_service::Service;

use crate::ground::tls::config;
use crate::{
    build_error::{BuildError, Source},
    client::{Exchange, HyperTransport},
    connector::{Io, Proxied, Timed, tcp},
    ground::{clients::Clients, defaults, proxy::Proxies, trust::Trust},
};

/// A client over a [`HyperTransport`] with the default settings, set up by the environment variables
/// `ORQ_API_KEY`, `ORQ_BASE_URL`, `ORQ_ENVIRONMENT` and `ORQ_CONTACT_ID`, of which only the first is required.
///
/// # Errors
///
/// Of kind [`Config`](orq_core::ErrorKind::Config), if the transport can't be built, the key is missing or a value
/// can't be used; see [`ClientBuilder::read_env`](orq_core::ClientBuilder::read_env).
pub fn client_from_env() -> Result<orq_core::Client, orq_core::Error> {
    orq_core::Client::from_env(HyperTransport::new()?)
}

/// Builds a [`HyperTransport`]; created by [`HyperTransport::builder`].
///
/// ```
/// use std::time::Duration;
/// use orq_transport_hyper::HyperTransport;
///
/// let transport = HyperTransport::builder()
///     .connect_timeout(Duration::from_secs(3))
///     .pool_max_idle_per_host(8)
///     .local_address("127.0.0.1".parse::<std::net::IpAddr>()?)
///     .build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct HyperTransportBuilder {
    connect_timeout: Duration,
    local_address: Option<IpAddr>,
    proxies: Proxies,
    trust: Trust,
    tls: Option<rustls::ClientConfig>,
    pool: Builder,
    max_streams: usize,
    #[cfg(feature = "http2")]
    stream_window: u32,
}

impl HyperTransport {
    /// Creates a transport with the default settings.
    ///
    /// It exists only with one of the features `rustls` (a default), `rustls-ring` and `rustls-no-provider`. With
    /// `client` alone there is no TLS, and a transport is created by [`from_client`](HyperTransport::from_client).
    ///
    /// # Errors
    ///
    /// A [`BuildError`] if the platform's TLS can't be set up.
    pub fn new() -> Result<Self, BuildError> {
        Self::builder().build()
    }

    /// Creates a builder with the default settings.
    pub fn builder() -> HyperTransportBuilder {
        let mut pool = Builder::new(TokioExecutor::new());
        pool.timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(defaults::POOL_IDLE_TIMEOUT)
            .retry_canceled_requests(false)
            .http1_max_headers(defaults::MAX_HEADERS);
        #[cfg(feature = "http2")]
        pool.http2_max_header_list_size(defaults::MAX_HEADER_LIST)
            .http2_keep_alive_interval(defaults::PING_INTERVAL)
            .http2_keep_alive_timeout(defaults::PING_TIMEOUT);
        HyperTransportBuilder {
            connect_timeout: defaults::CONNECT_TIMEOUT,
            local_address: None,
            proxies: Proxies::system(),
            trust: Trust::default(),
            tls: None,
            pool,
            max_streams: defaults::MAX_STREAMS,
            #[cfg(feature = "http2")]
            stream_window: defaults::STREAM_WINDOW,
        }
    }
}

impl HyperTransportBuilder {
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
        self.pool.pool_idle_timeout(timeout.min(defaults::LONGEST));
        self
    }

    /// Sets how many unused connections to a host are kept. Default: no limit.
    pub fn pool_max_idle_per_host(mut self, connections: usize) -> Self {
        self.pool.pool_max_idle_per_host(connections);
        self
    }

    /// Sets the local address that connections are made from. Default: the operating system chooses.
    pub fn local_address(mut self, address: impl Into<Option<IpAddr>>) -> Self {
        self.local_address = address.into();
        self
    }

    /// Uses this proxy for `https`, loopback addresses included, instead of those of the environment and the system.
    ///
    /// The scheme of its URI is `http` or `https`; a user name and a password in it are sent to the proxy. Characters in
    /// them that a URI doesn't allow there, such as `@`, `/` and `:`, are percent-encoded.
    ///
    /// ```
    /// # use orq_transport_hyper::HyperTransport;
    /// let proxy = "http://user:password@proxy.example.com:3128".parse()?;
    /// let transport = HyperTransport::builder().proxy(proxy).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn proxy(mut self, proxy: Uri) -> Self {
        self.proxies = Proxies::https(&proxy);
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

    /// Sets the whole configuration of TLS, for example with a client certificate. The certificate authorities of this
    /// builder aren't used then: for those of the platform see
    /// [rustls-platform-verifier](https://docs.rs/rustls-platform-verifier/0.7/rustls_platform_verifier/trait.BuilderVerifierExt.html).
    /// Without ALPN protocols, those of this crate are added.
    ///
    /// ```
    /// use orq_transport_hyper::{HyperTransport, rustls};
    /// use rustls::{ClientConfig, RootCertStore};
    ///
    /// # fn chain_and_key() -> (Vec<rustls::pki_types::CertificateDer<'static>>, rustls::pki_types::PrivateKeyDer<'static>) {
    /// #     let own = rcgen::generate_simple_self_signed(["client".to_owned()]).unwrap();
    /// #     (vec![own.cert.der().clone()], own.signing_key.serialize_der().try_into().unwrap())
    /// # }
    /// let (chain, key) = chain_and_key();
    /// let mut authorities = RootCertStore::empty();
    /// authorities.add(chain[0].clone())?;
    /// let config = ClientConfig::builder()
    ///     .with_root_certificates(authorities)
    ///     .with_client_auth_cert(chain, key)?;
    /// let transport = HyperTransport::builder().tls_config(config).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// `ClientConfig::builder()` panics if the program has the features of several providers, which any crate can enable,
    /// and has installed none. `ClientConfig::builder_with_provider` takes one by name. That of ring needs a dependency on
    /// `rustls` with the feature `ring`, and is at `rustls::crypto::ring` then.
    pub fn tls_config(mut self, config: rustls::ClientConfig) -> Self {
        self.tls = Some(config);
        self
    }

    /// Sets when an HTTP/2 connection with open streams is pinged, if it is silent, and how long the answer may take. If
    /// there is none, the connection is closed. Default: after 15 seconds, 10 seconds. `None` disables the pings.
    ///
    /// ```
    /// # use orq_transport_hyper::HyperTransport;
    /// use std::time::Duration;
    ///
    /// let transport = HyperTransport::builder()
    ///     .http2_keep_alive(Duration::from_secs(5), Duration::from_secs(5))
    ///     .http2_stream_window(1024 * 1024)
    ///     .http2_max_streams(32)
    ///     .build()?;
    /// # Ok::<(), orq_transport_hyper::BuildError>(())
    /// ```
    #[cfg(feature = "http2")]
    pub fn http2_keep_alive(
        mut self,
        interval: impl Into<Option<Duration>>,
        timeout: Duration,
    ) -> Self {
        let interval = interval.into().filter(|it| *it <= defaults::LONGEST);
        self.pool
            .http2_keep_alive_interval(interval)
            .http2_keep_alive_timeout(timeout.min(defaults::LONGEST));
        self
    }

    /// Sets how much of one HTTP/2 response may be unread, in bytes; the server sends no more of it until it is read.
    /// Default: 256 KiB; at least 64 KiB - 1, at most 2 GiB - 1. The window of a connection is as large as those of all
    /// its streams together, so a response that isn't read doesn't block another.
    #[cfg(feature = "http2")]
    pub fn http2_stream_window(mut self, bytes: u32) -> Self {
        self.stream_window = bytes.clamp(65_535, u32::MAX >> 1);
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

    /// Creates the transport.
    ///
    /// It reads the platform's certificate authorities, so create one and share it.
    ///
    /// # Errors
    ///
    /// A [`BuildError`] if an added certificate is invalid, or TLS can't be set up: the platform's certificate authorities
    /// or `SSL_CERT_FILE` can't be read, or rustls has no cryptography provider.
    pub fn build(self) -> Result<HyperTransport, BuildError> {
        self.proxies.check()?;
        let direct = tcp(self.connect_timeout, self.local_address);
        let mut tls = config(self.tls.as_ref(), &self.trust)?;
        let proxies = self.proxies.clone();
        let this = self.tls_config(tls.clone());
        tls.alpn_protocols.clear();
        let to_proxy = HttpsConnector::from((direct.clone(), tls));
        this.build_with_connector(Proxied {
            direct,
            to_proxy,
            proxies,
        })
    }

    /// Creates the transport with this connector beneath TLS, for example one that binds to an interface or speaks over a
    /// Unix socket. Proxies and the local address of this builder aren't used then.
    ///
    /// A connector is a [`tower_service::Service`] from a URI to a connection, such as hyper-util's:
    ///
    /// ```
    /// use orq_transport_hyper::{HyperTransport, hyper_util::client::legacy::connect::HttpConnector};
    ///
    /// let mut connector = HttpConnector::new();
    /// connector.enforce_http(false); // else it refuses https
    /// connector.set_reuse_address(true);
    /// let transport = HyperTransport::builder().build_with_connector(connector)?;
    /// # Ok::<(), orq_transport_hyper::BuildError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A [`BuildError`] as [`build`](Self::build).
    pub fn build_with_connector<C>(self, connector: C) -> Result<HyperTransport, BuildError>
    where
        C: Service<Uri, Error: Into<Source>, Future: Send> + Clone + Send + Sync + 'static,
        C::Response: Connection + Read + Write + Unpin + Send,
    {
        let tls = config(self.tls.as_ref(), &self.trust)?;
        let connector = HttpsConnector::from((connector, tls));
        Ok(self.build_boxed(connector, |connection| match connection {
            // One without TLS needs less room.
            MaybeHttpsStream::Http(plain) => Box::new(plain),
            secured => Box::new(secured),
        }))
    }

    /// Creates the transport with a connector that speaks TLS itself if the URI's scheme is `https`. **If it doesn't, the
    /// API key is sent unencrypted.** TLS, proxies and the local address of this builder aren't used then.
    pub fn build_with_tls_connector<C>(self, connector: C) -> HyperTransport
    where
        C: Service<Uri, Error: Into<Source>, Future: Send> + Clone + Send + Sync + 'static,
        C::Response: Connection + Read + Write + Unpin + Send,
    {
        self.build_boxed(connector, |connection| Box::new(connection))
    }

    fn build_boxed<C>(self, connector: C, boxed: fn(C::Response) -> Box<dyn Io>) -> HyperTransport
    where
        C: Service<Uri, Response: 'static, Error: Into<Source>, Future: Send>,
        C: Clone + Send + Sync + 'static,
    {
        let connector = Timed {
            connector,
            timeout: self.connect_timeout,
            boxed,
        };
        #[cfg(feature = "http2")]
        let pool = {
            let window = defaults::connection_window(self.stream_window, self.max_streams);
            let mut pool = self.pool;
            pool.http2_initial_stream_window_size(self.stream_window)
                .http2_initial_connection_window_size(window);
            pool
        };
        #[cfg(not(feature = "http2"))]
        let pool = self.pool;
        let make = move || {
            let client = pool.build(connector.clone());
            // hyper reserves the place of 32 requests for each connection.
            Exchange::new(client, Box::new)
        };
        let clients = Clients::new(make(), self.max_streams, move || Some(make()));
        HyperTransport::over(clients)
    }
}

impl fmt::Debug for HyperTransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HyperTransportBuilder")
            .field("connect_timeout", &self.connect_timeout)
            .field("pool", &self.pool)
            .finish_non_exhaustive()
    }
}
