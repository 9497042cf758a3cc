//! The body of a reply, step by step.

use std::time::Duration;

use bytes::Bytes;

use super::{
    Reply,
    encoder::Encoder,
    ending::{EndAt, Ending},
    fault::Fault,
    gate::Gate,
    script::{Step, Wait},
};
impl Reply {
    fn step(mut self, step: Step) -> Self {
        self.body.push(step);
        self
    }

    /// Adds a chunk to the body, unless `bytes` is empty.
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

    /// Keeps the first `count` chunks of the body, and removes everything after them. Each event of a stream is a
    /// chunk.
    ///
    /// ```
    /// use orq_testkit::{Fault, fixture};
    ///
    /// // Two events and half of a third, and then the connection is reset.
    /// let cut = fixture::transcript("Hello Jane").into_reply().first_chunks(2);
    /// let cut = cut.chunk("data: {\"choi").break_off(Fault::Reset);
    /// ```
    pub fn first_chunks(mut self, count: usize) -> Self {
        self.body.first_chunks(count);
        self
    }

    /// Delays what is added next by this time.
    pub fn after(self, time: Duration) -> Self {
        self.step(Step::Wait(Wait::Time(time)))
    }

    /// Delays each chunk that was added so far by this time: the first after the head, the others after the one before.
    pub fn paced(mut self, time: Duration) -> Self {
        self.body.pace(time);
        self
    }

    /// Holds back what is added next until the test opens this gate.
    pub fn gate(self, gate: &Gate) -> Self {
        self.step(Step::Wait(Wait::Gate(gate.script_side())))
    }

    /// Stalls the body here: no more bytes arrive and the body never ends.
    pub fn stall(self) -> Self {
        self.step(Step::End(Ending::Stall))
    }

    /// Stalls the body after `byte` bytes. A shorter body stalls at its end.
    pub fn stall_at(self, byte: usize) -> Self {
        self.end_at(byte, Ending::Stall)
    }

    /// Ends the body here, cleanly, as HTTP defines it, even if the answer in it is incomplete.
    pub fn cut(self) -> Self {
        self.step(Step::End(Ending::Cut))
    }

    /// Ends the body after `byte` bytes, cleanly, as HTTP defines it. A shorter body stays as it is.
    pub fn cut_at(self, byte: usize) -> Self {
        self.end_at(byte, Ending::Cut)
    }

    /// Breaks the connection here.
    pub fn break_off(self, fault: Fault) -> Self {
        self.step(Step::End(Ending::Break(fault)))
    }

    /// Breaks the connection after `byte` bytes of the body. A shorter body breaks at its end.
    pub fn break_at(self, byte: usize, fault: Fault) -> Self {
        self.end_at(byte, Ending::Break(fault))
    }

    fn end_at(mut self, byte: usize, ending: Ending) -> Self {
        self.body.end_at(EndAt { byte, ending });
        self
    }

    /// Requires that the body is read to its end or its break. Without this, reading a part of it is enough.
    pub fn read_to_end(mut self) -> Self {
        self.read_to_end = true;
        self
    }
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt, StreamExt, executor::block_on};
    use orq_core::transport::{Body, TransportError, TransportErrorKind};

    use super::*;
    use crate::{reply::playback::Playback, time::TimeSource};

    fn body(reply: Reply) -> Body {
        Playback::new(reply.body, TimeSource::default(), ()).into_body()
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
            Reply::status(200, "ab")
                .break_at(1, Fault::Reset)
                .chunk("c"),
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
}
