//! The decoder: lines and blocks.

use std::{str, time::Duration};

use memchr::memchr2;

use super::{
    block::{Block, Ready},
    error::{SseError, SseErrorKind},
    event::Event,
    field::{Digits, Field},
    line::Line,
    text::{Full, push},
};
use crate::limits::Limits;

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Turns the bytes of an event stream into events.
///
/// Feed it each chunk of the body in turn, and take events until there are none left in the chunk:
///
/// ```
/// use orq_core::sse::Decoder;
///
/// let mut decoder = Decoder::new();
/// let mut seen = Vec::new();
/// for mut chunk in [&b"data: {\"a\""[..], b":1}\n\nda", b"ta: [DONE]\n\n"] {
///     while let Some(event) = decoder.next(&mut chunk)? {
///         seen.push(event.data().to_owned());
///     }
/// }
/// assert_eq!(seen, [r#"{"a":1}"#, "[DONE]"]);
/// assert!(!decoder.pending());
/// # Ok::<(), orq_core::sse::SseError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Decoder {
    place: Place,
    /// Whether the event being read went over a limit, so that its lines are skipped.
    skipping: bool,
    line: Line,
    block: Block,
    retry: Option<u64>,
    line_limit: usize,
    event_limit: usize,
}

/// Where in the stream the next byte stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// At its very start, behind this many bytes of a byte order mark.
    Start(usize),
    /// At the start of a line.
    LineStart,
    /// At the start of a line, behind a carriage return: a line feed belongs to it.
    AfterReturn,
    /// Inside a line.
    InLine,
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Decoder {
    /// A decoder at the start of a stream, with the default [`Limits`].
    pub fn new() -> Self {
        Self::with_limits(&Limits::default())
    }

    /// A decoder at the start of a stream, with the [`event_line`](Limits::event_line) and
    /// [`event`](Limits::event) of these limits.
    pub fn with_limits(limits: &Limits) -> Self {
        Self {
            place: Place::Start(0),
            skipping: false,
            line: Line::new(),
            block: Block::new(limits.event),
            retry: None,
            line_limit: limits.event_line,
            event_limit: limits.event,
        }
    }

    /// The next event that ends in this chunk, of which it takes what it has read.
    ///
    /// With `None` the chunk is used up: feed the next one. The event lends its text from the chunk or from the
    /// decoder, so it is gone before the next call. An unfinished event at the end of the stream is never given,
    /// as the standard asks; [`pending`](Self::pending) reports it.
    ///
    /// # Errors
    /// If the event being read goes over a limit, which drops it. The decoder is usable as before: call it again,
    /// with what is left of the chunk, for the events after it.
    pub fn next<'s, 'c: 's>(
        &'s mut self,
        chunk: &mut &'c [u8],
    ) -> Result<Option<Event<'s>>, SseError> {
        let mut lent = None;
        match self.advance(chunk, &mut lent) {
            Ok(ready) => Ok(ready.map(|ready| self.block.lend(&ready, lent))),
            Err(kind) => {
                self.skipping = true;
                self.block.clear();
                self.line.clear();
                let limit = match kind {
                    SseErrorKind::LineTooLong => self.line_limit,
                    SseErrorKind::EventTooLong => self.event_limit,
                };
                Err(SseError::new(kind, limit))
            }
        }
    }

    /// The id of the last event, empty if none had one: what a client sends as `Last-Event-ID` to resume.
    ///
    /// A block that has an id and no data counts too, once its blank line has come.
    pub fn last_event_id(&self) -> &str {
        self.block.last_id()
    }

    /// The reconnection time that the stream last set, if it did.
    pub fn retry(&self) -> Option<Duration> {
        self.retry.map(Duration::from_millis)
    }

    /// Whether an event has begun and not ended: a line is half read, or a field is set and no blank line has
    /// followed. At the end of a body it means that the stream was cut.
    pub fn pending(&self) -> bool {
        let in_line = match self.place {
            Place::Start(matched) => matched > 0,
            Place::InLine => true,
            Place::LineStart | Place::AfterReturn => false,
        };
        in_line || self.skipping || !self.block.is_empty()
    }

    /// Reads on to the next event's end. Its data, if they lie in the chunk in one piece, are put into `lent`.
    fn advance<'c>(
        &mut self,
        chunk: &mut &'c [u8],
        lent: &mut Option<&'c str>,
    ) -> Result<Option<Ready>, SseErrorKind> {
        loop {
            if self.place != Place::LineStart {
                self.resume(chunk)?;
            }
            let input = *chunk;
            let end = match input.first() {
                None => return self.keep(lent.take()).map(|()| None),
                Some(b'\n' | b'\r') => 0,
                Some(_) => match memchr2(b'\n', b'\r', input) {
                    Some(end) => end,
                    None => {
                        *chunk = &[];
                        self.keep(lent.take())?;
                        self.place = Place::InLine;
                        return self.feed(input).map(|()| None);
                    }
                },
            };
            let (line, rest) = input.split_at_checked(end).unwrap_or_default();
            *chunk = self.end_line(rest);
            if !line.is_empty() {
                if !self.skipping {
                    self.whole_line(line, lent)?;
                }
            } else if std::mem::take(&mut self.skipping) {
                self.block.clear();
            } else if let Some(ready) = self.block.dispatch(lent.is_some()) {
                return Ok(Some(ready));
            }
        }
    }

    /// Takes the line end that `rest` starts with.
    fn end_line<'c>(&mut self, rest: &'c [u8]) -> &'c [u8] {
        self.place = Place::LineStart;
        match rest {
            [b'\r', b'\n', rest @ ..] | [b'\n', rest @ ..] => rest,
            [b'\r'] => {
                self.place = Place::AfterReturn;
                &[]
            }
            [b'\r', rest @ ..] => rest,
            rest => rest,
        }
    }

    /// Goes on where the chunk before ended, up to the start of a line or the end of this chunk.
    fn resume(&mut self, chunk: &mut &[u8]) -> Result<(), SseErrorKind> {
        if let Place::Start(matched) = self.place {
            self.skip_bom(matched, chunk)?;
        }
        if self.place == Place::AfterReturn && !chunk.is_empty() {
            *chunk = chunk.strip_prefix(b"\n").unwrap_or(chunk);
            self.place = Place::LineStart;
        }
        if self.place == Place::InLine {
            let input = *chunk;
            let Some(end) = memchr2(b'\n', b'\r', input) else {
                *chunk = &[];
                return self.feed(input);
            };
            let (line, rest) = input.split_at_checked(end).unwrap_or_default();
            *chunk = self.end_line(rest);
            return self.feed(line).and_then(|()| self.end_of_line());
        }
        Ok(())
    }

    /// Skips a byte order mark of which `matched` bytes have been read.
    fn skip_bom(&mut self, mut matched: usize, chunk: &mut &[u8]) -> Result<(), SseErrorKind> {
        while let Some((byte, rest)) = chunk.split_first() {
            if BOM.get(matched) != Some(byte) {
                self.place = Place::LineStart;
                if matched > 0 && matched < BOM.len() {
                    self.place = Place::InLine;
                    return self.feed(BOM.get(..matched).unwrap_or_default());
                }
                return Ok(());
            }
            *chunk = rest;
            matched += 1;
            self.place = Place::Start(matched);
        }
        if matched == BOM.len() {
            self.place = Place::LineStart;
        }
        Ok(())
    }

    /// Reads some of a line that doesn't end here.
    fn feed(&mut self, bytes: &[u8]) -> Result<(), SseErrorKind> {
        if self.skipping {
            return Ok(());
        }
        let room = self.line_limit.saturating_sub(self.line.read());
        let fitting = bytes.get(..room).unwrap_or(bytes);
        let fed = self.line.feed(fitting, &mut self.block);
        fed.map_err(|Full| SseErrorKind::EventTooLong)?;
        if fitting.len() < bytes.len() {
            return Err(SseErrorKind::LineTooLong);
        }
        Ok(())
    }

    /// Ends a line that was fed.
    fn end_of_line(&mut self) -> Result<(), SseErrorKind> {
        if self.skipping {
            self.line.clear();
            return Ok(());
        }
        let retry = self.line.end(&mut self.block);
        if let Some(retry) = retry.map_err(|Full| SseErrorKind::EventTooLong)? {
            self.retry = Some(retry);
        }
        Ok(())
    }

    /// Reads a line that isn't blank and lies in the chunk as a whole.
    fn whole_line<'c>(
        &mut self,
        line: &'c [u8],
        lent: &mut Option<&'c str>,
    ) -> Result<(), SseErrorKind> {
        if line.len() <= self.line_limit {
            match Field::split(line) {
                None => return Ok(()),
                Some((Field::Data, value)) if lent.is_none() && !self.block.has_data() => {
                    if let Ok(text) = str::from_utf8(value)
                        && text.len() <= self.block.room()
                    {
                        *lent = Some(text);
                        return Ok(());
                    }
                }
                Some((Field::Retry, value)) => {
                    self.retry = Digits::default().read(value).number().or(self.retry);
                    return Ok(());
                }
                Some(_) => {}
            }
        }
        self.keep(lent.take())?;
        self.feed(line)?;
        self.end_of_line()
    }

    /// Copies data that were to be lent, because the event goes on elsewhere.
    fn keep(&mut self, lent: Option<&str>) -> Result<(), SseErrorKind> {
        let Some(text) = lent else { return Ok(()) };
        let bound = self.event_limit;
        let kept = self
            .block
            .start_data()
            .and_then(|data| push(data, text, bound));
        kept.map_err(|Full| SseErrorKind::EventTooLong)
    }
}
