//! Connecting: TCP settings, proxies, and a timeout over all of it.

use std::{
    error::Error as StdError,
    io,
    net::IpAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use http::{HeaderValue, Uri};
use hyper_util::{
    client::{
        legacy::connect::{HttpConnector, proxy::Tunnel},
        proxy::matcher::Matcher,
    },
    rt::TokioIo,
};
use tokio::net::TcpStream;
use tower_service::Service;

use crate::ground::{request::may_use_proxy, trust::BuildError};

pub(crate) type Source = Box<dyn StdError + Send + Sync>;
type Connecting<T> = Pin<Box<dyn Future<Output = Result<T, Source>> + Send>>;

/// When an idle connection is probed, and how often until it is given up.
const KEEPALIVE: Duration = Duration::from_secs(15);
const KEEPALIVE_RETRIES: u32 = 3;
/// How long sent data may stay unacknowledged, where the platform can limit that.
const USER_TIMEOUT: Duration = Duration::from_secs(30);

pub(crate) fn tcp(connect_timeout: Duration, local_address: Option<IpAddr>) -> HttpConnector {
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    http.set_nodelay(true);
    http.set_connect_timeout(Some(connect_timeout));
    http.set_local_address(local_address);
    http.set_keepalive(Some(KEEPALIVE));
    http.set_keepalive_interval(Some(KEEPALIVE));
    http.set_keepalive_retries(Some(KEEPALIVE_RETRIES));
    #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
    http.set_tcp_user_timeout(Some(USER_TIMEOUT));
    http
}

/// The proxies of a transport.
#[derive(Clone, Debug)]
pub(crate) enum Proxies {
    None,
    /// Those of the environment or the system, for `https` to other machines.
    System,
    /// This one, for `https`.
    Https(Uri),
}

impl Proxies {
    /// # Errors
    ///
    /// A [`BuildError`] if the URI that was given can't be one of a proxy.
    pub(crate) fn check(&self) -> Result<(), BuildError> {
        match self {
            Self::Https(uri) if !is_proxy(uri) => {
                Err(BuildError::new("the proxy can't be used", NO_PROXY))
            }
            _ => Ok(()),
        }
    }

    /// Returns the rules, and whether they apply to loopback addresses.
    fn matcher(&self) -> (Matcher, bool) {
        match self {
            Self::None => (Matcher::builder().build(), false),
            Self::System => (Matcher::from_system(), false),
            Self::Https(uri) => (Matcher::builder().https(uri.to_string()).build(), true),
        }
    }
}

const NO_PROXY: &str = "the URI of a proxy begins with http:// or https:// and has a host";

fn is_proxy(uri: &Uri) -> bool {
    matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some()
}

/// Connects to the host, or through a proxy's tunnel to it.
#[derive(Clone)]
pub(crate) struct Proxied<C> {
    direct: HttpConnector,
    /// Connects to the proxy, by TLS if its scheme is `https`.
    to_proxy: C,
    rules: Arc<Matcher>,
    with_loopback: bool,
}

impl<C> Proxied<C> {
    pub(crate) fn new(direct: HttpConnector, to_proxy: C, proxies: &Proxies) -> Self {
        let (rules, with_loopback) = proxies.matcher();
        Self {
            direct,
            to_proxy,
            rules: Arc::new(rules),
            with_loopback,
        }
    }

    /// Returns the proxy for this host and its credentials.
    fn proxy(&self, uri: &Uri) -> Option<(Uri, Option<HeaderValue>)> {
        let applies = match self.with_loopback {
            true => uri.scheme_str() == Some("https"),
            false => may_use_proxy(uri),
        };
        let proxy = self.rules.intercept(uri).filter(|_| applies)?;
        Some((proxy.uri().clone(), proxy.basic_auth().cloned()))
    }
}

impl<C, T> Service<Uri> for Proxied<C>
where
    C: Service<Uri, Response = T, Error: Into<Source>, Future: Send> + Clone + Send + 'static,
    T: From<TokioIo<TcpStream>> + hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
{
    type Response = T;
    type Error = Source;
    type Future = Connecting<T>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Source>> {
        self.direct.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let Some((proxy, credentials)) = self.proxy(&uri) else {
            let connecting = self.direct.call(uri);
            return Box::pin(async { Ok(connecting.await?.into()) });
        };
        if !is_proxy(&proxy) {
            return Box::pin(async { Err(NO_PROXY.into()) });
        }
        let mut tunnel = Tunnel::new(proxy, self.to_proxy.clone());
        if let Some(credentials) = credentials {
            tunnel = tunnel.with_auth(credentials);
        }
        let tunneling = tunnel.call(uri);
        Box::pin(async { tunneling.await.map_err(Into::into) })
    }
}

/// Limits all of connecting: resolving the host, each of its addresses, the proxy's tunnel, the TLS handshake.
///
/// hyper-util's own timeout ends before the handshake.
#[derive(Clone)]
pub(crate) struct Timed<C> {
    connector: C,
    timeout: Duration,
}

impl<C> Timed<C> {
    pub(crate) fn new(connector: C, timeout: Duration) -> Self {
        Self { connector, timeout }
    }
}

impl<C> Service<Uri> for Timed<C>
where
    C: Service<Uri, Error: Into<Source>, Future: Send + 'static, Response: 'static>,
{
    type Response = C::Response;
    type Error = Source;
    type Future = Connecting<C::Response>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Source>> {
        self.connector.poll_ready(cx).map_err(Into::into)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the connect timeout is real time"
    )]
    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = tokio::time::timeout(self.timeout, self.connector.call(uri));
        Box::pin(async move {
            match connecting.await {
                Ok(connected) => connected.map_err(Into::into),
                Err(_) => Err(io::Error::from(io::ErrorKind::TimedOut).into()),
            }
        })
    }
}
