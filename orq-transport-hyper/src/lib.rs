//! The raw [hyper](https://docs.rs/hyper/1) transport for [`orq_core`].
//!
//! [`HyperTransport`] sends the client's requests by hyper-util's client over HTTP/1.1 or HTTP/2, with TLS by
//! rustls, and pools its connections. It needs a tokio runtime with I/O and time on, as `#[tokio::main]` makes
//! it.
//!
//! This one dependency is enough to start: it re-exports [`orq_core`], and [`client_from_env`] makes a client.
//!
//! ```no_run
//! use orq_transport_hyper::{client_from_env, orq_core::DeploymentRequest};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let client = client_from_env()?; // ORQ_API_KEY
//! let answer = client.deployments().invoke(&DeploymentRequest::new("greeter")).await?;
//! println!("{}", answer.require_text()?);
//! # Ok(())
//! # }
//! ```
//!
//! With settings of your own, and nobody at home:
//!
//! ```
//! use std::time::Duration;
//! use orq_transport_hyper::{HyperTransport, orq_core::{Client, DeploymentRequest, transport::Delivery}};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let transport = HyperTransport::builder().connect_timeout(Duration::from_secs(3)).build()?;
//! let client = Client::builder(transport).api_key("my-key").base_url("http://127.0.0.1:1").build()?;
//!
//! let error = client.deployments().invoke(&DeploymentRequest::new("greeter")).await.unwrap_err();
//! assert_eq!(error.delivery(), Some(Delivery::NotSent));
//! # Ok(())
//! # }
//! ```
//!
//! # In scope, out of scope
//!
//! One exchange and nothing else, as [`HttpTransport`] demands: no retries, no redirects, no cookies, and no
//! proxies. Retries, timeouts and authentication are the client's. Whoever needs a proxy takes
//! [`orq-transport-reqwest`](https://docs.rs/orq-transport-reqwest), or a [ready-made client](#a-ready-made-client)
//! with a connector that knows one.
//!
//! # What it does on the wire
//!
//! - **Added headers**: `host`, `content-length`, and `accept-encoding: gzip` if the request has no
//!   `accept-encoding` (feature `gzip`). A response with `content-encoding: gzip` is decoded, and loses that
//!   header and its `content-length`.
//! - **The address** is written as given. A user name or a password in it is refused, and so is the method
//!   `CONNECT`.
//! - **The version** is the connection's: HTTP/2 where the server chooses it in the TLS handshake, HTTP/1.1
//!   otherwise, plain `http` included. A request's own version is ignored.
//! - **Certificates** are checked as the platform does (its store and, on Linux, `SSL_CERT_FILE` and
//!   `SSL_CERT_DIR`), so a company's own authority works where it is installed. A container that holds no
//!   certificates at all, and Android, use Mozilla's set, which is compiled in. More can be added in the
//!   [builder](HyperTransportBuilder). The provider is ring; no global one is needed or installed.
//! - **Connections** are kept for 30 seconds, with `TCP_NODELAY` and TCP keep-alive (probes after 15 seconds).
//! - **Read-ahead**: a body that nobody polls holds up the server. Over HTTP/1.1 nothing is read for it beyond
//!   the socket's buffers and one read; over HTTP/2 at most 256 KiB.
//!
//! # What a failure says
//!
//! Measured on real sockets; the tests of this crate hold each row.
//!
//! | what happened | kind | phase | delivery |
//! |---|---|---|---|
#![doc = include_str!("faults.md")]
//!
//! A request on a pooled connection that the server has closed is `not_sent` if hyper had not begun to write
//! it, and `maybe_sent` if it had. It isn't sent again in either case: that is for the client to decide.
//!
//! # A ready-made client
//!
//! [`HyperTransport::from_client`] takes hyper-util's client as it is, with any connector. Then this can't be
//! enforced:
//!
//! | setting | what the contract needs |
//! |---|---|
//! | retries | `retry_canceled_requests(false)`; else a request that hyper had not begun to write is sent again |
//! | pool | `pool_timer`, or idle connections are kept until the server closes them |
//! | connecting | a connector with a timeout that covers the TLS handshake, or connecting lasts as long as the server likes |
//! | header lines | `http1_max_headers`; hyper stops at 100 |
//!
//! # Features
//!
//! | feature | default | what it brings |
//! |---|---|---|
//! | `rustls` | yes | `https`, [`HyperTransport::new`] and the builder; without it there is `from_client` only |
//! | `http2` | yes | HTTP/2 |
//! | `gzip` | yes | asking for gzip and decoding it |
#![forbid(unsafe_code)]

mod body;
#[cfg(feature = "rustls")]
mod builder;
#[cfg(feature = "rustls")]
mod connector;
mod error;
mod exchange;
mod timer;
#[cfg(feature = "rustls")]
mod tls;

use std::{error::Error as StdError, fmt, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use exchange::Exchange;
use http::{HeaderValue, Method, header::CONTENT_LENGTH, uri::Authority};
use hyper_util::client::legacy::{Client, connect::Connect};
use orq_core::{
    Timer,
    transport::{Body, HttpTransport, TransportError},
};
use tokio::runtime::Handle;
use tower_service::Service;

#[cfg(feature = "rustls")]
pub use builder::{BuildError, HyperTransportBuilder};
pub use hyper_util;
pub use orq_core;
pub use timer::TokioTimer;

const ZERO: HeaderValue = HeaderValue::from_static("0");

/// A client over a [`HyperTransport`] with the default settings, set up by the environment variables
/// `ORQ_API_KEY`, `ORQ_BASE_URL`, `ORQ_ENVIRONMENT` and `ORQ_CONTACT_ID`, of which only the first is required.
///
/// # Errors
///
/// Of kind [`Config`](orq_core::ErrorKind::Config), if the transport can't be built, the key is missing or a value
/// can't be used.
#[cfg(feature = "rustls")]
pub fn client_from_env() -> Result<orq_core::Client, orq_core::Error> {
    let transport = HyperTransport::new().map_err(orq_core::Error::config)?;
    orq_core::Client::from_env(transport)
}

/// An [`HttpTransport`] over hyper.
///
/// It is cheap to clone; the clones share their connections.
///
/// Polled outside of a tokio runtime, [`send`](HttpTransport::send) gives an error and sends nothing.
#[derive(Clone)]
pub struct HyperTransport {
    exchange: Exchange,
    timer: TokioTimer,
}

impl HyperTransport {
    /// A transport with the default settings.
    ///
    /// # Errors
    ///
    /// A [`BuildError`] if the platform's TLS can't be set up.
    #[cfg(feature = "rustls")]
    pub fn new() -> Result<Self, BuildError> {
        Self::builder().build()
    }

    /// A builder with the default settings.
    #[cfg(feature = "rustls")]
    pub fn builder() -> HyperTransportBuilder {
        HyperTransportBuilder::new()
    }

    /// A transport that uses `client` as it is. See [A ready-made client](crate#a-ready-made-client).
    ///
    /// `B` is the body that its requests have, such as `http_body_util::Full<Bytes>`.
    pub fn from_client<C, B>(client: Client<C, B>) -> Self
    where
        C: Connect + Clone + Send + Sync + 'static,
        B: hyper::body::Body + From<Bytes> + Send + Unpin + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn StdError + Send + Sync>>,
    {
        Self {
            exchange: Exchange::new(client),
            timer: TokioTimer::new(),
        }
    }
}

#[async_trait]
impl HttpTransport for HyperTransport {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Body>, TransportError> {
        if Handle::try_current().is_err() {
            return Err(error::refused("there is no tokio runtime here"));
        }
        let request = prepare(request)?;
        let exchange = self.exchange.clone();
        #[cfg(feature = "gzip")]
        let mut exchange = tower_http::decompression::Decompression::new(exchange)
            .no_br()
            .no_deflate()
            .no_zstd();
        #[cfg(not(feature = "gzip"))]
        let mut exchange = exchange;
        let response = exchange.call(request).await.map_err(error::before_head)?;
        Ok(response.map(body::data))
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        Some(Arc::new(self.timer.clone()))
    }

    fn name(&self) -> &str {
        "hyper"
    }
}

impl fmt::Debug for HyperTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HyperTransport").finish_non_exhaustive()
    }
}

/// The request without what doesn't cross this seam: its extensions and its version.
fn prepare(request: http::Request<Bytes>) -> Result<http::Request<Bytes>, TransportError> {
    let (parts, body) = request.into_parts();
    if parts.method == Method::CONNECT {
        return Err(error::refused("CONNECT opens a tunnel and is no exchange"));
    }
    if !matches!(parts.uri.scheme_str(), Some("http" | "https")) {
        return Err(error::refused(
            "the address is no absolute http or https URI",
        ));
    }
    check_authority(parts.uri.authority())?;
    let mut headers = parts.headers;
    // RFC 9110, 8.6. Over HTTP/1.1 hyper says nothing of a body that is empty, and some servers answer 411.
    if body.is_empty() && matches!(parts.method, Method::POST | Method::PUT | Method::PATCH) {
        headers.entry(CONTENT_LENGTH).or_insert(ZERO);
    }
    let mut request = http::Request::new(body);
    *request.method_mut() = parts.method;
    *request.uri_mut() = parts.uri;
    *request.headers_mut() = headers;
    Ok(request)
}

/// Refuses what hyper would pass over in silence: a user name, a password, a port that is no number.
fn check_authority(authority: Option<&Authority>) -> Result<(), TransportError> {
    let Some(authority) = authority.filter(|authority| !authority.host().is_empty()) else {
        return Err(error::refused("the address names no host"));
    };
    if authority.as_str().contains('@') {
        return Err(error::refused(
            "the address holds a user name or a password",
        ));
    }
    let rest = authority.as_str().strip_prefix(authority.host());
    if authority.port_u16().is_none() && !matches!(rest, Some("" | ":")) {
        return Err(error::refused("the address has a port that is no number"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(method: Method, uri: &str) -> Option<Result<http::Request<Bytes>, TransportError>> {
        let request = http::Request::builder().method(method).uri(uri);
        Some(prepare(request.body(Bytes::new()).ok()?))
    }

    #[test]
    fn what_is_no_exchange_is_refused() {
        for (method, uri) in [
            (Method::GET, "/path"),
            (Method::GET, "*"),
            (Method::GET, "host:80"),
            (Method::GET, "ftp://host/"),
            (Method::GET, "http://user@host/"),
            (Method::GET, "http://user:secret@host/"),
            (Method::GET, "http://:secret@host/"),
            (Method::GET, "http://host:99999/"),
            (Method::GET, "http://:80/"),
            (Method::CONNECT, "http://host/"),
        ] {
            let Some(result) = prepared(method, uri) else {
                continue;
            };
            let error = result.unwrap_err();
            assert_eq!(error.delivery().as_str(), "not_sent", "{uri}");
            assert!(!format!("{error:?}").contains("secret"), "{uri}");
        }
    }

    #[test]
    fn addresses_are_left_as_they_are() {
        for uri in [
            "http://host/",
            "http://host:80/a/../b?c='",
            "https://127.0.0.1:8443/",
            "https://[::1]:8443/",
            "https://[::1]/",
        ] {
            let request = prepared(Method::GET, uri).unwrap().unwrap();
            assert_eq!(request.uri().to_string(), uri);
        }
    }
}
