//! Test code that calls orq.ai without a network: what the server says, when, and how it fails is the test's to write.
//!
//! Five tests, from the first to the cassette. In each of them the code under test is a call of the client; in yours it
//! is whatever takes the client. `orq_core` is `orq_testkit::orq_core` for who doesn't depend on it.
//!
//! # 1. An answer
//!
//! ```
//! use orq_core::DeploymentRequest;
//! use orq_testkit::{MemoryTransport, fixture};
//! use serde_json::json;
//!
//! # futures::executor::block_on(async {
//! let memory = MemoryTransport::new();
//! memory.reply(fixture::completion("Hello Jane"));
//!
//! let request = DeploymentRequest::new("greeter").input("firstname", "Jane");
//! let answer = memory.client().deployments().invoke(&request).await?;
//!
//! assert_eq!(answer.text().as_deref(), Some("Hello Jane"));
//! memory.only_request().assert_json_contains(json!({"inputs": {"firstname": "Jane"}}));
//! # Ok::<(), orq_core::Error>(())
//! # }).unwrap();
//! ```
//!
//! The test keeps the [`MemoryTransport`], the client gets its [`handle`](MemoryTransport::handle). When the test is
//! over, what is left fails it: a reply that was never used, a body that nobody read, a request that found no reply. The
//! message names the line on which the reply was scripted, or the rule that came nearest. [`fixture`] has whatever orq
//! answers; a [`Reply`] is whatever a server can say.
//!
//! # 2. A stream, and a tool call
//!
//! Replies may stand in a queue, as above, or be given by rules to requests of a kind.
//!
//! ```
//! use orq_core::{DeploymentRequest, transport::Operation};
//! use orq_testkit::{MemoryTransport, fixture};
//! use serde_json::json;
//!
//! # futures::executor::block_on(async {
//! let memory = MemoryTransport::new();
//! let weather = [("get_weather", json!({"city": "Paris"}))];
//! memory.on(Operation::Invoke).and("assistant").reply(fixture::tool_calls(weather));
//! memory.on(Operation::Stream).reply(fixture::transcript("It rains in Paris."));
//!
//! let deployments = memory.client().deployments();
//! let request = DeploymentRequest::new("assistant");
//! let mut stream = deployments.stream(&request).await?;
//! assert_eq!(stream.next_text().await?.as_deref(), Some("It"));
//! assert_eq!(stream.finish().await?.text().as_deref(), Some("It rains in Paris."));
//!
//! let answer = deployments.invoke(&request).await?;
//! assert_eq!(answer.tool_calls()[0].name(), "get_weather");
//! # Ok::<(), orq_core::Error>(())
//! # }).unwrap();
//! ```
//!
//! # 3. A stream that is cut
//!
//! A reply is a script: chunks, pauses, gates, and how it ends. Here the connection is reset within the third event.
//!
//! ```
//! use orq_core::{DeploymentRequest, ErrorKind};
//! use orq_testkit::{Fault, MemoryTransport, fixture};
//!
//! # futures::executor::block_on(async {
//! let memory = MemoryTransport::new();
//! let begun = fixture::transcript("It rains in Paris.").into_reply().first_chunks(2);
//! memory.reply(begun.chunk("data: {\"choi").break_off(Fault::Reset));
//!
//! let stream = memory.client().deployments().stream(&DeploymentRequest::new("chat")).await?;
//! let error = stream.finish().await.unwrap_err();
//!
//! assert_eq!(error.kind(), ErrorKind::Closed);
//! assert_eq!(error.partial().unwrap().text().as_deref(), Some("It rains"));
//! # Ok::<(), orq_core::Error>(())
//! # }).unwrap();
//! ```
//!
//! # 4. Ten minutes in no time
//!
//! Time is virtual, and moves by itself when everything waits: a stall runs into the client's clock, and a wait before
//! another attempt passes. A test that must stop in between takes the [timer](MemoryTransport::timer) in hand, or puts a
//! [`Gate`] into the reply; one whose code sleeps on tokio itself gives a `TokioTimer` to the double. The clock
//! [knows nothing](ManualTimer#by-itself) of sockets and of what other threads do.
//!
//! ```
//! use std::time::Duration;
//! use orq_core::{Client, DeploymentRequest, Timer, error::Clock};
//! use orq_testkit::{MemoryTransport, fixture};
//!
//! # futures::executor::block_on(async {
//! let memory = MemoryTransport::new();
//! memory.reply(fixture::rate_limited(Duration::from_secs(30)));
//! memory.reply(fixture::transcript("It rains.").into_reply().first_chunks(1).stall());
//!
//! // With the default retry, which `orq_testkit::client` has not.
//! let client = Client::new(memory.handle(), "any-key")?;
//! let stream = client.deployments().stream(&DeploymentRequest::new("chat")).await?;
//! let error = stream.finish().await.unwrap_err();
//!
//! assert_eq!(error.timeout().unwrap().clock, Clock::Idle);
//! assert_eq!(memory.timer().now(), Duration::from_secs(30 + 300));
//! # Ok::<(), orq_core::Error>(())
//! # }).unwrap();
//! ```
//!
//! # 5. What a server really said
//!
//! A [cassette] is recorded once from the real server, and played from then on. The key is not in it.
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
//! let mode = Mode::from_env()?; // ORQ_CASSETTE=record writes it anew
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
//! # What else there is
//!
//! | for | there is |
//! |---|---|
//! | code that needs a server that thinks along: it checks, answers, streams and lists as orq does | [`FakeOrq`] |
//! | faults at random in any transport, repeatable by a seed | [`FaultInjector`] |
//! | proof that a consumer doesn't care how bytes are cut into chunks | [`rechunked`] |
//! | properties, with proptest | `strategy` (feature `proptest`) |
//! | any double on a socket, for clients in any language; the program `fake-orq` | `FakeServer` (feature `server`) |
//! | a transport or a layer of your own, held to what every transport must do | `conformance` (feature `conformance`) |
//!
//! Each double is an [`HttpTransport`](orq_core::transport::HttpTransport), so a client takes it like any other.
//!
//! ```text
//! $ fake-orq --addr 127.0.0.1:0 --seed deployments.json --api-key my-key
//! listening on http://127.0.0.1:40923
//! ```
//!
//! # Features
//!
//! None is on by default, and without any this crate builds neither hyper nor tokio nor proptest.
//! - `conformance`: the suite for transports.
//! - `proptest`: strategies for property tests.
//! - `server`: `FakeServer` and the program `fake-orq`.
//! - `tokio`: `TokioTimer`, a timer in tokio's time; `server` has it too.
//!
//! # Not in scope
//!
//! A double shows how code gets along with the API as it is documented. It is no model, and no proof of what a real
//! deployment answers.
#![forbid(unsafe_code)]

pub mod cassette;
#[cfg(feature = "conformance")]
pub mod conformance;
mod fake;
mod guard;
mod layer;
mod memory;
mod reply;
mod request;
#[cfg(feature = "server")]
mod server;
mod shape;
mod time;

pub use fake::{
    FakeAnswer, FakeCall, FakeCallEnd, FakeDeployment, FakeFault, FakeOrq, FakeOrqBuilder,
    FakeRateLimit, FakeVariant, SeedError,
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
