//! Cassettes: responses of the real server, recorded once and replayed in every test.
//!
//! A [`Recorder`] wraps any transport. It writes the exchanges to a readable JSON file: requests, heads, each chunk of
//! a body with its time, errors, and how a body ended. A [`Replay`] is a transport that plays such a file.
//!
//! # Record once
//!
//! ```
//! use orq_core::{Client, DeploymentRequest};
//! use orq_testkit::{FakeOrq, cassette::{Recorder, Replay}};
//!
//! # let folder = std::env::temp_dir().join(format!("orq-cassette-{}", std::process::id()));
//! # let path = folder.join("hello.json");
//! # futures::executor::block_on(async {
//! let request = DeploymentRequest::new("chat").input("firstname", "Jane");
//! {
//!     // In real life: ReqwestTransport::new()?, and the key from the environment.
//!     let recorder = Recorder::new(FakeOrq::new(), path.clone());
//!     let client = Client::new(recorder.handle(), "sk-orq-test")?;
//!     let answer = client.deployments().stream(&request).await?.finish().await?;
//!     assert_eq!(answer.text().as_deref(), Some("You said: Hello, I am Jane."));
//! } // here the cassette is written
//!
//! let replay = Replay::open(path.clone())?;
//! let client = Client::new(replay.handle(), "another-key")?;
//! let answer = client.deployments().stream(&request).await?.finish().await?;
//! assert_eq!(answer.text().as_deref(), Some("You said: Hello, I am Jane."));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! assert!(!std::fs::read_to_string(&path)?.contains("sk-orq-test"));
//! # std::fs::remove_dir_all(folder)?;
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # One test for both
//!
//! A test that opens its cassette with a [`Mode`] replays it, and records it again when it is run with
//! `ORQ_CASSETTE=record`:
//!
//! ```no_run
//! use orq_core::{Client, DeploymentRequest};
//! use orq_testkit::cassette::{Cassette, Mode};
//! # use orq_testkit::FakeOrq;
//! # struct ReqwestTransport;
//! # impl ReqwestTransport { fn new() -> Result<FakeOrq, std::io::Error> { Ok(FakeOrq::new()) } }
//!
//! # async fn test() -> Result<(), Box<dyn std::error::Error>> {
//! let session = Cassette::at("tests/cassettes/hello.json")
//!     .redact("/identity/email")
//!     .open(Mode::from_env()?, ReqwestTransport::new)?;
//! let key = std::env::var("ORQ_API_KEY").unwrap_or("only-for-replay".to_owned());
//! let client = Client::new(session.handle(), key)?;
//!
//! let answer = client.deployments().invoke(&DeploymentRequest::new("hello")).await?;
//! assert!(answer.text().is_some());
//! # Ok(())
//! # }
//! ```
//!
//! | `ORQ_CASSETTE` | |
//! |---|---|
//! | `replay`, or not set | the cassette is replayed; nothing is sent |
//! | `record` | the real transport is used, and the cassette is written |
//! | `off` | the real transport is used, without a cassette |
//!
//! # In its own time
//!
//! A replay has no delays. With [`in_own_time`](Cassette::in_own_time), heads, chunks and ends have the recorded
//! delays, on the replay's [`timer`](Cassette::timer):
//!
//! ```
//! # use std::{fs, time::Duration};
//! # use futures::{FutureExt, StreamExt};
//! use orq_core::{Timer, transport::HttpTransport};
//! use orq_testkit::{ManualTimer, cassette::{Cassette, Replay}};
//!
//! # let folder = std::env::temp_dir().join(format!("orq-cassette-time-{}", std::process::id()));
//! # let path = folder.join("slow.json");
//! # fs::create_dir_all(&folder)?;
//! # fs::write(&path, r#"{"version": 1, "redact": [], "interactions": [{
//! #     "request": {"method": "GET", "path": "/", "headers": {}},
//! #     "response": {"after_ms": 200, "status": 200, "headers": {}, "chunks": [{"at_ms": 1500, "text": "Hello"}],
//! #         "end": {"at_ms": 1500, "how": "complete"}}}]}"#)?;
//! # futures::executor::block_on(async {
//! # let request = http::Request::get("https://my.orq.ai/").body("".into())?;
//! let timer = ManualTimer::new();
//! let replay = Replay::open(Cassette::at(path).in_own_time().timer(timer.clone()))?;
//! let transport = replay.handle();
//!
//! let mut head = transport.send(request);
//! assert!((&mut head).now_or_never().is_none());
//! timer.advance(Duration::from_millis(200));
//! let mut body = head.await?.into_body();
//!
//! assert!(body.next().now_or_never().is_none());
//! timer.advance(Duration::from_millis(1500));
//! assert_eq!(body.next().await.unwrap()?, "Hello");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! # fs::remove_dir_all(folder)?;
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # What is kept out
//!
//! Redaction can't be switched off:
//! - Headers are written only if they are listed here or [named](Cassette::keep_header) by the test. Of a request these
//!   are `accept` and `content-type`; of a response those that a client reads: `content-encoding`, `content-type`,
//!   `date`, `retry-after`, `retry-after-ms`, `x-should-retry`, and all that begin with `x-orq-` or `x-ratelimit-`. The
//!   host isn't written.
//! - The value of a header that is a secret becomes `[redacted]`, also if the header was named: `authorization`,
//!   `cookie`, `set-cookie`, every header that was marked sensitive, and every one with `key`, `token`, `session`,
//!   `signature`, `password`, `secret` or a similar word as a part of its name, except `idempotency-key`.
//! - Values at the [JSON pointers](Cassette::redact) of the test become `"[redacted]"`.
//! - Texts that a [function](Cassette::redact_with) of the test finds become `[redacted]`.
//! - Credentials, and the [secrets](Cassette::secret) that the test names, become `[redacted]` everywhere: in paths,
//!   queries, headers and bodies.
//!
//! Bodies are redacted as a whole and then split into their chunks again. If a chunk ended within a redacted text, a
//! chunk ends at or within the placeholder.
//!
//! A replayed request is redacted in the same way before it is compared. So it matches with any API key, and with any
//! values at the pointers.
//!
//! # Credentials
//!
//! Each header of a request that is a secret, by its name or because it was marked sensitive, carries credentials: the
//! API key, which follows the scheme in `authorization`, the password in `Basic`, the value of each cookie, or else the
//! whole value. When the file's text is ready, it is searched for each of them once more, and so is each part of it
//! before it was written as JSON: as it is, in base64 (wherever it begins, in both alphabets, also wrapped over lines),
//! in hexadecimal, percent-encoded, with the escapes of JSON wholly or in part, and where one such spelling stands in
//! another. If anything is found, [nothing is written](CassetteErrorKind::Secret), and the error names the place.
//! Nothing is written either if a credential has fewer than 8 bytes, which can't be searched for; the error names its
//! header.
//!
//! This can't find a secret that a server encodes in another way, compresses, or sends in pieces in several events of a
//! stream, nor one that was in no header of a request. Look at a cassette before you commit it.
//!
//! # The file
//!
//! ```json
//! {
//!   "version": 1,
//!   "redact": ["/identity/email"],
//!   "interactions": [
//!     {
//!       "request": {
//!         "operation": "stream",
//!         "deployment": "chat",
//!         "attempt": 1,
//!         "method": "POST",
//!         "path": "/v2/deployments/stream",
//!         "headers": {"accept": "text/event-stream", "content-type": "application/json"},
//!         "body": {"json": {"key": "chat", "identity": {"email": "[redacted]"}}}
//!       },
//!       "response": {
//!         "after_ms": 180,
//!         "status": 200,
//!         "headers": {"content-type": "text/event-stream"},
//!         "chunks": [
//!           {"at_ms": 0, "text": "data: {\"choices\": []}\n\n"},
//!           {"at_ms": 35, "base64": "8J+Y"}
//!         ],
//!         "end": {"how": "error", "at_ms": 36, "kind": "closed", "phase": "body", "delivery": "answered"}
//!       }
//!     }
//!   ]
//! }
//! ```
//!
//! - All fields except `operation`, `deployment`, `attempt` and `body` are required, and others are errors. An error
//!   has the path of the field, such as `interactions[0].response.status`.
//! - A `body` is `json`, `text`, or `base64` of what isn't UTF-8. A chunk may be the same, and is recorded as `text` or
//!   `base64`. A header has one value or an array of them, each a string or an object with `base64`.
//! - `after_ms` counts from the request, `at_ms` from the head, both in milliseconds.
//! - `how` a body ended: `complete`; `error`, with its kind, phase and delivery; `stalled` if the reader gave up while
//!   it waited; `dropped` if the reader stopped otherwise, as a client does after the end mark.
//! - Instead of `response` there is `error` (`after_ms`, `kind`, `phase`, `delivery`) if there was no head, and neither
//!   if the caller gave up before.

mod error;
mod file;
mod mode;
mod pointer;
mod recorder;
mod redact;
mod replay;
mod request;
mod session;
mod settings;
mod tape;

pub use self::{
    error::{CassetteError, CassetteErrorKind},
    mode::Mode,
    recorder::{Recorder, RecorderHandle},
    replay::{Replay, ReplayHandle},
    session::Session,
    settings::Cassette,
};
