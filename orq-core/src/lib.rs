//! A client for the Deployments of [orq.ai](https://docs.orq.ai): invoke a deployment, stream its answer, fetch its
//! configuration, list deployments. It depends on no HTTP client, no runtime and no TLS library: it calls one trait,
//! [`HttpTransport`], which the crates `orq-transport-reqwest` and `orq-transport-hyper` implement.
//!
//! ```
//! use orq_core::{Client, DeploymentRequest, Message};
//! use orq_testkit::FakeOrq; // an in-memory double of orq.ai
//!
//! # futures::executor::block_on(async {
//! let transport = FakeOrq::new(); // in a program: orq_transport_reqwest::ReqwestTransport::new()?
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
//! }
//! let whole = stream.finish().await?; // an error if the stream was truncated
//! assert_eq!(whole.text(), answer.text());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```
//!
//! # Guide
//!
//! | chapter | contents |
//! |---|---|
//! | [getting started](guide::getting_started) | dependencies, the client, a request, its answer, settings |
//! | [streaming](guide::streaming) | reading an answer while it arrives, its end, cancelling, timeouts |
//! | [tools](guide::tools) | tool calls, and how to tell that one is cut |
//! | [structured output](guide::structured_output) | answers in JSON of a type |
//! | [errors and retries](guide::errors_and_retries) | what an error says, what is retried, timeouts |
//! | [testing](guide::testing) | which double to use for which test |
//! | [transports](guide::transports) | choosing and configuring a transport, layers, your own |
//! | [telemetry](guide::telemetry) | a report of each call, spans, trace ids, rate limits |
//! | [security](guide::security) | API keys, TLS, what may be logged, limits on memory |
//! | [cookbook](guide::cookbook) | code for the everyday needs, to copy |
//!
//! # Modules
//!
//! | module | contents |
//! |---|---|
//! | the root | [`Client`], [`Deployments`] with its operations, [`Call`], [`Response`], [`Error`] |
//! | [`model`] | requests and responses; unknown fields, enum values, key order and digits are kept |
//! | [`stream`] | [`CompletionStream`], which assembles a completion from its chunks |
//! | [`list`] | pages of deployments and of their versions |
//! | [`check`] | the report of [`Deployments::check`]: variables without an input, inputs that nothing uses |
//! | [`annotations`] | ratings and corrections of answers |
//! | [`error`] | the details of an [`Error`]: kind, phase, delivery, attempts, retry advice |
//! | [`retry`] | retry policies: [`StandardRetry`], [`NoRetry`], or your own; the [budget](retry::RetryBudget) of a client's retries, 100 by default |
//! | [`observe`] | one report for each call, for metrics and traces |
//! | [`secret`] | API keys: a fixed one, or from a provider |
//! | [`sse`] | an incremental decoder of server-sent events |
//! | [`transport`] | the trait, its [body](transport::Body) and its errors |
//!
//! [`Client::request`] sends a request to any other endpoint of orq, with the same key, retries and timeouts.
//!
//! # Choosing the transport at run time
//!
//! The client isn't generic over its transport:
//!
//! ```
//! use std::sync::Arc;
//! use orq_core::{Client, HttpTransport};
//! use orq_testkit::{FakeOrq, MemoryTransport};
//!
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
//! # Errors
//!
//! ```
//! use orq_core::{Client, DeploymentRequest, ErrorKind, RetryAdvice};
//! # use orq_testkit::FakeOrq;
//! # futures::executor::block_on(async {
//! # let client = Client::new(FakeOrq::new(), "sk-orq-test")?;
//! let request = DeploymentRequest::new("no-such-key");
//! let error = client.deployments().invoke(&request).await.unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::Api);
//! assert!(error.is_not_found());
//! assert_eq!(error.code(), Some("deployment_not_found"));
//! assert_eq!(error.retry_advice(), RetryAdvice::Never);
//! # Ok::<(), orq_core::Error>(())
//! # }).unwrap();
//! ```
//!
//! # Features
//!
//! | feature | default | adds |
//! |---|---|---|
//! | `schemars` | no | `response_type::<T>()` of a request: an answer in JSON of a type |
//! | `tokio` | no | `TokioTimer`, a [`Timer`] on tokio's clock |
//! | `tower` | no | the module `tower`: a service as a transport, a transport as a service, layers around a transport |
//! | `tracing` | no | spans of calls and attempts, after the conventions of OpenTelemetry: `observe::Spans` |
//!
//! # Writing a transport or a layer
//!
//! See [`HttpTransport`]. The crates in its signature are re-exported here in matching versions:
//! [`async_trait`](macro@async_trait), [`bytes`] and [`http`].
//!
//! # Guarantees
//!
//! The API key never appears in `Debug` or `Display` output or in an error. It is sent over plain `http` to loopback
//! addresses only, unless [allowed](ClientBuilder::allow_http). Redirects are not followed. The crate starts no
//! threads and no tasks, and no input makes it panic.
//!
//! # Beyond the schema
//!
//! What servers and gateways are known to send beside orq's schema, and what the client makes of it. The testkit plays
//! many of these as `fixture::Quirk`.
//!
//! | in a stream | the client's reading |
//! |---|---|
//! | events with another content type, or none; JSON with that of events | the first bytes decide, for `invoke` too |
//! | the last event without its blank line | counts at a clean end of the body, if it is the end mark or a whole object |
//! | `DONE`, `[done]`, `"[DONE]"`, a bare line `[DONE]` | the end mark |
//! | a chunk with `is_final`, and no end mark | the end, at most 5 s later |
//! | `data: data: {…}`, several objects in an event, JSON within a JSON string | read |
//! | `data: null`, `data: ping`, `data: : text` | skipped, with a warning |
//! | an event of the type `error` (or that ends so, or in `exception`), a field `error`, a bare `{"error": …}`, an error after a chunk that was cut | [`StreamError`](ErrorKind::StreamError) with code and message |
//! | other lines that can't be fields: JSON, HTML, `data : …`, a byte order mark | the end is an error with the line in [`body`](Error::body) and the text in [`partial`](Error::partial); one whole answer is the answer |
//! | comments, unknown fields, events of other types | ignored; with a warning if they have data that can't be read |
//!
//! | in chunks and answers | the client's reading |
//! |---|---|
//! | null, `""`, `{}`, `[]` and counts of zero after a value | overwrite nothing |
//! | all that came before, sent again: messages, arguments, names, retrievals | added once; the first finish reason stays |
//! | tool calls with one index, no index or changing ids | told apart by id, by index, and by a name after complete arguments |
//! | `{}` before the real arguments; a call without arguments | replaced; sent back as `{}` |
//! | a number where text belongs, content as an object or in another API's parts, one object where a list belongs | read, with a warning |
//! | a field twice or in two spellings | the one that has a value |
//! | a byte order mark; `NaN`, `Infinity` | ignored; null, with a warning |
//! | JSON that ends too early | [`Truncated`](ErrorKind::Truncated) |
//!
//! | errors | the client's reading |
//! |---|---|
//! | in a 2xx response: in a choice, a text beside an incomplete choice, `{"detail": …}` or other words without choices, `"success": false` | [`Api`](ErrorKind::Api), with what there is of an answer in [`partial`](Error::partial) |
//! | an `error` that is empty, or a success | no error |
//! | the shapes of FastAPI, RFC 9457, NestJS, Google and others, lists, errors in errors, JSON within a text, one framed as an event | code and message are found |
//! | a proxy's HTML page | its title, `server` and `via` are the message |
//! | 520 to 530, 421, 425; a code that is a status | as the statuses of HTTP |
//! | `Retry-After` of zero or in the past; `1m30s`, `PT42S`, a Unix time | the backoff; that time |
//! | a redirect | not followed; the message has the URL without user, query and fragment |
#![forbid(unsafe_code)]

pub mod annotations;
mod base_url;
mod call;
pub mod check;
mod client;
mod clocks;
mod deployments;
pub mod error;
#[cfg(any(doc, doctest))]
pub mod guide;
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
#[cfg(feature = "tokio")]
mod tokio_timer;
#[cfg(feature = "tower")]
pub mod tower;
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
#[cfg(feature = "tokio")]
pub use tokio_timer::TokioTimer;
pub use transport::HttpTransport;
