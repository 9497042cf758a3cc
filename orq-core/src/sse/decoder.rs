//! The decoder: splits chunks into lines, and parses lines into events.

use std::{borrow::Cow, time::Duration};

use memchr::memchr2;

use super::{
    block::{Block, Stage},
    buffer::Buffer,
    error::{SseError, SseErrorKind},
    event::Event,
    field::decode,
};

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Decodes the bytes of an event stream into events.
///
/// Pass it the chunks of the body in order, and call [`next`](Self::next) on each chunk until it returns `None`:
///
/// ```
/// use orq_core::sse::Decoder;
///
/// let mut decoder = Decoder::new();
/// let mut seen = Vec::new();
/// for mut chunk in [&b"data: {\"a\""[..], b":1}\n\nda", b"ta: [DONE]\n\n"] {
///     while let Some(event) = decoder.next(&mut chunk)? {
///         seen.push(event.data.to_owned());
///     }
/// }
/// assert_eq!(seen, [r#"{"a":1}"#, "[DONE]"]);
/// assert!(!decoder.pending());
/// # Ok::<(), orq_core::sse::SseError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Decoder {
    /// Whether a byte order mark may follow. The unfinished line in the buffer is its beginning.
    at_start: bool,
    /// Whether the last byte was a carriage return, after which a line feed is dropped.
    after_return: bool,
    /// Whether the next byte is inside a line.
    in_line: bool,
    block: Block,
    buffer: Buffer,
    /// The decoded data of the last event, if they contained ill-formed UTF-8.
    replaced: Option<String>,
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Decoder {
    /// The default of [`max_line`](Self::max_line): 32 MiB.
    pub const DEFAULT_MAX_LINE: usize = 32 * 1024 * 1024;

    /// The default of [`max_event`](Self::max_event): 32 MiB.
    pub const DEFAULT_MAX_EVENT: usize = 32 * 1024 * 1024;

    /// Creates a decoder at the start of a stream, with the default limits.
    pub fn new() -> Self {
        Self {
            at_start: true,
            after_return: false,
            in_line: false,
            block: Block::default(),
            buffer: Buffer::default(),
            replaced: None,
        }
        .max_line(Self::DEFAULT_MAX_LINE)
        .max_event(Self::DEFAULT_MAX_EVENT)
    }

    /// Sets the maximum length of a line, of any field or a comment, in bytes as received, without the line end.
    /// Default: [`DEFAULT_MAX_LINE`](Self::DEFAULT_MAX_LINE).
    #[must_use]
    pub fn max_line(mut self, bytes: usize) -> Self {
        self.buffer.max_line = bytes;
        self
    }

    /// Sets the maximum length of data, type and id of one event together, in bytes of decoded UTF-8. The line feeds
    /// that join data lines count, and U+FFFD for ill-formed UTF-8 counts as three bytes. Default:
    /// [`DEFAULT_MAX_EVENT`](Self::DEFAULT_MAX_EVENT).
    #[must_use]
    pub fn max_event(mut self, bytes: usize) -> Self {
        self.buffer.max_event = bytes;
        self
    }

    /// Returns the next event that ends in this chunk, and removes the bytes that were read from the chunk.
    ///
    /// `None` means that the whole chunk was read: pass the next one. The event borrows its text from the chunk or the
    /// decoder. An unfinished event at the end of the stream is never returned, as the standard requires;
    /// [`pending`](Self::pending) returns whether there is one.
    ///
    /// # Errors
    /// An error if the event exceeds a limit. The event is dropped. The decoder can still be used: call it again with
    /// the rest of the chunk to get the following events.
    pub fn next<'s, 'c: 's>(
        &'s mut self,
        chunk: &mut &'c [u8],
    ) -> Result<Option<Event<'s>>, SseError> {
        self.next_with(chunk, |_| ())
    }

    /// Does the same as [`next`](Self::next), and calls `ignored` with each line whose field name is unknown, as
    /// received, without its line end. It isn't called with comments and with lines that are skipped after an error.
    ///
    /// # Errors
    /// Those of [`next`](Self::next).
    pub fn next_with<'s, 'c: 's>(
        &'s mut self,
        chunk: &mut &'c [u8],
        mut ignored: impl FnMut(&[u8]),
    ) -> Result<Option<Event<'s>>, SseError> {
        // The data of the event, as long as they are a single line of this chunk.
        let mut lent = None;
        match self.advance(chunk, &mut lent, &mut ignored) {
            Ok(true) => self.lend(lent).map(Some),
            Ok(false) => Ok(None),
            Err(kind) => Err(self.skip_event(kind)),
        }
    }

    /// Returns the bytes of the unfinished line, at most [`max_line`](Self::max_line). Empty at the start of a line,
    /// and while the rest of an event is skipped after an error.
    pub fn unfinished(&self) -> &[u8] {
        self.buffer.line()
    }

    /// Returns the last event id: that of the last event with an `id` field, even if it had no data; otherwise an empty
    /// string. A client sends it as `Last-Event-ID` to resume the stream.
    pub fn last_event_id(&self) -> &str {
        &self.block.last_id
    }

    /// Returns the reconnection time, from the last valid `retry` field in milliseconds; `None` if there was none.
    pub fn retry(&self) -> Option<Duration> {
        self.block.retry.map(Duration::from_millis)
    }

    /// Returns whether an event is unfinished: a line is unfinished, or a field is set and no blank line has followed.
    /// If so at the end of the body, the stream was truncated.
    pub fn pending(&self) -> bool {
        matches!(self.block.stage, Stage::Filling | Stage::Skipping)
            || !self.unfinished().is_empty()
    }

    /// Reads up to the end of an event with data and returns `true`, or reads the whole chunk and returns `false`.
    #[inline]
    fn advance<'c>(
        &mut self,
        chunk: &mut &'c [u8],
        lent: &mut Option<&'c [u8]>,
        ignored: &mut dyn FnMut(&[u8]),
    ) -> Result<bool, SseErrorKind> {
        self.resume(chunk);
        while let Some(end) = find_line_end(chunk) {
            let line = self.take_line(chunk, end);
            if std::mem::take(&mut self.in_line) {
                self.carry(line)?;
                self.read_carried(ignored)?;
            } else if !line.is_empty() {
                self.read(line, lent, ignored)?;
            } else if lent.is_some() || self.buffer.data().is_some() {
                return Ok(true);
            } else {
                self.block.end();
                self.block.clear(Stage::Empty);
            }
        }
        if let Some(value) = lent {
            self.buffer.push_data(value);
        }
        if !chunk.is_empty() {
            self.in_line = true;
            self.carry(std::mem::take(chunk))?;
        }
        Ok(false)
    }

    /// Clears the event that was returned before. Skips the byte order mark, and a line feed after a carriage return.
    #[inline]
    fn resume(&mut self, chunk: &mut &[u8]) {
        if self.block.stage == Stage::Ended {
            self.block.clear(Stage::Empty);
            self.buffer.clear();
            self.replaced = None;
        }
        if self.after_return && !chunk.is_empty() {
            *chunk = chunk.strip_prefix(b"\n").unwrap_or(chunk);
            self.after_return = false;
        }
        while self.at_start
            && let Some((byte, rest)) = chunk.split_first()
        {
            if BOM.get(self.buffer.line().len()) != Some(byte) {
                self.at_start = false;
                break;
            }
            *chunk = rest;
            self.buffer.push(&[*byte]);
            self.at_start = self.buffer.line() != BOM;
            self.in_line = self.at_start;
            if !self.at_start {
                self.buffer.clear();
            }
        }
    }

    /// Removes a line of this length and its line end from the chunk, and returns the line.
    #[inline]
    fn take_line<'c>(&mut self, chunk: &mut &'c [u8], length: usize) -> &'c [u8] {
        let (line, rest) = chunk.split_at_checked(length).unwrap_or_default();
        self.after_return = rest == b"\r";
        *chunk = match rest {
            [b'\r', b'\n', rest @ ..] | [_, rest @ ..] | rest => rest,
        };
        line
    }

    /// Appends to the unfinished line, unless its event is skipped.
    fn carry(&mut self, piece: &[u8]) -> Result<(), SseErrorKind> {
        match self.block.stage {
            Stage::Skipping => Ok(()),
            _ => self.buffer.push_line(piece),
        }
    }

    /// Processes the line in the buffer, which is complete.
    fn read_carried(&mut self, ignored: &mut dyn FnMut(&[u8])) -> Result<(), SseErrorKind> {
        let line = self.buffer.line();
        let value = self.block.read(line, None, &self.buffer, ignored)?;
        let value_len = value.map(<[u8]>::len);
        self.buffer.end_line(value_len);
        Ok(())
    }

    /// Processes a line that is within the chunk. The value of the first data line of an event is put into `lent`.
    #[inline]
    fn read<'c>(
        &mut self,
        line: &'c [u8],
        lent: &mut Option<&'c [u8]>,
        ignored: &mut dyn FnMut(&[u8]),
    ) -> Result<(), SseErrorKind> {
        let lent_len = lent.map(<[u8]>::len);
        let value = self.block.read(line, lent_len, &self.buffer, ignored)?;
        if lent.is_none() && self.buffer.data().is_none() {
            *lent = value;
        } else if let Some(value) = value {
            if let Some(first) = lent.take() {
                self.buffer.push_data(first);
            }
            self.buffer.push_data(value);
        }
        Ok(())
    }

    /// Drops the current event, and skips its remaining lines.
    #[cold]
    fn skip_event(&mut self, kind: SseErrorKind) -> SseError {
        self.block.clear(Stage::Skipping);
        self.buffer.clear();
        let limit = match kind {
            SseErrorKind::LineTooLong => self.buffer.max_line,
            SseErrorKind::EventTooLong => self.buffer.max_event,
        };
        SseError { kind, limit }
    }

    /// Ends the event, whose data are `lent` or else in the buffer, and returns it.
    #[inline]
    fn lend<'s, 'c: 's>(&'s mut self, lent: Option<&'c [u8]>) -> Result<Event<'s>, SseError> {
        let limit = self.buffer.max_event;
        let bytes = lent.or(self.buffer.data()).unwrap_or_default();
        let data: &str = match decode(bytes, self.block.room(limit)) {
            Some(Cow::Borrowed(text)) => text,
            Some(Cow::Owned(text)) => self.replaced.insert(text),
            None => {
                self.block.clear(Stage::Ended);
                let kind = SseErrorKind::EventTooLong;
                return Err(SseError { kind, limit });
            }
        };
        self.block.end();
        Ok(Event::new(&self.block.event, data, &self.block.last_id))
    }
}

/// Returns the position of the first line end. Blank lines, of which every event has one, need no search.
fn find_line_end(bytes: &[u8]) -> Option<usize> {
    match bytes.first()? {
        b'\n' | b'\r' => Some(0),
        _ => memchr2(b'\n', b'\r', bytes),
    }
}
