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

#[cfg(feature = "client")]
mod builder;
#[cfg(feature = "client")]
mod client;
#[cfg(feature = "client")]
mod connector;
pub mod decode;
#[doc(hidden)]
pub mod ground;
pub mod verdict;

#[cfg(feature = "client")]
pub use builder::HyperTransportBuilder;
#[cfg(feature = "client")]
pub use client::{HyperTransport, client_from_env};
pub use ground::trust::BuildError;
pub use hyper_util;
pub use orq_core;
#[cfg(feature = "rustls-no-provider")]
pub use rustls;
