//! A client for the Deployments of [orq.ai](https://docs.orq.ai): invoke a deployment, stream its answer, fetch
//! its configuration, list what there is. It knows no HTTP library, no runtime and no TLS: it speaks to one
//! trait, [`HttpTransport`], and whatever implements that moves the bytes.
//!
//! ```
//! use std::io::Write;
//! use orq_core::{Client, DeploymentRequest, Message};
//! # use orq_testkit::FakeOrq;
//!
//! # futures::executor::block_on(async {
//! # let transport = FakeOrq::new(); // in a program: ReqwestTransport::new()?
//! let client = Client::new(transport, "sk-orq-test")?;
//! let request = DeploymentRequest::new("chat")
//!     .input("firstname", "Jane")
//!     .message(Message::user("Where is my order?"));
//!
//! let answer = client.deployments().invoke(&request).await?;
//! println!("{}", answer.require_text()?);
//!
//! let mut stream = client.deployments().stream(&request).await?;
//! while let Some(text) = stream.next_text().await? {
//!     print!("{text}");
//!     std::io::stdout().flush().ok(); // as it comes, not line by line
//! }
//! let whole = stream.finish().await?;
//! assert_eq!(whole.text(), answer.text());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```
//!
//! # In scope
//!
//! - the [`transport`] seam, and [layers](ClientBuilder::layer) around a transport;
//! - the [`model`]s of every request and answer, which lose neither unknown fields nor unknown values;
//! - the four operations of [`Deployments`], and [`Client::request`] for every other endpoint;
//! - [`CompletionStream`], which assembles an answer and never takes a cut one for a whole one, on an exact
//!   [decoder of server-sent events](sse);
//! - clocks on the whole call, the response's head and the silence between bytes, measured by a [`Timer`];
//! - repeating, where nothing can be done twice by it, by a [policy](retry) that can be replaced;
//! - an [`Error`] that says what happened, in which phase, whether the request left, and whether to try again.
//!
//! # Out of scope
//!
//! - sockets, TLS, proxies: `orq-transport-reqwest` and `orq-transport-hyper` have them;
//! - the rest of orq's API: its router, its knowledge bases, its agents.
//!
//! # A transport by name
//!
//! The client isn't generic, so which transport it uses can be decided at run time:
//!
//! ```
//! # use std::sync::Arc;
//! # use orq_core::{Client, HttpTransport};
//! # use orq_testkit::{FakeOrq, MemoryTransport};
//! fn transport(name: &str) -> Option<Arc<dyn HttpTransport>> {
//!     match name {
//!         "fake" => Some(Arc::new(FakeOrq::new())),
//!         "memory" => Some(Arc::new(MemoryTransport::new().handle())),
//!         _ => None,
//!     }
//! }
//!
//! let client = Client::new(transport("fake").unwrap(), "my-key")?;
//! # Ok::<(), orq_core::Error>(())
//! ```
//!
//! # When it fails
//!
//! ```
//! # use orq_core::{Client, DeploymentRequest, ErrorKind, RetryAdvice};
//! # use orq_testkit::FakeOrq;
//! # futures::executor::block_on(async {
//! # let client = Client::new(FakeOrq::new(), "sk-orq-test")?;
//! let error = client.deployments().invoke(&DeploymentRequest::new("no-such-key")).await.unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::Api);
//! assert!(error.is_not_found());
//! assert_eq!(error.code(), Some("deployment_not_found"));
//! assert_eq!(error.retry_advice(), RetryAdvice::Never);
//! # Ok::<(), orq_core::Error>(())
//! # }).unwrap();
//! ```
//!
//! # What the client never does
//!
//! It prints the key in no `Debug`, `Display` or error; sends it over plain `http` to no other machine unless
//! [allowed](ClientBuilder::allow_http); follows no redirect; starts no thread and no task; and panics on no
//! input.
//!
//! # Writing a transport or a layer
//!
//! See [`HttpTransport`]. What its signature needs is re-exported here, in the versions that match: [`async_trait`](macro@async_trait),
//! [`bytes`] and [`http`].
#![forbid(unsafe_code)]

mod base_url;
mod call;
mod client;
mod clocks;
mod deployments;
pub mod error;
mod headers;
mod limits;
pub mod list;
mod maybe_send;
pub mod model;
mod named_enum;
pub mod observe;
mod options;
mod request;
mod response;
pub mod retry;
pub mod secret;
mod shared;
pub mod sse;
pub mod stream;
mod time;
pub mod transport;

pub use async_trait::async_trait;
pub use bytes;
pub use http;

pub use call::Call;
pub use client::{Client, ClientBuilder};
pub use deployments::Deployments;
pub use error::{Error, ErrorKind, RetryAdvice};
pub use headers::RateLimit;
pub use limits::Limits;
pub use model::{Completion, CompletionChunk, DeploymentRequest, Message};
pub use request::Request;
pub use response::{Response, ResponseMeta};
pub use retry::{NoRetry, StandardRetry};
pub use stream::{CompletionStream, Delta};
pub use time::{Sleep, Timer};
pub use transport::HttpTransport;
