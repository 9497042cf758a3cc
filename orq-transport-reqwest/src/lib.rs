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

mod builder;
mod transport;

pub use builder::ReqwestTransportBuilder;
pub use orq_core;
pub use orq_transport_hyper::BuildError;
pub use reqwest;
#[cfg(feature = "rustls-no-provider")]
pub use rustls;
pub use transport::{ReqwestTransport, client_from_env};
