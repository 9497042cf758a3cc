//! The body of a reply, step by step.

use std::time::Duration;

use bytes::Bytes;

use super::{
    Reply,
    encoder::Encoder,
    fault::Fault,
    gate::Gate,
    script::{Step, Wait},
};
use crate::guard::fail;

impl Reply {
    fn step(mut self, step: Step) -> Self {
        self.body.push(step);
        self
    }

    /// Adds a chunk to the body. No bytes are no chunk.
    pub fn chunk(self, bytes: impl Into<Bytes>) -> Self {
        match bytes.into() {
            bytes if bytes.is_empty() => self,
            bytes => self.step(Step::Chunk(bytes)),
        }
    }

    /// Adds chunks to the body.
    pub fn chunks<I>(self, chunks: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<Bytes>,
    {
        chunks.into_iter().fold(self, Self::chunk)
    }

    /// Adds a server-sent event with this data, in a chunk of its own, as [`sse`](Reply::sse) does.
    pub fn event(self, data: impl AsRef<str>) -> Self {
        self.chunk(Encoder::new().data(data.as_ref()).take())
    }

    /// Adds server-sent events.
    pub fn events<I>(self, events: I) -> Self
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        events.into_iter().fold(self, Self::event)
    }

    /// Keeps the first `count` chunks of the body, and drops what comes after them. A stream's chunks are its events.
    ///
    /// ```
    /// use orq_testkit::{Fault, fixture};
    ///
    /// // Two events, a half one, and then the connection is gone.
    /// let cut = fixture::transcript("Hello Jane").into_reply().first_chunks(2);
    /// let cut = cut.chunk("data: {\"choi").break_off(Fault::Reset);
    /// ```
    pub fn first_chunks(mut self, count: usize) -> Self {
        self.body.first_chunks(count);
        self
    }

    /// What is added next waits for this time.
    pub fn after(self, time: Duration) -> Self {
        self.step(Step::Wait(Wait::Time(time)))
    }

    /// Each chunk so far waits for this time: the first one from the head on, the others from the one before.
    pub fn paced(mut self, time: Duration) -> Self {
        self.body.pace(time);
        self
    }

    /// What is added next waits for the test to open this gate.
    pub fn gate(self, gate: &Gate) -> Self {
        self.step(Step::Wait(Wait::Gate(gate.script_side())))
    }

    /// The body stands still here: neither bytes nor an end come any more.
    pub fn stall(self) -> Self {
        self.step(Step::Wait(Wait::Forever))
    }

    /// The body stands still after `byte` bytes.
    ///
    /// # Panics
    ///
    /// If it has fewer so far.
    #[track_caller]
    pub fn stall_at(self, byte: usize) -> Self {
        self.end_at(byte, Step::Wait(Wait::Forever))
    }

    /// The body ends here, as HTTP has it: whether the answer is complete is another question.
    pub fn cut(self) -> Self {
        self.step(Step::End)
    }

    /// The body ends after `byte` bytes, as HTTP has it.
    ///
    /// # Panics
    ///
    /// If it has fewer so far.
    #[track_caller]
    pub fn cut_at(self, byte: usize) -> Self {
        self.end_at(byte, Step::End)
    }

    /// The connection breaks here.
    pub fn break_off(self, fault: Fault) -> Self {
        self.step(Step::Break(fault))
    }

    /// The connection breaks after `byte` bytes of the body.
    ///
    /// # Panics
    ///
    /// If it has fewer so far.
    #[track_caller]
    pub fn fail_at(self, byte: usize, fault: Fault) -> Self {
        self.end_at(byte, Step::Break(fault))
    }

    #[track_caller]
    fn end_at(mut self, byte: usize, last: Step) -> Self {
        match self.body.end_at(byte, last) {
            Ok(()) => self,
            Err(length) => fail(&format!(
                "this body has no byte {byte}: it has {length} bytes so far"
            )),
        }
    }

    /// Asks that the body is read up to its end or its break. Without this, a body may be dropped once it was begun.
    pub fn read_to_end(mut self) -> Self {
        self.read_to_end = true;
        self
    }
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt, StreamExt, executor::block_on};
    use orq_core::transport::{TransportError, TransportErrorKind};

    use super::*;
    use crate::{reply::playback::Playback, time::TimeSource};

    fn body(reply: Reply) -> Playback {
        Playback::new(reply.body, TimeSource::default(), ())
    }

    fn read(reply: Reply) -> (Vec<Bytes>, Option<TransportError>) {
        let mut body = body(reply);
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
        let (chunks, error) = read(Reply::sse(["a", "b\nc\r\nd\re", "[DONE]"]).event("x"));
        let expected = [
            "data: a\n\n",
            "data: b\ndata: c\ndata: d\ndata: e\n\n",
            "data: [DONE]\n\n",
            "data: x\n\n",
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
    fn no_bytes_are_no_chunk() {
        let (chunks, error) = read(Reply::status(204, "").chunk("").chunks([""]));
        assert!(chunks.is_empty() && error.is_none());
    }

    #[test]
    fn a_body_that_breaks_off_gives_its_error_and_nothing_more() {
        for reply in [
            Reply::status(200, "a").break_off(Fault::Reset).chunk("b"),
            Reply::status(200, "ab").fail_at(1, Fault::Reset).chunk("c"),
        ] {
            let (chunks, error) = read(reply);
            assert_eq!(chunks, ["a"]);
            assert_eq!(error.unwrap().kind(), TransportErrorKind::Closed);
        }
    }

    #[test]
    fn a_cut_body_ends_cleanly() {
        for reply in [
            Reply::status(200, "a").cut().chunk("b"),
            Reply::status(200, "ab").cut_at(1),
        ] {
            let (chunks, error) = read(reply);
            assert_eq!(chunks, ["a"]);
            assert!(error.is_none());
        }
    }

    #[test]
    fn a_stalled_body_stays_pending() {
        for reply in [
            Reply::status(200, "a").stall().chunk("b"),
            Reply::status(200, "ab").stall_at(1),
        ] {
            let mut body = body(reply);
            assert_eq!(block_on(body.next()).unwrap().unwrap(), "a");
            for _ in 0..100 {
                assert!(body.next().now_or_never().is_none());
            }
        }
    }

    #[test]
    #[should_panic(expected = "this body has no byte 3: it has 2 bytes so far")]
    fn a_byte_that_is_not_there_fails_the_test() {
        let _ = Reply::status(200, "ab").fail_at(3, Fault::Reset);
    }
}
