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
//! # The first test
//!
//! ```
//! use orq_core::DeploymentRequest;
//! use orq_testkit::{MemoryTransport, client};
//! use serde_json::json;
//!
//! # futures::executor::block_on(async {
//! let memory = MemoryTransport::new();
//! memory.reply_json(json!({ "choices": [{ "message": { "content": "Hello Jane" } }] }));
//!
//! let request = DeploymentRequest::new("greeter").input("firstname", "Jane");
//! let answer = client(&memory).deployments().invoke(&request).await?;
//!
//! assert_eq!(answer.text(), Some("Hello Jane"));
//! assert_eq!(memory.requests()[0].json()["inputs"]["firstname"], "Jane");
//! # Ok::<(), orq_core::Error>(())
//! # }).unwrap();
//! ```
//!
//! The test keeps the [`MemoryTransport`], the client gets its [`handle`](MemoryTransport::handle). When the test is
//! over, a reply that was never used fails it, and so does a request that found no reply.
//!
//! # A stream that is cut
//!
//! ```
//! use orq_core::{DeploymentRequest, ErrorKind};
//! use orq_testkit::{Fault, MemoryTransport, Reply, client};
//!
//! # futures::executor::block_on(async {
//! let memory = MemoryTransport::new();
//! let hello = r#"{"choices":[{"index":0,"message":{"content":"Hello"}}]}"#;
//! memory.reply(Reply::sse([hello]).chunk(r#"data: {"choi"#).break_off(Fault::Reset));
//!
//! let stream = client(&memory).deployments().stream(&DeploymentRequest::new("chat")).await?;
//! let error = stream.finish().await.unwrap_err();
//!
//! assert_eq!(error.kind(), ErrorKind::Closed);
//! assert_eq!(error.partial().unwrap().text(), Some("Hello"));
//! # Ok::<(), orq_core::Error>(())
//! # }).unwrap();
//! ```
//!
//! # Ten minutes in no time
//!
//! ```
//! use std::time::Duration;
//! use futures::poll;
//! use orq_core::{Clock, DeploymentRequest};
//! use orq_testkit::{MemoryTransport, client};
//!
//! # futures::executor::block_on(async {
//! let memory = MemoryTransport::new();
//! memory.never();
//!
//! let mut call = client(&memory).deployments().invoke(&DeploymentRequest::new("chat")).send();
//! assert!(poll!(&mut call).is_pending());
//! memory.timer().advance(Duration::from_secs(600));
//!
//! let error = call.await.unwrap_err();
//! assert_eq!(error.timeout().unwrap().clock, Clock::Call);
//! # });
//! ```
//!
//! # A working double
//!
//! ```
//! use orq_core::{Client, DeploymentRequest};
//! use orq_testkit::{FakeDeployment, FakeOrq};
//!
//! # futures::executor::block_on(async {
//! let fake = FakeOrq::builder()
//!     .deployment(FakeDeployment::new("greeter").reply("Hello {{firstname}}!"))
//!     .build();
//! let client = Client::new(fake, FakeOrq::DEFAULT_API_KEY)?;
//!
//! let request = DeploymentRequest::new("greeter").input("firstname", "Jane");
//! let mut stream = client.deployments().stream(&request).await?;
//! assert_eq!(stream.next_text().await?.as_deref(), Some("Hello"));
//! assert_eq!(stream.finish().await?.text(), Some("Hello Jane!"));
//! # Ok::<(), orq_core::Error>(())
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
//! - `server`: `FakeServer` and the program `fake-orq`.
//! - `tokio`: `TokioTimer`; `server` has it too.
//! - `proptest`: strategies for property tests, in the module `strategy`.
//!
//! # Not in scope
//!
//! A double shows how code gets along with the API as it is documented. It is no model, and no proof of what a real
//! deployment answers.
#![forbid(unsafe_code)]

pub mod cassette;
mod client;
mod clock;
mod failure;
mod fake;
mod fault;
mod gate;
mod inject;
mod memory;
mod random;
mod rechunked;
mod recorded;
mod reply;
mod script;
#[cfg(feature = "server")]
mod server;
mod timer;
#[cfg(feature = "tokio")]
mod tokio_timer;

pub use client::client;
pub use fake::{FakeDeployment, FakeOrq, FakeOrqBuilder, FakeReply, FakeVariant, SeedError};
pub use fault::Fault;
pub use gate::Gate;
pub use inject::{
    ByteOffset, FaultInjector, FaultyTransport, InjectedFault, InjectedKind, Injection,
};
pub use memory::{Condition, MemoryHandle, MemoryTransport, Rule};
pub use rechunked::{Rechunked, rechunked};
pub use recorded::RecordedRequest;
pub use reply::Reply;
#[cfg(feature = "server")]
pub use server::{FakeServer, RunningServer, ServedRequest};
pub use timer::ManualTimer;
#[cfg(feature = "tokio")]
pub use tokio_timer::TokioTimer;

pub mod fixture;
#[cfg(feature = "proptest")]
pub mod strategy;
