//! The decoder: from chunks to lines.

use std::time::Duration;

use super::{
    error::{SseError, SseErrorKind},
    event::Event,
    interpreter::{Interpreter, Ready},
    line_end,
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
    interpreter: Interpreter,
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
            interpreter: Interpreter::new(limits.event_line, limits.event),
        }
    }

    /// The next event that ends in this chunk, of which it takes what it has read.
    ///
    /// With `None` the chunk is used up: feed the next one. The event lends its text from the chunk or from
    /// the decoder, so it is gone before the next call. An unfinished event at the end of the stream is never
    /// given, as the standard asks; [`pending`](Self::pending) reports it.
    ///
    /// # Errors
    /// If the event being read goes over a limit, which drops it. The decoder is usable as before: call it
    /// again, with what is left of the chunk, for the events after it.
    pub fn next<'s, 'c: 's>(
        &'s mut self,
        chunk: &mut &'c [u8],
    ) -> Result<Option<Event<'s>>, SseError> {
        match *chunk {
            [] => return Ok(None),
            [byte @ b' '..=b'~'] if self.place == Place::InLine && self.interpreter.byte(*byte) => {
                *chunk = &[];
                return Ok(None);
            }
            _ => {}
        }
        match self.advance(chunk) {
            Ok(ready) => Ok(ready.map(|ready| self.interpreter.lend(&ready))),
            Err(kind) => Err(self.interpreter.skip_event(kind)),
        }
    }

    /// The id of the last event, empty if none had one: what a client sends as `Last-Event-ID` to resume.
    ///
    /// A block that has an id and no data counts too, once its blank line has come.
    pub fn last_event_id(&self) -> &str {
        self.interpreter.last_id()
    }

    /// The reconnection time that the stream last set, if it did.
    pub fn retry(&self) -> Option<Duration> {
        self.interpreter.retry().map(Duration::from_millis)
    }

    /// Whether an event has begun and not ended: a line is half read, or a field is set and no blank line has
    /// followed. At the end of a body it means that the stream was cut.
    pub fn pending(&self) -> bool {
        let in_line = match self.place {
            Place::Start(matched) => matched > 0,
            Place::InLine => true,
            Place::LineStart | Place::AfterReturn => false,
        };
        in_line || self.interpreter.is_pending()
    }

    /// Reads on to the next event's end, or the end of the chunk.
    #[inline]
    fn advance<'c>(&mut self, chunk: &mut &'c [u8]) -> Result<Option<Ready<'c>>, SseErrorKind> {
        if self.place != Place::LineStart {
            self.resume(chunk)?;
        }
        // The event's data while they are one line of this chunk.
        let mut lent = None;
        let mut rest = *chunk;
        let outcome = loop {
            let Some(end) = line_end::find_from_start(rest) else {
                break Ok(None);
            };
            let line = self.take_line(&mut rest, end);
            if !line.is_empty() {
                if let Err(error) = self.interpreter.line(line, &mut lent) {
                    break Err(error);
                }
            } else {
                match self.interpreter.dispatch(lent.take()) {
                    Ok(None) => {}
                    ready_or_error => break ready_or_error,
                }
            }
        };
        *chunk = rest;
        if let Ok(None) = outcome {
            self.interpreter.keep(lent)?;
            self.take_piece(chunk)?;
        }
        outcome
    }

    /// Goes on where the chunk before ended, to the start of a line or the end of this chunk.
    fn resume(&mut self, chunk: &mut &[u8]) -> Result<(), SseErrorKind> {
        if let Place::Start(matched) = self.place {
            self.skip_bom(matched, chunk)?;
        }
        if self.place == Place::AfterReturn && !chunk.is_empty() {
            *chunk = chunk.strip_prefix(b"\n").unwrap_or(chunk);
            self.place = Place::LineStart;
        }
        if self.place == Place::InLine {
            let Some(end) = line_end::find(chunk) else {
                return self.take_piece(chunk);
            };
            self.place = Place::LineStart;
            let line = self.take_line(chunk, end);
            self.interpreter.piece(line)?;
            self.interpreter.end_of_line()?;
        }
        Ok(())
    }

    /// Skips a byte order mark of which `matched` bytes have been read.
    fn skip_bom(&mut self, mut matched: usize, chunk: &mut &[u8]) -> Result<(), SseErrorKind> {
        while let Some(expected) = BOM.get(matched) {
            let Some((byte, rest)) = chunk.split_first() else {
                self.place = Place::Start(matched);
                return Ok(());
            };
            if byte != expected {
                break;
            }
            *chunk = rest;
            matched += 1;
        }
        self.place = Place::LineStart;
        if matched == 0 || matched == BOM.len() {
            return Ok(());
        }
        // It wasn't one: what looked like it starts the first line.
        self.take_piece(&mut BOM.get(..matched).unwrap_or_default())
    }

    /// Takes a line that ends at `end` and its end.
    #[inline]
    fn take_line<'c>(&mut self, chunk: &mut &'c [u8], end: usize) -> &'c [u8] {
        let (line, rest) = chunk.split_at_checked(end).unwrap_or_default();
        let (rest, after_return) = line_end::skip(rest);
        *chunk = rest;
        if after_return {
            self.place = Place::AfterReturn;
        }
        line
    }

    /// Reads what is left of the chunk, in which no line ends.
    fn take_piece(&mut self, chunk: &mut &[u8]) -> Result<(), SseErrorKind> {
        let piece = std::mem::take(chunk);
        if piece.is_empty() {
            return Ok(());
        }
        self.place = Place::InLine;
        self.interpreter.piece(piece)
    }
}
