//! The [reqwest](https://docs.rs/reqwest/0.13) transport for [`orq_core`].
//!
//! [`ReqwestTransport`] sends the client's requests over HTTP/1.1 or HTTP/2, with TLS by rustls, and pools its
//! connections. It needs a tokio runtime with I/O and time on, as `#[tokio::main]` makes it.
//!
//! This one dependency is enough to start: it re-exports [`orq_core`], and [`client_from_env`] makes a client.
//!
//! ```no_run
//! use orq_transport_reqwest::{client_from_env, orq_core::DeploymentRequest};
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
//! use orq_transport_reqwest::{ReqwestTransport, orq_core::{Client, DeploymentRequest, transport::Delivery}};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let transport = ReqwestTransport::builder().connect_timeout(Duration::from_secs(3)).build()?;
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
//! One exchange and nothing else, as [`HttpTransport`] demands: no retries, no redirects, no cookies. Retries,
//! timeouts and authentication are the client's.
//!
//! # What it does on the wire
//!
//! - **Added headers**: `host`, `content-length`, `accept: */*` if the request has no `accept`, and
//!   `accept-encoding: gzip` if it has no `accept-encoding` (feature `gzip`). A response with
//!   `content-encoding: gzip` is decoded, and loses that header and its `content-length`.
//! - **The address** is written as the [WHATWG](https://url.spec.whatwg.org/) would: `..` segments are
//!   resolved, and characters that no URL holds (`{`, `"`, a space) are percent-encoded. A user name or a
//!   password in it is refused, and so is the method `CONNECT`.
//! - **The version** is the connection's: HTTP/2 where the server chooses it in the TLS handshake, HTTP/1.1
//!   otherwise, plain `http` included. A request's own version is ignored.
//! - **Certificates** are checked as the platform does (its store and, on Linux, `SSL_CERT_FILE` and
//!   `SSL_CERT_DIR`), so a company's own authority works where it is installed. A container that holds no
//!   certificates at all, and Android, use Mozilla's set, which is compiled in. More can be added in the
//!   [builder](ReqwestTransportBuilder). The provider is ring; no global one is needed or installed.
//! - **Proxies** (feature `system-proxy`): the one that `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` name, or the
//!   system's settings on macOS and Windows, is used for `https` to other machines only. Plain `http`, and
//!   whatever goes to a loopback address, is sent directly. The environment is read when the transport is built.
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
//! it, and `maybe_sent` if it had. Two things that reqwest does can't be switched off: a request that hyper gives
//! back untouched, because the pooled connection it was meant for had closed, is sent on another one (none of
//! it had left the machine); and an HTTP/2 stream that a server resets with `NO_ERROR` before its end is seen
//! as cut only if the response has a `content-length`.
//!
//! # A ready-made client
//!
//! [`ReqwestTransport::from_client`] takes a [`reqwest::Client`] as it is. Then this can't be enforced:
//!
//! | setting | what the contract needs |
//! |---|---|
//! | TLS | a provider: reqwest's feature `rustls` brings one, and without any its builder panics |
//! | redirects | `redirect(Policy::none())`; else a followed one is a `protocol` error, after the fact |
//! | retries | `retry(reqwest::retry::never())`; else a refused HTTP/2 stream is sent again |
//! | proxies | `no_proxy()` for loopback and plain `http` |
//! | timeouts | no `timeout` and no `read_timeout`: the client has its own, and says which one ran out |
//! | headers, cookies | no `default_headers` and no cookie store: what they add, the caller doesn't see |
//! | connecting | `connect_timeout`, or connecting lasts as long as the operating system likes |
//!
//! # Features
//!
//! | feature | default | what it brings |
//! |---|---|---|
//! | `rustls` | yes | `https`, [`ReqwestTransport::new`] and the builder; without it there is `from_client` only |
//! | `http2` | yes | HTTP/2 |
//! | `gzip` | yes | asking for gzip and decoding it |
//! | `system-proxy` | yes | proxies by environment or system settings |
#![forbid(unsafe_code)]

mod body;
#[cfg(feature = "rustls")]
mod builder;
mod error;
mod timer;
#[cfg(feature = "rustls")]
mod tls;

use std::{fmt, net::IpAddr, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, header::CONTENT_LENGTH};
use orq_core::{
    Timer,
    transport::{Body, HttpTransport, TransportError},
};
use tokio::runtime::Handle;

#[cfg(feature = "rustls")]
pub use builder::{BuildError, ReqwestTransportBuilder};
pub use orq_core;
pub use reqwest;
pub use timer::TokioTimer;

/// A client over a [`ReqwestTransport`] with the default settings, set up by the environment variables
/// `ORQ_API_KEY`, `ORQ_BASE_URL`, `ORQ_ENVIRONMENT` and `ORQ_CONTACT_ID`, of which only the first is required.
///
/// # Errors
///
/// Of kind [`Config`](orq_core::ErrorKind::Config), if the transport can't be built, the key is missing or a value
/// can't be used.
#[cfg(feature = "rustls")]
pub fn client_from_env() -> Result<orq_core::Client, orq_core::Error> {
    let transport = ReqwestTransport::new().map_err(orq_core::Error::config)?;
    orq_core::Client::from_env(transport)
}

const ZERO: HeaderValue = HeaderValue::from_static("0");

/// An [`HttpTransport`] over reqwest.
///
/// It is cheap to clone; the clones share their connections.
///
/// Polled outside of a tokio runtime, [`send`](HttpTransport::send) gives an error and sends nothing.
#[derive(Clone)]
pub struct ReqwestTransport {
    /// For everything, or for what must not go through a proxy.
    direct: reqwest::Client,
    /// For `https` to other machines, where a proxy may be named.
    proxied: Option<reqwest::Client>,
    timer: TokioTimer,
}

impl ReqwestTransport {
    /// A transport with the default settings.
    ///
    /// # Errors
    ///
    /// A [`BuildError`] if the platform's TLS or name resolution can't be set up.
    #[cfg(feature = "rustls")]
    pub fn new() -> Result<Self, BuildError> {
        Self::builder().build()
    }

    /// A builder with the default settings.
    #[cfg(feature = "rustls")]
    pub fn builder() -> ReqwestTransportBuilder {
        ReqwestTransportBuilder::new()
    }

    /// A transport that uses `client` as it is. See [A ready-made client](crate#a-ready-made-client).
    pub fn from_client(client: reqwest::Client) -> Self {
        Self::from_parts(client, None)
    }

    fn from_parts(direct: reqwest::Client, proxied: Option<reqwest::Client>) -> Self {
        Self {
            direct,
            proxied,
            timer: TokioTimer::new(),
        }
    }

    fn client_for(&self, url: &reqwest::Url) -> &reqwest::Client {
        match &self.proxied {
            Some(proxied) if may_use_proxy(url) => proxied,
            _ => &self.direct,
        }
    }
}

#[async_trait]
impl HttpTransport for ReqwestTransport {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Body>, TransportError> {
        if Handle::try_current().is_err() {
            return Err(error::refused("there is no tokio runtime here"));
        }
        let request = prepare(request)?;
        let url = request.url().clone();
        let has_body = request.method() != Method::HEAD;
        let response = self
            .client_for(&url)
            .execute(request)
            .await
            .map_err(error::before_head)?;
        if *response.url() != url {
            return Err(error::redirected());
        }
        let (parts, body) = http::Response::<reqwest::Body>::from(response).into_parts();
        let whole = has_body && parts.status != StatusCode::NOT_MODIFIED;
        Ok(http::Response::from_parts(parts, body::data(body, whole)))
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        Some(Arc::new(self.timer.clone()))
    }

    fn name(&self) -> &str {
        "reqwest"
    }
}

/// Shows nothing of the client: a ready-made one may hold a key in its default headers.
impl fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestTransport").finish_non_exhaustive()
    }
}

/// The request in reqwest's terms, without what doesn't cross this seam: its extensions and its version.
fn prepare(request: http::Request<Bytes>) -> Result<reqwest::Request, TransportError> {
    let (parts, body) = request.into_parts();
    if parts.method == Method::CONNECT {
        return Err(error::refused("CONNECT opens a tunnel and is no exchange"));
    }
    if !matches!(parts.uri.scheme_str(), Some("http" | "https")) {
        return Err(error::refused(
            "the address is no absolute http or https URI",
        ));
    }
    let url = reqwest::Url::parse(&parts.uri.to_string())
        .map_err(|_| error::refused("the address is no URL"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(error::refused(
            "the address holds a user name or a password",
        ));
    }
    let mut headers = parts.headers;
    // RFC 9110, 8.6. Over HTTP/1.1 hyper says nothing of a body that is empty, and some servers answer 411.
    if body.is_empty() && matches!(parts.method, Method::POST | Method::PUT | Method::PATCH) {
        headers.entry(CONTENT_LENGTH).or_insert(ZERO);
    }
    let mut request = reqwest::Request::new(parts.method, url);
    *request.headers_mut() = headers;
    *request.body_mut() = Some(body.into());
    Ok(request)
}

/// Whether a request to `url` may go through a proxy: only if it is encrypted and leaves this machine.
fn may_use_proxy(url: &reqwest::Url) -> bool {
    url.scheme() == "https" && url.host_str().is_some_and(|host| !is_loopback(host))
}

fn is_loopback(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let address = host.trim_start_matches('[').trim_end_matches(']');
    match address.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_for_https_to_other_machines() {
        for (url, expected) in [
            ("https://my.orq.ai/v2", true),
            ("https://10.0.0.1", true),
            ("https://[2001:db8::1]:8443", true),
            ("https://localhost.example.com", true),
            ("http://my.orq.ai", false),
            ("https://localhost:3000", false),
            ("https://LocalHost.", false),
            ("https://api.localhost", false),
            ("https://127.0.0.1", false),
            ("https://127.1.2.3", false),
            ("https://[::1]:8443", false),
            ("https://[::ffff:127.0.0.1]", false),
        ] {
            let parsed = reqwest::Url::parse(url).unwrap();
            assert_eq!(may_use_proxy(&parsed), expected, "{url}");
        }
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
            (Method::CONNECT, "http://host/"),
        ] {
            let request = http::Request::builder()
                .method(method)
                .uri(uri)
                .body(Bytes::new());
            let Ok(request) = request else { continue };
            let error = prepare(request).unwrap_err();
            assert_eq!(error.delivery().as_str(), "not_sent", "{uri}");
            assert!(!format!("{error:?}").contains("secret"), "{uri}");
        }
    }
}
