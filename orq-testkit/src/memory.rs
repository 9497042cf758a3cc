//! A transport without a network, which plays what the test scripted.

use std::{
    collections::VecDeque,
    fmt::{self, Write},
    future,
    panic::Location,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use orq_core::{
    Timer,
    transport::{Body, Delivery, HttpTransport, Phase, TransportError, TransportErrorKind},
};
use serde::Serialize;

use crate::{ManualTimer, RecordedRequest, Reply, failure::fail};

/// A queue of scripted replies, and a record of the requests that took them.
///
/// The client gets a [`handle`](MemoryTransport::handle). This value stays with the test and is its guard: when it
/// is dropped, or when [`verify`](MemoryTransport::verify) is called, the test fails
/// - if a reply was never used ([`allow_unused`](MemoryTransport::allow_unused) switches that off), or
/// - if a request came when no reply was left.
///
/// The failure is a panic whose message names each of them, and the line on which a reply was scripted. While the
/// thread is panicking already, nothing is checked.
///
/// The n-th request takes the n-th reply. A request without one fails with an error of kind
/// [`Other`](TransportErrorKind::Other) that says so. All methods take `&self` and return it, so that replies can be added one
/// after the other, and in the middle of a test.
///
/// ```
/// use orq_core::transport::HttpTransport;
/// use orq_testkit::MemoryTransport;
/// use serde_json::json;
///
/// # futures::executor::block_on(async {
/// let memory = MemoryTransport::new();
/// memory.reply_json(json!({"has_more": false})).reply_status(503, "busy");
///
/// let transport = memory.handle();
/// let request = http::Request::get("https://my.orq.ai/v2/deployments").body("".into()).unwrap();
/// assert_eq!(transport.send(request.clone()).await?.status(), 200);
/// assert_eq!(transport.send(request).await?.status(), 503);
///
/// assert_eq!(memory.requests()[0].path(), "/v2/deployments");
/// # Ok::<(), orq_core::transport::TransportError>(())
/// # }).unwrap();
/// ```
#[must_use = "dropping it at once checks nothing"]
pub struct MemoryTransport(Arc<Shared>);

/// The transport of a [`MemoryTransport`], to be given to a client. Clones share its queue.
///
/// Its timer is the [`ManualTimer`] of the [`MemoryTransport`], so that a client's clocks run in virtual time.
#[derive(Clone)]
pub struct MemoryHandle(Arc<Shared>);

struct Shared {
    timer: ManualTimer,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Scripted>,
    scripted: usize,
    requests: Vec<RecordedRequest>,
    /// Positions in `requests`.
    unanswered: Vec<usize>,
    allow_unused: bool,
}

/// An entry of the queue.
struct Scripted {
    /// Counted from 1 over all replies of this transport.
    number: usize,
    at: &'static Location<'static>,
    outcome: Outcome,
}

enum Outcome {
    Reply(Reply),
    Fail(TransportError),
    Never,
}

impl MemoryTransport {
    /// A transport with no reply yet, and a clock of its own.
    pub fn new() -> Self {
        Self(Arc::new(Shared {
            timer: ManualTimer::new(),
            state: Mutex::default(),
        }))
    }

    /// The transport for the client.
    pub fn handle(&self) -> MemoryHandle {
        MemoryHandle(Arc::clone(&self.0))
    }

    /// The clock that the client sees.
    pub fn timer(&self) -> ManualTimer {
        self.0.timer.clone()
    }

    /// Answers the next request that has no reply yet with `reply`.
    #[track_caller]
    pub fn reply(&self, reply: Reply) -> &Self {
        self.push(Outcome::Reply(reply))
    }

    /// Answers with a 200 and `value` as JSON: [`Reply::json`].
    ///
    /// # Panics
    ///
    /// If `value` can't be written as JSON.
    #[track_caller]
    pub fn reply_json(&self, value: impl Serialize) -> &Self {
        self.reply(Reply::json(value))
    }

    /// Answers with a 200 and this text as JSON, unchecked: [`Reply::json_text`].
    #[track_caller]
    pub fn reply_json_text(&self, text: impl Into<Bytes>) -> &Self {
        self.reply(Reply::json_text(text))
    }

    /// Answers with a 200 and an event stream, one event for each item: [`Reply::sse`].
    ///
    /// An item is an event's data. The end mark is an item too: `["{…}", "[DONE]"]`.
    #[track_caller]
    pub fn reply_sse<I>(&self, events: I) -> &Self
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        self.reply(Reply::sse(events))
    }

    /// Answers with this status and body: [`Reply::status`].
    ///
    /// # Panics
    ///
    /// If `status` isn't between 100 and 999.
    #[track_caller]
    pub fn reply_status(&self, status: u16, body: impl Into<Bytes>) -> &Self {
        self.reply(Reply::status(status, body))
    }

    /// Gives the next request that has no reply yet no response, but `error`.
    #[track_caller]
    pub fn fail(&self, error: TransportError) -> &Self {
        self.push(Outcome::Fail(error))
    }

    /// Leaves the next request that has no reply yet without any answer, for ever.
    ///
    /// For a body that stands still after the head, there is [`Reply::stall`].
    #[track_caller]
    pub fn never(&self) -> &Self {
        self.push(Outcome::Never)
    }

    #[track_caller]
    fn push(&self, outcome: Outcome) -> &Self {
        let at = Location::caller();
        let mut state = self.0.lock();
        state.scripted += 1;
        let number = state.scripted;
        state.queue.push_back(Scripted {
            number,
            at,
            outcome,
        });
        drop(state);
        self
    }

    /// Lets the test pass with replies that were never used. Requests without a reply still fail it.
    pub fn allow_unused(&self) -> &Self {
        self.0.lock().allow_unused = true;
        self
    }

    /// The requests so far, in the order in which they came, with or without a reply.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.0.lock().requests.clone()
    }

    /// Checks now, at this line, what dropping checks.
    ///
    /// # Panics
    ///
    /// If a reply is unused, or a request found none left.
    #[track_caller]
    pub fn verify(self) {
        let complaint = self.0.lock().complaint();
        if let Some(complaint) = complaint {
            fail(&complaint);
        }
    }
}

impl Default for MemoryTransport {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for MemoryTransport {
    fn drop(&mut self) {
        // A second panic during the first would abort the process and hide both.
        if thread::panicking() {
            return;
        }
        let complaint = self.0.lock().complaint();
        if let Some(complaint) = complaint {
            fail(&complaint);
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// What is wrong at the end of a test, in words.
    fn complaint(&self) -> Option<String> {
        let mut lines = String::new();
        if !self.allow_unused {
            for reply in &self.queue {
                let Scripted {
                    number,
                    at,
                    outcome,
                } = reply;
                let _ = write!(
                    lines,
                    "\n  reply {number} ({outcome}) was never used; scripted at {at}"
                );
            }
        }
        for &index in &self.unanswered {
            if let Some(request) = self.requests.get(index) {
                let _ = write!(
                    lines,
                    "\n  request {} found no reply left: {}",
                    index + 1,
                    request
                );
            }
        }
        (!lines.is_empty()).then(|| format!("MemoryTransport:{lines}"))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reply(reply) => reply.fmt(f),
            Self::Fail(error) => error.fmt(f),
            Self::Never => f.write_str("no answer"),
        }
    }
}

#[cfg_attr(not(all(target_arch = "wasm32", target_os = "unknown")), async_trait)]
#[cfg_attr(all(target_arch = "wasm32", target_os = "unknown"), async_trait(?Send))]
impl HttpTransport for MemoryHandle {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Body>, TransportError> {
        let next = {
            let request = RecordedRequest::new(request, self.0.timer.now());
            let mut state = self.0.lock();
            let next = state.queue.pop_front().map(|scripted| scripted.outcome);
            if next.is_none() {
                let index = state.requests.len();
                state.unanswered.push(index);
            }
            let request_line = request.to_string();
            state.requests.push(request);
            next.ok_or(request_line)
        };
        match next {
            Ok(Outcome::Reply(reply)) => Ok(reply.into_response()),
            Ok(Outcome::Fail(error)) => Err(error),
            Ok(Outcome::Never) => future::pending().await,
            // The request did arrive here. To call it not sent would invite the client to send it again, after a
            // pause that never ends while the clock stands still.
            Err(request) => {
                let (kind, phase) = (TransportErrorKind::Other, Phase::Headers);
                let error = TransportError::new(kind, phase, Delivery::MaybeSent);
                let source = format!("MemoryTransport has no reply left for {request}");
                Err(error.with_source(source))
            }
        }
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        Some(Arc::new(self.0.timer.clone()))
    }

    fn name(&self) -> &str {
        "memory"
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("replies_left", &self.queue.len())
            .field("requests", &self.requests.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for MemoryTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MemoryTransport")
            .field(&*self.0.lock())
            .finish()
    }
}

impl fmt::Debug for MemoryHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MemoryHandle")
            .field(&*self.0.lock())
            .finish()
    }
}
