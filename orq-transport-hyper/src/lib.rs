//! The raw [hyper](https://docs.rs/hyper/1) transport for [`orq_core`].
//!
//! [`HyperTransport`] sends requests by hyper-util's client over HTTP/1.1 or HTTP/2, with TLS by rustls, and pools its
//! connections.
//!
//! This one dependency is enough to start: it re-exports [`orq_core`], and [`client_from_env`] creates a client.
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
//! Custom settings, against a port that nobody listens on:
//!
//! ```
//! use std::time::Duration;
//! use orq_transport_hyper::HyperTransport;
//! use orq_transport_hyper::orq_core::{Client, DeploymentRequest, transport::Delivery};
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
//! One exchange and nothing else, as [`HttpTransport`](orq_core::HttpTransport) demands: no retries, no redirects, no
//! cookies. Retries, timeouts and authentication are the client's.
//!
//! Without the feature `client` the crate has what another transport over hyper can be built from: [`verdict`] classifies
//! its errors, [`decode`] decodes its bodies.
//!
//! # On the wire
//!
//! - **Added headers**: `host`, `content-length`, and `accept-encoding: gzip` if the request has no `accept-encoding`
//!   (feature `gzip`). In that case a response with the content encoding `gzip` or `x-gzip` is decoded, and loses that
//!   header and its `content-length`.
//! - **The URI** is written as given. A user name or a password in it is refused.
//! - **The version** is the connection's: HTTP/2 if the server chooses it in the TLS handshake, otherwise HTTP/1.1, also
//!   for plain `http`. A request's own version is ignored.
//! - **Proxies** (feature `system-proxy`): the one that `HTTPS_PROXY` or `ALL_PROXY` names, except for the hosts in
//!   `NO_PROXY`, or that of the system's settings on macOS and Windows, is used for `https` to other machines. Plain
//!   `http` and loopback addresses are connected to directly. The environment is read when the transport is built. A value
//!   that isn't a URI is ignored, and so is each if `REQUEST_METHOD` is set, as in CGI programs. A proxy that speaks SOCKS is a [`BuildError`].
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
//!
//! What a failed exchange says is listed in [`verdict`].
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
//! [dependencies.orq-transport-hyper]
//! version = "0.1"
//! default-features = false
//! features = ["client", "gzip", "http2", "rustls-ring", "system-proxy"]
//! ```
//!
//! If any crate enables aws-lc-rs too, as the suite `conformance` of orq-testkit does in tests, rustls can't choose by
//! itself: `rustls::ClientConfig::builder()` panics unless the program has installed a provider at its start,
//! `rustls::crypto::ring::default_provider().install_default()`. This crate doesn't panic, and uses the installed one.
//!
//! # A ready-made client
//!
//! [`HyperTransport::from_client`] takes hyper-util's client as it is. The [builder](HyperTransportBuilder) can be given a
//! connector, a configuration of TLS, a proxy and more, and keeps the contract; a ready-made client must do that itself:
//!
//! | setting | what the contract needs |
//! |---|---|
//! | retries | `retry_canceled_requests(false)`; else a request that hyper hadn't begun to write is sent again |
//! | pool | `pool_timer`, or idle connections are kept until the server closes them |
//! | connecting | a connector with a timeout that includes the TLS handshake |
//! | header lines | `http1_max_headers`; hyper stops at 100 |
//! | dead connections | `http2_keep_alive_interval` and the connector's `set_tcp_user_timeout` |
//! | HTTP/2 streams | all exchanges with a host share one connection; those beyond the server's maximum wait |
//!
//! # Features
//!
//! | feature | default | adds |
//! |---|---|---|
//! | `client` | yes | the transport; without a feature of rustls there is only [`HyperTransport::from_client`] |
//! | `rustls` | yes | HTTPS by rustls and aws-lc-rs |
//! | `rustls-ring` | no | HTTPS by rustls and ring: 20 seconds less to build, 2 MB less in the program |
//! | `rustls-no-provider` | no | HTTPS by rustls and the provider that the program installs |
//! | `webpki-roots` | no | Mozilla's certificate authorities, for `webpki_roots()` of the builder |
//! | `http2` | yes | HTTP/2 |
//! | `gzip` | yes | requests gzip and decodes it |
//! | `system-proxy` | yes | the proxies of the environment and the system |
//! | `native-tls` | no | classifies the errors of native-tls, for other transports |
#![forbid(unsafe_code)]

mod build_error;
#[cfg(all(feature = "client", feature = "rustls-no-provider"))]
mod builder;
#[cfg(feature = "client")]
mod client;
#[cfg(all(feature = "client", feature = "rustls-no-provider"))]
mod connector;
pub mod decode;
#[doc(hidden)]
pub mod ground;
pub mod verdict;

pub use build_error::BuildError;
#[cfg(all(feature = "client", feature = "rustls-no-provider"))]
pub use builder::{HyperTransportBuilder, client_from_env};
#[cfg(feature = "client")]
pub use client::HyperTransport;
pub use hyper_util;
pub use orq_core;
#[cfg(feature = "rustls-no-provider")]
pub use rustls;
