//! What lines mean, whole ones and pieces.

use super::{
    block::Block,
    error::{SseError, SseErrorKind},
    event::Event,
    field::{Digits, Field},
    line::Line,
    text::{Full, well_formed},
};

/// Interprets lines.
///
/// A whole line that is sure to be within the limits is read at once. All others, and those whose UTF-8 is
/// ill-formed, go the way of lines in pieces, which is the exact one.
#[derive(Clone, Debug)]
pub(super) struct Interpreter {
    block: Block,
    line: Line,
    line_limit: usize,
    retry: Option<u64>,
    /// Whether the event being read went over a limit, so that its lines are skipped.
    skipping: bool,
}

/// An event is complete.
pub(super) struct Ready<'c> {
    /// Whether it has a type of its own.
    named: bool,
    /// Its data, if they lie in the chunk.
    data: Option<&'c str>,
}

impl Interpreter {
    pub(super) fn new(line_limit: usize, event_limit: usize) -> Self {
        Self {
            block: Block::new(event_limit),
            line: Line::new(),
            line_limit,
            retry: None,
            skipping: false,
        }
    }

    /// Reads a line that isn't blank. Its data are put into `lent` if they are the first: perhaps they needn't be
    /// copied.
    #[inline]
    pub(super) fn line<'c>(
        &mut self,
        line: &'c [u8],
        lent: &mut Option<&'c [u8]>,
    ) -> Result<(), SseErrorKind> {
        if self.skipping {
            return Ok(());
        }
        if line.len() > self.line_limit {
            return self.line_in_pieces(line, lent);
        }
        let Some((field, value)) = Field::split(line) else {
            return Ok(());
        };
        let unchecked = lent.map_or(0, <[u8]>::len).saturating_add(value.len());
        if !self.block.has_room(unchecked) {
            return self.line_in_pieces(line, lent);
        }
        let set = match field {
            Field::Data if lent.is_none() && !self.block.has_data() => {
                *lent = Some(value);
                Ok(())
            }
            Field::Data => {
                let first = lent
                    .take()
                    .map_or(Ok(()), |first| self.block.add_line(first));
                first.and_then(|()| self.block.add_line(value))
            }
            Field::Event | Field::Id => match well_formed(value) {
                Some(text) if field == Field::Event => self.block.set_event(text),
                Some(text) if text.contains('\0') => Ok(()),
                Some(text) => self.block.set_id(text),
                None => return self.line_in_pieces(line, lent),
            },
            Field::Retry => {
                self.retry = Digits::default().read(value).number().or(self.retry);
                Ok(())
            }
        };
        set.map_err(too_long)
    }

    #[cold]
    fn line_in_pieces(
        &mut self,
        line: &[u8],
        lent: &mut Option<&[u8]>,
    ) -> Result<(), SseErrorKind> {
        self.keep(lent.take())?;
        self.piece(line)?;
        self.end_of_line()
    }

    /// Reads some of a line, with no line end.
    pub(super) fn piece(&mut self, bytes: &[u8]) -> Result<(), SseErrorKind> {
        if self.skipping {
            return Ok(());
        }
        let room = self.line_limit.saturating_sub(self.line.read());
        let fitting = bytes.get(..room).unwrap_or(bytes);
        self.line.feed(fitting, &mut self.block).map_err(too_long)?;
        if fitting.len() < bytes.len() {
            return Err(SseErrorKind::LineTooLong);
        }
        Ok(())
    }

    /// Reads a byte in the middle of a line of data, if it is ASCII and needs no more than appending.
    #[inline]
    pub(super) fn byte(&mut self, byte: u8) -> bool {
        !self.skipping
            && self.line.read() < self.line_limit
            && self.line.feed_byte(byte, &mut self.block)
    }

    /// Ends a line that was read in pieces.
    pub(super) fn end_of_line(&mut self) -> Result<(), SseErrorKind> {
        if !self.skipping
            && let Some(retry) = self.line.end(&mut self.block).map_err(too_long)?
        {
            self.retry = Some(retry);
        }
        self.line.clear();
        Ok(())
    }

    /// A blank line.
    #[inline]
    pub(super) fn dispatch<'c>(
        &mut self,
        lent: Option<&'c [u8]>,
    ) -> Result<Option<Ready<'c>>, SseErrorKind> {
        self.skipping = false;
        if lent.is_none() && self.block.is_empty() {
            return Ok(None);
        }
        let data = lent.and_then(well_formed);
        if data.is_none() {
            self.keep(lent)?;
        }
        let named = self.block.dispatch(data.is_some());
        Ok(named.map(|named| Ready { named, data }))
    }

    /// Copies data that can't be lent, and checks what is unchecked.
    pub(super) fn keep(&mut self, lent: Option<&[u8]>) -> Result<(), SseErrorKind> {
        let kept = match lent {
            Some(line) => self.block.add_checked(line),
            None => self.block.check(),
        };
        kept.map_err(too_long)
    }

    /// Drops the event being read, with what is still to come of it, because it went over a limit.
    #[cold]
    pub(super) fn skip_event(&mut self, kind: SseErrorKind) -> SseError {
        self.skipping = true;
        self.block.clear();
        self.line.clear();
        let limit = match kind {
            SseErrorKind::LineTooLong => self.line_limit,
            SseErrorKind::EventTooLong => self.block.limit(),
        };
        SseError::new(kind, limit)
    }

    /// Lends an event that is complete.
    #[inline]
    pub(super) fn lend<'a>(&'a self, ready: &Ready<'a>) -> Event<'a> {
        self.block.lend(ready.named, ready.data)
    }

    /// Whether the lines so far have begun an event.
    pub(super) fn is_pending(&self) -> bool {
        self.skipping || !self.block.is_empty()
    }

    /// The last id that a blank line has committed.
    pub(super) fn last_id(&self) -> &str {
        self.block.last_id()
    }

    /// The reconnection time in milliseconds, once it was set.
    pub(super) fn retry(&self) -> Option<u64> {
        self.retry
    }
}

fn too_long(Full: Full) -> SseErrorKind {
    SseErrorKind::EventTooLong
}
