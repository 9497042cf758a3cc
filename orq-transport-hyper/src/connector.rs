//! Connecting: TCP settings, proxies, and a timeout over all of it.

use std::{
    io,
    net::IpAddr,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use http::Uri;
use hyper_util::{
    client::legacy::connect::{HttpConnector, proxy::Tunnel},
    rt::TokioIo,
};
use tokio::net::TcpStream;
use tower_service::Service;

use crate::{build_error::Source, ground::proxy::Proxies};

type Connecting<T> = Pin<Box<dyn Future<Output = Result<T, Source>> + Send>>;

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

/// Connects to the host, or through a proxy's tunnel to it.
#[derive(Clone)]
pub(crate) struct Proxied<C> {
    pub(crate) direct: HttpConnector,
    /// Connects to the proxy, by TLS if its scheme is `https`.
    pub(crate) to_proxy: C,
    pub(crate) proxies: Proxies,
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
        let Some(proxy) = self.proxies.proxy(&uri) else {
            let connecting = self.direct.call(uri);
            return Box::pin(async { Ok(connecting.await?.into()) });
        };
        let mut tunnel = Tunnel::new(proxy.uri, self.to_proxy.clone());
        if let Some(credentials) = proxy.credentials {
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
    pub(crate) connector: C,
    pub(crate) timeout: Duration,
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
