//! Test code that calls orq.ai without a network.
//!
//! Two doubles stand in for the real thing. Both are an [`HttpTransport`](orq_core::transport::HttpTransport), so a
//! client takes them like any other:
//!
//! - [`MemoryTransport`] plays the replies that the test scripts, byte for byte, and records the requests. It is for
//!   unit tests: *what does my code do if the server says this?*
//! - [`FakeOrq`] is a working double of the API: it checks, answers, streams and lists as orq does. It is for
//!   integration tests, demonstrations and work without a key: *does my code get along with orq?*
//!
//! Time is virtual in both. Their clock is a [`ManualTimer`], which stands still until the test moves it.
//!
//! # Scripted replies
//!
//! The test keeps the [`MemoryTransport`], the client gets its [`handle`](MemoryTransport::handle). When the test is
//! over, a reply that was never used fails it, and so does a request that found no reply.
//!
//! ```
//! use futures::StreamExt;
//! use orq_core::transport::{Delivery, HttpTransport, Phase, TransportError, TransportErrorKind};
//! use orq_testkit::{MemoryTransport, Reply};
//!
//! # futures::executor::block_on(async {
//! let memory = MemoryTransport::new();
//! let reset = TransportError::new(TransportErrorKind::Closed, Phase::Body, Delivery::Answered);
//! memory.reply(Reply::sse([r#"{"choices":[]}"#]).chunk(r#"data: {"choi"#).fail_body(reset));
//!
//! let request = http::Request::post("https://my.orq.ai/v2/deployments/stream")
//!     .body(r#"{"key":"chat"}"#.into())
//!     .unwrap();
//! let mut body = memory.handle().send(request).await?.into_body();
//!
//! assert_eq!(body.next().await.unwrap()?, "data: {\"choices\":[]}\n\n");
//! assert_eq!(body.next().await.unwrap()?, "data: {\"choi");
//! assert_eq!(body.next().await.unwrap().unwrap_err().kind(), TransportErrorKind::Closed);
//! assert_eq!(memory.requests()[0].json()["key"], "chat");
//! # Ok::<(), TransportError>(())
//! # }).unwrap();
//! ```
//!
//! # A working double
//!
//! ```
//! use futures::StreamExt;
//! use orq_core::transport::{HttpTransport, TransportError};
//! use orq_testkit::{FakeDeployment, FakeOrq};
//!
//! # futures::executor::block_on(async {
//! let fake = FakeOrq::builder()
//!     .deployment(FakeDeployment::new("greeter").reply("Hello {{firstname}}!"))
//!     .build();
//!
//! let request = http::Request::post("https://my.orq.ai/v2/deployments/stream")
//!     .header("authorization", format!("Bearer {}", FakeOrq::DEFAULT_API_KEY))
//!     .body(r#"{"key": "greeter", "inputs": {"firstname": "Jane"}}"#.into())
//!     .unwrap();
//! let events: Vec<_> = fake.send(request).await?.into_body().collect().await;
//!
//! assert_eq!(events.len(), 3); // "Hello", " Jane!" and the end mark
//! assert_eq!(events[2].as_ref().unwrap(), "data: [DONE]\n\n");
//! # Ok::<(), TransportError>(())
//! # }).unwrap();
//! ```
//!
//! With the feature `server` the same double listens on a socket, for clients in any language: `FakeServer` in a
//! program, or the program `fake-orq`:
//!
//! ```text
//! $ fake-orq --addr 127.0.0.1:0 --seed deployments.json --api-key my-key
//! listening on http://127.0.0.1:40923
//! ```
//!
//! # Features
//!
//! None is on by default, and without any this crate builds neither hyper nor tokio.
//! - `server`: `FakeServer`, `TokioTimer` and the program `fake-orq`.
//!
//! # Not in scope
//!
//! A double shows how code gets along with the API as it is documented. It is no model, and no proof of what a real
//! deployment answers.
#![forbid(unsafe_code)]

mod client;
mod failure;
mod fake;
mod memory;
mod recorded;
mod reply;
mod script;
#[cfg(feature = "server")]
mod server;
mod timer;
#[cfg(feature = "server")]
mod tokio_timer;

pub use client::client;
pub use fake::{FakeDeployment, FakeOrq, FakeOrqBuilder, FakeReply, FakeVariant, SeedError};
pub use memory::{MemoryHandle, MemoryTransport};
pub use recorded::RecordedRequest;
pub use reply::Reply;
#[cfg(feature = "server")]
pub use server::{FakeServer, RunningServer, ServedRequest};
pub use timer::ManualTimer;
#[cfg(feature = "server")]
pub use tokio_timer::TokioTimer;

#[cfg(feature = "proptest")]
pub mod strategy;
