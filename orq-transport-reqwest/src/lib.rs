//! The [reqwest](https://docs.rs/reqwest/0.13) transport for [`orq_core`].
//!
//! [`ReqwestTransport`] sends requests over HTTP/1.1 or HTTP/2, with TLS by rustls, and pools its connections.
//!
//! This one dependency is enough to start: it re-exports [`orq_core`], and [`client_from_env`] creates a client.
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
//! Custom settings, against a port that nobody listens on:
//!
//! ```
//! use std::time::Duration;
//! use orq_transport_reqwest::ReqwestTransport;
//! use orq_transport_reqwest::orq_core::{Client, DeploymentRequest, transport::Delivery};
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
//! One exchange and nothing else, as [`HttpTransport`](orq_core::HttpTransport) demands: no retries, no redirects, no
//! cookies. Retries, timeouts and authentication are the client's.
//!
//! # On the wire
//!
//! - **Added headers**: `host`, `content-length`, `accept: */*` if the request has no `accept`, and `accept-encoding: gzip`
//!   if it has no `accept-encoding` (feature `gzip`). In that case a response with the content encoding `gzip` or `x-gzip`
//!   is decoded, and loses that header and its `content-length`.
//! - **The URI** is written as the [URL standard](https://url.spec.whatwg.org/) says: `..` segments are resolved, and
//!   characters that no URL has (`{`, `"`, a space) are percent-encoded. A user name or a password in it is refused.
//! - **The version** is the connection's: HTTP/2 if the server chooses it in the TLS handshake, otherwise HTTP/1.1, also
//!   for plain `http`. A request's own version is ignored.
//! - **Proxies** (feature `system-proxy`): the one that `HTTPS_PROXY` or `ALL_PROXY` names, except for the hosts in
//!   `NO_PROXY`, or that of the system's settings on macOS and Windows, is used for `https` to other machines. Plain
//!   `http` and loopback addresses are connected to directly. The environment is read when the transport is built. A value
//!   that isn't a URI is ignored, and so is each if `REQUEST_METHOD` is set, as in CGI programs. A proxy that speaks SOCKS needs the feature `socks`; without it that is a
//!   [`BuildError`].
//! - **Connections** are kept for 30 seconds, with `TCP_NODELAY` and TCP keep-alive (probes after 15 seconds). A dead one is
//!   found within 30 seconds: over HTTP/2 by a ping (after 15 seconds, with 10 seconds for the answer), over HTTP/1.1 by
//!   `TCP_USER_TIMEOUT` on Linux, Android and Fuchsia; that also ends the connection of a server that reads nothing of a
//!   large request for 30 seconds. Elsewhere only keep-alive finds a dead HTTP/1.1 connection, and only while no sent data
//!   are unacknowledged.
//! - **HTTP/2 streams**: the first 100 exchanges share a connection, the next 100 have another, and so on
//!   (`http2_max_streams` of the builder). A response that isn't read holds up no other.
//! - **Canceling**: nothing more is sent of an exchange that is dropped. If that was before it began to send, a call that
//!   timed out says `not_sent`.
//! - **Read-ahead**: a body that isn't polled stops the server. Over HTTP/1.1 nothing is read for it beyond the socket's
//!   buffers and one read; over HTTP/2 at most 256 KiB.
//! - **The end of a stream**: dropping a body cancels its exchange. Only if the client has read the end mark of the stream,
//!   a task reads on for at most one second and 64 KiB, so that the connection can be used again.
//! - **A retry that can't be switched off**: if hyper returns a request untouched, because the pooled connection that it was
//!   meant for had closed, reqwest sends it over another one. Nothing of it had been sent.
//!
//! What a failed exchange says is listed in [`orq_transport_hyper::verdict`].
//!
//! # Runtimes
//!
//! The transport needs a tokio runtime with I/O and time enabled, as `#[tokio::main]` creates it. A connection belongs to
//! the runtime in which it was made. If a transport is used in several runtimes, an exchange over a connection of one that
//! has ended fails with the kind `runtime`; over a connection of one that isn't driven, it waits until its timeout.
//!
//! # TLS
//!
//! The provider of the process comes first, if one is installed
//! ([`CryptoProvider::install_default`](https://docs.rs/rustls/0.23/rustls/crypto/struct.CryptoProvider.html#method.install_default));
//! none is ever installed by this crate. Otherwise it is aws-lc-rs (feature `rustls`, as in rustls and reqwest) or ring
//! (feature `rustls-ring`); if both are enabled, aws-lc-rs.
//!
//! Certificates are checked as the platform does: against its store and, on Linux, the authorities that `SSL_CERT_FILE`
//! and `SSL_CERT_DIR` name. If one of these is set but names no certificate, or if the platform has none, that is a
//! [`BuildError`] and not a fallback. With the feature `webpki-roots` the builder can trust Mozilla's authorities instead,
//! for example in a container without certificates. On Android
//! [rustls-platform-verifier](https://docs.rs/rustls-platform-verifier/0.7) must be initialized first.
//!
//! The default features change nothing for other crates in the same program that the defaults of reqwest 0.13 wouldn't
//! change; without default features nothing changes at all.
//!
//! **A program on ring** takes ring here and in all crates that it depends on:
//!
//! ```toml
//! [dependencies.orq-transport-reqwest]
//! version = "0.1"
//! default-features = false
//! features = ["gzip", "http2", "rustls-ring", "system-proxy"]
//! ```
//!
//! If any crate enables aws-lc-rs too, as the suite `conformance` of orq-testkit does in tests, rustls can't choose by
//! itself: `rustls::ClientConfig::builder()` panics unless the program has installed a provider at its start,
//! `rustls::crypto::ring::default_provider().install_default()`. This crate doesn't panic, and uses the installed one.
//! With this feature reqwest itself has no provider, so `reqwest::Client::new()` of the program's own code needs the
//! installed one too.
//!
//! reqwest sets up TLS itself, so the settings of TLS in [`configure`](ReqwestTransportBuilder::configure) apply. With
//! `rustls-ring` only, and no installed provider, this crate configures rustls in its place, and `configure` is a
//! [`BuildError`]: install the provider first.
//!
//! # A ready-made client
//!
//! [`ReqwestTransport::from_client`] takes a [`reqwest::Client`] as it is. The [builder](ReqwestTransportBuilder::configure)
//! can set whatever reqwest's builder can, and keeps the contract; a ready-made client must do that itself:
//!
//! | setting | what the contract needs |
//! |---|---|
//! | redirects | `redirect(Policy::none())`; a redirect that was followed to another URL is a `protocol` error, after the fact |
//! | retries | `retry(reqwest::retry::never())`; else a refused HTTP/2 stream is sent again |
//! | decoding | `no_gzip()` and the like, if these features of reqwest are enabled |
//! | proxies | `no_proxy()` for loopback addresses and plain `http` |
//! | timeouts | no `timeout` and no `read_timeout`: the client has its own, and says which one expired |
//! | headers, cookies | no `default_headers` and no cookie store: the caller doesn't see what they add |
//! | connecting | `connect_timeout`, or connecting takes as long as the operating system allows |
//! | dead connections | `http2_keep_alive_interval`, and `http1_max_headers(256)` for long heads |
//! | HTTP/2 streams | all exchanges with a host share one connection; those beyond the server's maximum wait |
//!
//! # Features
//!
//! | feature | default | adds |
//! |---|---|---|
//! | `rustls` | yes | HTTPS by rustls and aws-lc-rs |
//! | `rustls-ring` | no | HTTPS by rustls and ring: 20 seconds less to build, 2 MB less in the program |
//! | `rustls-no-provider` | no | HTTPS by rustls and the provider that the program installs |
//! | `native-tls` | no | HTTPS by the platform's library, for `native_tls()` of the builder |
//! | `webpki-roots` | no | Mozilla's certificate authorities, for `webpki_roots()` of the builder |
//! | `http2` | yes | HTTP/2 |
//! | `gzip` | yes | requests gzip and decodes it |
//! | `system-proxy` | yes | the proxies of the environment and the system |
//! | `socks` | no | proxies that speak SOCKS |
#![forbid(unsafe_code)]

mod builder;
mod transport;

pub use builder::{ReqwestTransportBuilder, client_from_env};
pub use orq_core;
#[doc(inline)]
pub use orq_transport_hyper::BuildError;
pub use reqwest;
#[cfg(feature = "rustls-no-provider")]
pub use rustls;
pub use transport::ReqwestTransport;
