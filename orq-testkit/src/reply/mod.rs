//! One scripted answer of the server.

mod encoder;
mod ending;
mod fault;
mod gate;
pub(crate) mod header;
mod play;
mod playback;
mod script;
mod steps;
mod turn;

pub use self::{encoder::Encoder, ending::Ending, fault::Fault, gate::Gate};
pub(crate) use self::{
    ending::EndAt,
    playback::{Playback, Progress},
    turn::{Turn, turns},
};

use std::{
    fmt::{self, Display},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header::CONTENT_TYPE};
use orq_core::transport::TransportError;
use serde::Serialize;

use self::script::Script;
pub(crate) use self::script::{Step, Wait};
use crate::guard::fail;

/// A scripted answer: the head, the body step by step, and how the body ends.
///
/// Each chunk reaches the client unchanged: chunks aren't joined or split. A body ends cleanly after its last chunk,
/// unless a step ends it otherwise; steps after that one have no effect.
///
/// | step of the body | what happens |
/// |---|---|
/// | [`chunk`](Reply::chunk), [`chunks`](Reply::chunks) | these bytes |
/// | [`event`](Reply::event), [`events`](Reply::events) | a server-sent event with this data |
/// | [`after`](Reply::after), [`paced`](Reply::paced) | time passes, on the timer of the double that plays it |
/// | [`gate`](Reply::gate) | the body waits until the test opens the gate |
/// | [`stall`](Reply::stall), [`stall_at`](Reply::stall_at) | no more bytes arrive and the body never ends |
/// | [`cut`](Reply::cut), [`cut_at`](Reply::cut_at) | the body ends cleanly, as HTTP defines it |
/// | [`break_off`](Reply::break_off), [`break_at`](Reply::break_at) | the connection breaks |
///
/// If an offset is beyond the body, the body stalls or breaks at its end instead of ending cleanly.
///
/// The head may be delayed ([`head_after`](Reply::head_after), [`head_gate`](Reply::head_gate)), or there is none:
/// [`never`](Reply::never), [`break_before_head`](Reply::break_before_head), [`failed`](Reply::failed).
///
/// A reply is plain data, and can be cloned; clones share their [`Gate`]s. Every reply except
/// [`failed`](Reply::failed) can be played over a socket too, with `FakeServer` (feature `server`).
///
/// ```
/// use std::time::Duration;
///
/// use orq_testkit::{Fault, Reply};
/// use serde_json::json;
///
/// let not_found = Reply::json(json!({"message": "No such deployment"})).with_status(404);
///
/// let too_many = Reply::status(429, "slow down").header("retry-after", "3");
///
/// let slow = Reply::sse([r#"{"choices":[]}"#, "[DONE]"]).paced(Duration::from_millis(50));
///
/// let reset_in_an_event = Reply::sse([r#"{"choices":[]}"#]).break_at(10, Fault::Reset);
/// ```
#[derive(Clone, Debug)]
#[must_use = "a reply does nothing until it is given to a double"]
pub struct Reply {
    before: Vec<Wait>,
    head: ReplyHead,
    pub(crate) body: Script,
    pub(crate) read_to_end: bool,
}

/// What the client gets before the body.
#[derive(Clone, Debug)]
enum ReplyHead {
    Response {
        status: StatusCode,
        headers: HeaderMap,
    },
    Broken(Fault),
    Failed(Arc<TransportError>),
    Never,
}

impl Reply {
    fn new(head: ReplyHead) -> Self {
        Self {
            before: Vec::new(),
            head,
            body: Script::default(),
            read_to_end: false,
        }
    }

    /// Creates a response with this status and body and no headers. An empty body has no chunk.
    ///
    /// # Panics
    ///
    /// If `status` isn't between 100 and 999.
    #[track_caller]
    pub fn status(status: u16, body: impl Into<Bytes>) -> Self {
        let reply = Self::new(ReplyHead::Response {
            status: StatusCode::OK,
            headers: HeaderMap::new(),
        });
        reply.with_status(status).chunk(body)
    }

    /// Creates a 200 with `value` as JSON, in one chunk, `content-type: application/json`.
    ///
    /// # Panics
    ///
    /// If `value` can't be written as JSON.
    #[track_caller]
    pub fn json(value: impl Serialize) -> Self {
        match serde_json::to_vec(&value) {
            Ok(json) => Self::typed("application/json").chunk(json),
            Err(error) => fail(&format!("this reply can't be written as JSON: {error}")),
        }
    }

    /// Creates a 200 with `text`, unchanged, in one chunk, `content-type: application/json`.
    ///
    /// The text isn't parsed. It may be invalid JSON, and its keys keep their order.
    pub fn json_text(text: impl Into<Bytes>) -> Self {
        Self::typed("application/json").chunk(text)
    }

    /// Creates a 200 with an event for each item, in a chunk of its own, `content-type: text/event-stream`.
    ///
    /// An item is the event's data: `x` is sent as `data: x` and an empty line. A line break inside makes one more
    /// `data:` line, as the [standard] has it. Nothing is added: for a stream with orq's end mark the last item is
    /// `"[DONE]"`.
    ///
    /// [standard]: https://html.spec.whatwg.org/multipage/server-sent-events.html
    pub fn sse<I>(events: I) -> Self
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        Self::typed("text/event-stream").events(events)
    }

    /// Creates a 200 with these bytes, verbatim, each item a chunk, `content-type: text/event-stream`.
    pub fn sse_chunks<I>(chunks: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<Bytes>,
    {
        Self::typed("text/event-stream").chunks(chunks)
    }

    fn typed(content_type: &'static str) -> Self {
        Self::status(200, "").header(CONTENT_TYPE, content_type)
    }

    /// Creates a reply that never comes: the request arrives, and the client waits for the head for ever.
    pub fn never() -> Self {
        Self::new(ReplyHead::Never)
    }

    /// Breaks the connection after the request was read and before a head comes back.
    pub fn break_before_head(fault: Fault) -> Self {
        Self::new(ReplyHead::Broken(fault))
    }

    /// Creates a reply that is this transport error instead of a response.
    ///
    /// It works in memory only. Over a socket not every error can be produced, so there the exchange is refused with a
    /// message, and the test fails.
    pub fn failed(error: TransportError) -> Self {
        Self::new(ReplyHead::Failed(Arc::new(error)))
    }

    /// Sets the status of the response.
    ///
    /// # Panics
    ///
    /// If `status` isn't between 100 and 999, or if this reply has no head.
    #[track_caller]
    pub fn with_status(mut self, status: u16) -> Self {
        *self.head().0 = match StatusCode::from_u16(status) {
            Ok(status) if status.as_u16() < 1000 => status,
            _ => fail(&format!("{status} is not an HTTP status")),
        };
        self
    }

    /// Adds a header. A header of the same name is kept too, except for `content-type`, which is replaced.
    ///
    /// # Panics
    ///
    /// If HTTP doesn't allow the name or the value, or if this reply has no head.
    #[track_caller]
    pub fn header<N, V>(mut self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName, Error: Display>,
        V: TryInto<HeaderValue, Error: Display>,
    {
        let (name, value) = header::field(name, value);
        let (_, headers) = self.head();
        if name == CONTENT_TYPE {
            headers.insert(name, value);
        } else {
            headers.append(name, value);
        }
        self
    }

    #[track_caller]
    fn head(&mut self) -> (&mut StatusCode, &mut HeaderMap) {
        match &mut self.head {
            ReplyHead::Response { status, headers } => (status, headers),
            _ => fail("this reply has no head, so neither a status nor headers"),
        }
    }

    pub(crate) fn status_code(&self) -> Option<u16> {
        match self.head {
            ReplyHead::Response { status, .. } => Some(status.as_u16()),
            _ => None,
        }
    }

    /// Delays the head by this time. Repeated delays add up.
    pub fn head_after(mut self, time: Duration) -> Self {
        self.before.push(Wait::Time(time));
        self
    }

    /// Holds the head back until the test opens this gate.
    pub fn head_gate(mut self, gate: &Gate) -> Self {
        self.before.push(Wait::Gate(gate.script_side()));
        self
    }
}

/// The reply in a few words, for the message that says it was never used.
impl Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.head {
            ReplyHead::Response { status, headers } => {
                write!(f, "{}", status.as_u16())?;
                if let Some(Ok(content_type)) = headers.get(CONTENT_TYPE).map(HeaderValue::to_str) {
                    write!(f, " {content_type}")?;
                }
                write!(f, ", {}", self.body)
            }
            ReplyHead::Broken(fault) => write!(f, "{} before the head", fault.as_str()),
            ReplyHead::Failed(error) => error.fmt(f),
            ReplyHead::Never => f.write_str("no answer"),
        }
    }
}

#[cfg(test)]
mod tests;
