//! One scripted answer of the server.

use std::fmt::{self, Display};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header::CONTENT_TYPE};
use orq_core::transport::{Body, TransportError};
use serde::Serialize;

use crate::{failure::fail, script::Script};

/// A scripted response: a head, then the chunks of a body and how the body ends.
///
/// A body ends cleanly after its last chunk, unless [`fail_body`](Reply::fail_body) or [`stall`](Reply::stall)
/// says otherwise. Each chunk reaches the client as it stands here: nothing joins or splits them.
///
/// ```
/// use orq_core::transport::{Delivery, Phase, TransportError, TransportErrorKind};
/// use orq_testkit::Reply;
/// use serde_json::json;
///
/// let not_found = Reply::json(json!({"message": "No such deployment"})).with_status(404);
///
/// let too_many = Reply::status(429, "slow down").header("retry-after", "3");
///
/// let reset = TransportError::new(TransportErrorKind::Closed, Phase::Body, Delivery::Answered);
/// let cut_in_an_event = Reply::sse([r#"{"choices":[]}"#])
///     .chunk(r#"data: {"choi"#)
///     .fail_body(reset);
/// ```
#[derive(Debug)]
#[must_use = "a reply does nothing until it is given to a MemoryTransport"]
pub struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Script,
}

impl Reply {
    /// A response with this status and body and no headers. An empty body has no chunk.
    ///
    /// # Panics
    ///
    /// If `status` isn't between 100 and 999.
    #[track_caller]
    pub fn status(status: u16, body: impl Into<Bytes>) -> Self {
        let reply = Self {
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: Script::default(),
        };
        let reply = reply.with_status(status);
        match body.into() {
            body if body.is_empty() => reply,
            body => reply.chunk(body),
        }
    }

    /// A 200 with `value` as JSON, in one chunk, `content-type: application/json`.
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

    /// A 200 with `text` as it stands, in one chunk, `content-type: application/json`.
    ///
    /// The text isn't looked at. It may be cut short, and its keys keep their order.
    pub fn json_text(text: impl Into<Bytes>) -> Self {
        Self::typed("application/json").chunk(text)
    }

    /// A 200 with an event for each item, in a chunk of its own, `content-type: text/event-stream`.
    ///
    /// An item is the event's data: `x` is sent as `data: x` and an empty line. A line break inside makes one more
    /// `data:` line, as the [standard] has it. Nothing is added: a stream with orq's end mark says so by the last
    /// item, `"[DONE]"`.
    ///
    /// [standard]: https://html.spec.whatwg.org/multipage/server-sent-events.html
    pub fn sse<I>(events: I) -> Self
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        Self::sse_chunks(events.into_iter().map(|data| sse_event(data.as_ref())))
    }

    /// A 200 with these bytes, chunk by chunk and verbatim, `content-type: text/event-stream`.
    pub fn sse_chunks<I>(chunks: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<Bytes>,
    {
        Self::typed("text/event-stream").chunks(chunks)
    }

    fn typed(content_type: &'static str) -> Self {
        let mut reply = Self::status(200, "");
        let value = HeaderValue::from_static(content_type);
        reply.headers.insert(CONTENT_TYPE, value);
        reply
    }

    /// The same response with another status.
    ///
    /// # Panics
    ///
    /// If `status` isn't between 100 and 999.
    #[track_caller]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = match StatusCode::from_u16(status) {
            Ok(status) => status,
            Err(_) => fail(&format!("{status} is no HTTP status")),
        };
        self
    }

    /// Adds a header. One of the same name stays beside it, except for `content-type`, which is replaced.
    ///
    /// # Panics
    ///
    /// If HTTP doesn't allow the name or the value.
    #[track_caller]
    pub fn header<N, V>(mut self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName, Error: Display>,
        V: TryInto<HeaderValue, Error: Display>,
    {
        let name = match name.try_into() {
            Ok(name) => name,
            Err(error) => fail(&format!("a header's name is not allowed: {error}")),
        };
        let value = match value.try_into() {
            Ok(value) => value,
            Err(error) => fail(&format!(
                "the value of header {name} is not allowed: {error}"
            )),
        };
        if name == CONTENT_TYPE {
            self.headers.insert(name, value);
        } else {
            self.headers.append(name, value);
        }
        self
    }

    /// Adds a chunk to the body.
    pub fn chunk(mut self, bytes: impl Into<Bytes>) -> Self {
        self.body.chunk(bytes.into());
        self
    }

    /// Adds chunks to the body.
    pub fn chunks<I>(self, chunks: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<Bytes>,
    {
        chunks.into_iter().fold(self, Self::chunk)
    }

    /// The body ends here with `error`. What is added after it never arrives.
    pub fn fail_body(mut self, error: TransportError) -> Self {
        self.body.fail(error);
        self
    }

    /// The body stands still here: neither bytes nor an end come any more.
    pub fn stall(mut self) -> Self {
        self.body.stall();
        self
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::from_stream(self.body));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}

/// The reply in a few words, for the message that says it was never used.
impl Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (chunks, bytes) = self.body.size();
        write!(f, "{}", self.status.as_u16())?;
        if let Some(Ok(content_type)) = self.headers.get(CONTENT_TYPE).map(HeaderValue::to_str) {
            write!(f, " {content_type}")?;
        }
        write!(f, ", {bytes} bytes in {chunks} chunks")
    }
}

fn sse_event(data: &str) -> String {
    let data = data.replace("\r\n", "\n");
    let mut event = String::with_capacity(data.len() + 8);
    for line in data.split(['\n', '\r']) {
        event.push_str("data: ");
        event.push_str(line);
        event.push('\n');
    }
    event.push('\n');
    event
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt, StreamExt, executor::block_on};
    use orq_core::transport::{Delivery, Phase, TransportErrorKind};
    use serde_json::json;

    use super::*;

    fn read(reply: Reply) -> (Vec<Bytes>, Option<TransportError>) {
        let mut body = reply.into_response().into_body();
        let mut chunks = Vec::new();
        loop {
            match block_on(body.next()) {
                Some(Ok(chunk)) => chunks.push(chunk),
                Some(Err(error)) => return (chunks, Some(error)),
                None => return (chunks, None),
            }
        }
    }

    #[test]
    fn events_are_one_chunk_each_and_nothing_is_added() {
        let (chunks, error) = read(Reply::sse(["a", "b\nc\r\nd\re", "[DONE]"]));
        let expected = [
            "data: a\n\n",
            "data: b\ndata: c\ndata: d\ndata: e\n\n",
            "data: [DONE]\n\n",
        ];
        assert_eq!(chunks, expected);
        assert!(error.is_none());
    }

    #[test]
    fn raw_chunks_and_text_are_verbatim() {
        let (chunks, _) = read(Reply::sse_chunks([&b"da"[..], b"\xff"]));
        assert_eq!(chunks, [&b"da"[..], b"\xff"]);
        let (chunks, _) = read(Reply::json_text(r#"{"b":1, "a":"#));
        assert_eq!(chunks, [r#"{"b":1, "a":"#]);
    }

    #[test]
    fn a_failed_body_gives_its_error_and_nothing_more() {
        let error =
            TransportError::new(TransportErrorKind::Closed, Phase::Body, Delivery::Answered);
        let reply = Reply::status(200, "a").fail_body(error).chunk("b");
        let (chunks, error) = read(reply);
        assert_eq!(chunks, ["a"]);
        assert_eq!(error.unwrap().kind(), TransportErrorKind::Closed);
    }

    #[test]
    fn a_stalled_body_stays_pending() {
        let reply = Reply::status(200, "a").stall().chunk("b");
        let mut body = reply.into_response().into_body();
        assert_eq!(block_on(body.next()).unwrap().unwrap(), "a");
        assert!(body.next().now_or_never().is_none());
        assert!(body.next().now_or_never().is_none());
    }

    #[test]
    fn heads_are_as_scripted() {
        let reply = Reply::json(json!({}))
            .with_status(429)
            .header("x-a", "1")
            .header("x-a", "2")
            .header("content-type", "text/html");
        let response = reply.into_response();
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()["content-type"], "text/html");
        let values: Vec<_> = response.headers().get_all("x-a").iter().collect();
        assert_eq!(values, ["1", "2"]);
    }

    #[test]
    fn an_empty_body_has_no_chunk() {
        let (chunks, error) = read(Reply::status(204, ""));
        assert!(chunks.is_empty() && error.is_none());
    }

    #[test]
    #[should_panic(expected = "is no HTTP status")]
    fn a_wrong_status_fails_the_test() {
        let _ = Reply::status(1, "");
    }

    #[test]
    #[should_panic(expected = "can't be written as JSON")]
    fn what_is_no_json_fails_the_test() {
        let _ = Reply::json(std::collections::BTreeMap::from([((1, 2), 3)]));
    }
}
