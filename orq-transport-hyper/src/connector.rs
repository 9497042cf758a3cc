//! Connecting: TCP settings, proxies, and a timeout over all of it.

use std::{
    io,
    net::IpAddr,
    task::{Context, Poll},
    time::Duration,
};

use futures::future::BoxFuture;
use http::Uri;
use hyper::rt::{Read, Write};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector, proxy::Tunnel};
use tower_service::Service;

use crate::{build_error::Source, ground::proxy::Proxies};

type Connecting = BoxFuture<'static, Result<Box<dyn Io>, Source>>;

/// When an idle connection is probed, and how often until it is given up.
const KEEPALIVE: Duration = Duration::from_secs(15);
const KEEPALIVE_RETRIES: u32 = 3;

pub(crate) fn tcp(connect_timeout: Duration, local_address: Option<IpAddr>) -> HttpConnector {
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    http.set_nodelay(true);
    http.set_connect_timeout(Some(connect_timeout));
    http.set_local_address(local_address);
    http.set_keepalive(Some(KEEPALIVE));
    http.set_keepalive_interval(Some(KEEPALIVE));
    http.set_keepalive_retries(Some(KEEPALIVE_RETRIES));
    // How long sent data may stay unacknowledged, where the platform can limit that.
    #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
    http.set_tcp_user_timeout(Some(Duration::from_secs(30)));
    http
}

/// A connection. In a box it is as large as a pointer in all that hold it while it is set up.
pub(crate) trait Io: Connection + Read + Write + Unpin + Send {}

impl<T: Connection + Read + Write + Unpin + Send> Io for T {}

impl Connection for Box<dyn Io> {
    fn connected(&self) -> Connected {
        (**self).connected()
    }
}

/// Connects to the host, or through a proxy's tunnel to it.
#[derive(Clone)]
pub(crate) struct Proxied {
    pub(crate) direct: HttpConnector,
    /// Connects to the proxy, by TLS if its scheme is `https`.
    pub(crate) to_proxy: HttpsConnector<HttpConnector>,
    pub(crate) proxies: Proxies,
}

impl Service<Uri> for Proxied {
    type Response = Box<dyn Io>;
    type Error = Source;
    type Future = Connecting;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Source>> {
        self.direct.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let Some(proxy) = self.proxies.proxy(&uri) else {
            let connecting = self.direct.call(uri);
            return Box::pin(async { Ok(Box::new(connecting.await?) as Box<dyn Io>) });
        };
        let mut tunnel = Tunnel::new(proxy.uri().clone(), self.to_proxy.clone());
        if let Some(credentials) = proxy.basic_auth() {
            tunnel = tunnel.with_auth(credentials.clone());
        }
        let tunneling = tunnel.call(uri);
        Box::pin(async { Ok(Box::new(tunneling.await?) as Box<dyn Io>) })
    }
}

/// Limits all of connecting: resolving the host, each of its addresses, the proxy's tunnel, the TLS handshake.
///
/// hyper-util's own timeout ends before the handshake.
#[derive(Clone)]
pub(crate) struct Timed<C, F> {
    pub(crate) connector: C,
    pub(crate) timeout: Duration,
    pub(crate) boxed: F,
}

impl<C, F> Service<Uri> for Timed<C, F>
where
    C: Service<Uri, Error: Into<Source>, Future: Send + 'static>,
    F: Fn(C::Response) -> Box<dyn Io> + Copy + Send + 'static,
{
    type Response = Box<dyn Io>;
    type Error = Source;
    type Future = Connecting;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Source>> {
        self.connector.poll_ready(cx).map_err(Into::into)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the connect timeout is real time"
    )]
    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = tokio::time::timeout(self.timeout, self.connector.call(uri));
        let boxed = self.boxed;
        Box::pin(async move {
            match connecting.await {
                Ok(connected) => connected.map(boxed).map_err(Into::into),
                Err(_) => Err(io::Error::from(io::ErrorKind::TimedOut).into()),
            }
        })
    }
}
