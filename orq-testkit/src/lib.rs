//! Tests for code that calls orq.ai, without a network. The test decides what the server answers, when, and how it
//! fails.
//!
//! | to | use |
//! |---|---|
//! | script answers chunk by chunk, with faults, and check the requests | [`MemoryTransport`](#1-memorytransport) |
//! | write an answer, a stream or an error of orq's in one expression | [`fixture`](#2-fixtures) |
//! | replay recorded answers of the real server | [`cassette`](#3-cassettes) |
//! | inject faults into any transport, by rule or at random, or split its bytes differently | [`FaultInjector`, `rechunked`](#4-fault-injection-and-rechunking) |
//! | run a server that validates, answers, streams and lists as orq does, also for other languages | [`FakeOrq`, `fake-orq`](#5-fakeorq) |
//! | test your own transport or layer against the contract of transports | [`conformance`](#6-conformance) |
//!
//! Each test double is an [`HttpTransport`](orq_core::transport::HttpTransport): a client takes it like any other
//! transport. `orq_core` is re-exported as `orq_testkit::orq_core`.
//!
//! # 1. MemoryTransport
//!
//! The test keeps the [`MemoryTransport`]; the code under test gets its [`client`](MemoryTransport::client), which
//! doesn't retry unless [configured](MemoryTransport::client_builder) to. Replies are taken from a queue, or chosen by
//! [rules](MemoryTransport::on), and may be [computed from the request](MemoryTransport::reply_with). Leftovers fail
//! the test at its end: a reply that was never used, a body that was never read, a request without a reply.
//!
//! ```
//! use orq_core::{DeploymentRequest, ErrorKind};
//! use orq_testkit::{Fault, MemoryTransport, fixture};
//! use serde_json::json;
//!
//! # futures::executor::block_on(async {
//! let memory = MemoryTransport::new();
//! memory.reply(fixture::completion("Hello Jane"));
//! let begun = fixture::transcript("It rains in Paris.").into_reply().first_chunks(2);
//! memory.reply(begun.chunk("data: {\"choi").break_off(Fault::Reset));
//!
//! let deployments = memory.client().deployments();
//! let request = DeploymentRequest::new("greeter").input("firstname", "Jane");
//! let answer = deployments.invoke(&request).await?;
//! assert_eq!(answer.text().as_deref(), Some("Hello Jane"));
//! memory.only_request().assert_json_contains(json!({"inputs": {"firstname": "Jane"}}));
//!
//! let error = deployments.stream(&request).await?.finish().await.unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::Closed);
//! assert_eq!(error.partial().unwrap().text().as_deref(), Some("It rains"));
//! # Ok::<(), orq_core::Error>(())
//! # }).unwrap();
//! ```
//!
//! Time is virtual and passes by itself while everything waits: a ten-minute timeout takes no real time. To stop in
//! between, move the [timer](MemoryTransport::timer) by hand or put a [`Gate`] into the [`Reply`]; a gate that no
//! request reaches, or that is never opened, [hangs](Gate#hangs) the test. Virtual time
//! [ignores](ManualTimer#by-itself) sockets, other threads and `tokio::time::sleep`: for code that sleeps on tokio
//! itself, use [`with_timer`](MemoryTransport::with_timer) with a `TokioTimer`.
//!
//! # 2. Fixtures
//!
//! ```
//! use orq_testkit::fixture;
//! use serde_json::json;
//!
//! let call = fixture::tool_calls([("get_weather", json!({"city": "Paris"}))]).usage(40, 5);
//! let page = fixture::list_page(["greeter", "chat"]).has_more(true);
//! let odd = fixture::completion("Hello").set("/choices/0/message/role", "oracle");
//! let busy = fixture::rate_limited(std::time::Duration::from_secs(3));
//! ```
//!
//! [`fixture`] lists them all. Each can be used as a [`Reply`]; `.into_reply()` gives access to its delays, gates and
//! faults.
//!
//! # 3. Cassettes
//!
//! A [cassette] is recorded once from the real server and then replayed. It doesn't contain the API key.
//!
//! ```
//! use orq_core::{Client, DeploymentRequest};
//! use orq_testkit::cassette::{Cassette, Mode};
//! # use orq_testkit::FakeOrq;
//!
//! # let folder = std::env::temp_dir().join(format!("orq-testkit-front-{}", std::process::id()));
//! # let path = folder.join("hello.json");
//! # futures::executor::block_on(async {
//! # let real_transport = || Ok::<_, std::convert::Infallible>(FakeOrq::new());
//! # for mode in [Mode::Record, Mode::Replay] {
//! # /*
//! let mode = Mode::from_env()?; // ORQ_CASSETTE=record records, the default replays
//! # */
//! let session = Cassette::at(&path).open(mode, real_transport)?;
//! let client = Client::new(session.handle(), "sk-orq-test")?;
//!
//! let request = DeploymentRequest::new("chat").input("firstname", "Jane");
//! let answer = client.deployments().stream(&request).await?.finish().await?;
//! assert_eq!(answer.text().as_deref(), Some("You said: Hello, I am Jane."));
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! # assert!(!std::fs::read_to_string(&path)?.contains("sk-orq-test"));
//! # std::fs::remove_dir_all(folder)?;
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # 4. Fault injection and rechunking
//!
//! These are layers over any transport, also the real one. The same seed gives the same faults and the same chunks.
//!
//! ```
//! use orq_core::DeploymentRequest;
//! use orq_testkit::{Fault, FaultInjector, Injection, MemoryTransport, fixture, rechunked};
//!
//! # futures::executor::block_on(async {
//! let memory = MemoryTransport::new();
//! memory.on("chat").times(2).reply(fixture::completion("Hello Jane"));
//!
//! let faults = FaultInjector::seeded(42).inject(Injection::break_at(0..99, Fault::Reset).every(2));
//! let client = memory.client_builder().layer(faults.layer()).layer(rechunked(42)).build()?;
//! let request = DeploymentRequest::new("chat");
//! assert!(client.deployments().invoke(&request).await.is_ok());
//! assert!(client.deployments().invoke(&request).await.is_err(), "{faults}");
//! # Ok::<(), orq_core::Error>(())
//! # }).unwrap();
//! ```
//!
//! # 5. FakeOrq
//!
//! It is a working double of the Deployments API, with authentication, validation, templates, streams, tool calls,
//! pagination, rate limits and faults.
//!
//! ```
//! use orq_core::DeploymentRequest;
//! use orq_testkit::{FakeDeployment, FakeOrq};
//!
//! # futures::executor::block_on(async {
//! let greeter = FakeDeployment::new("greeter").reply("Hello {{firstname}}");
//! let fake = FakeOrq::builder().deployment(greeter).build();
//! let request = DeploymentRequest::new("greeter").input("firstname", "Jane");
//! let answer = fake.client().deployments().invoke(&request).await?;
//! assert_eq!(answer.text().as_deref(), Some("Hello Jane"));
//! # Ok::<(), orq_core::Error>(())
//! # }).unwrap();
//! ```
//!
//! With the feature `server`, `FakeServer` serves this or any other double on a socket. The program `fake-orq` serves a
//! `FakeOrq`:
//!
//! ```text
//! $ fake-orq --addr 127.0.0.1:0 --seed deployments.json --api-key my-key
//! listening on http://127.0.0.1:40923
//! ```
//!
//! # 6. Conformance
//!
//! The suite `conformance` (feature `conformance`) tests a transport or a layer against misbehaving servers on raw
//! sockets. `strategy` (feature `proptest`) has strategies for property tests.
//!
//! # Features
//!
//! None is enabled by default; without features this crate doesn't depend on hyper, tokio or proptest.
//! - `conformance`: the suite for transports.
//! - `proptest`: strategies for property tests.
//! - `server`: `FakeServer` and the program `fake-orq`.
//! - `tokio`: `TokioTimer`, a timer on tokio's clock; `server` includes it.
//!
//! # Not in scope
//!
//! The doubles follow the documented API. They don't run a model, and don't show what a real deployment answers.
#![forbid(unsafe_code)]

pub mod cassette;
#[cfg(feature = "conformance")]
pub mod conformance;
mod fake;
mod guard;
mod layer;
mod listed;
mod lock;
mod memory;
mod reply;
mod request;
#[cfg(feature = "server")]
mod server;
mod shape;
mod time;

pub use fake::{
    FakeAnswer, FakeCall, FakeCallEnd, FakeDeployment, FakeFault, FakeOrq, FakeOrqBuilder,
    FakeRateLimit, FakeVariant, FakeVersion, SeedError,
};
pub use layer::{
    ByteOffset, FaultInjector, FaultyTransport, InjectedFault, InjectedKind, Injection, Rechunked,
    rechunked,
};
pub use memory::{Condition, MemoryHandle, MemoryTransport, Rule};
#[doc(no_inline)]
pub use orq_core;
#[cfg(feature = "tokio")]
pub use orq_core::TokioTimer;
pub use reply::{Encoder, Ending, Fault, Gate, Reply};
pub use request::RecordedRequest;
#[cfg(feature = "server")]
pub use server::{FakeServer, RunningServer, ServedRequest};
pub use time::ManualTimer;

pub mod fixture;
#[cfg(feature = "proptest")]
pub mod strategy;
