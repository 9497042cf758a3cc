//! A transport without a network, which plays what the test scripted.

mod handle;
mod state;

use std::{fmt, panic::Location, sync::Arc, thread};

use bytes::Bytes;
use orq_core::transport::TransportError;
use serde::Serialize;

pub use self::handle::MemoryHandle;
use self::state::{Outcome, Shared};
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
/// The n-th request takes the n-th reply. A request without one gets an error of kind
/// [`Other`](orq_core::transport::TransportErrorKind::Other) that says so. All methods take `&self` and return it, so that replies can be
/// added one after the other, and in the middle of a test.
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

impl MemoryTransport {
    /// A transport with no reply yet, and a clock of its own.
    pub fn new() -> Self {
        Self(Arc::default())
    }

    /// The transport for a client of your own. [`client`](crate::client()) makes one that repeats nothing.
    ///
    /// A client with the default policy waits before it repeats a 429 or a 503, and it waits in virtual time: until
    /// the test [advances](ManualTimer::advance) the [timer](MemoryTransport::timer), it hangs.
    pub fn handle(&self) -> MemoryHandle {
        MemoryHandle::new(Arc::clone(&self.0))
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
        self.0.lock().push(outcome, at);
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

impl fmt::Debug for MemoryTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MemoryTransport")
            .field(&*self.0.lock())
            .finish()
    }
}
