//! The event that is being decoded, without its data.

use super::{
    buffer::Buffer,
    error::SseErrorKind,
    field::{decode, milliseconds, split},
};

/// The state of the event that is being decoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Stage {
    /// No line has set a field.
    #[default]
    Empty,
    /// A line has set the data, the type or the id.
    Filling,
    /// The event has ended. The caller may borrow its text, which is kept until the next call.
    Ended,
    /// The event exceeded a limit, and its remaining lines are skipped.
    Skipping,
}

/// The fields of the event so far, except for the data, and the fields that persist after an event.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    pub(super) stage: Stage,
    /// The type, empty if it is not set.
    pub(super) event: String,
    /// The id, empty if it is not set.
    id: String,
    id_set: bool,
    /// The id of the last event that had one.
    pub(super) last_id: String,
    /// The reconnection time in milliseconds.
    pub(super) retry: Option<u64>,
}

impl Block {
    /// Processes a complete line that is not blank. If the field is `data`, returns its value, which the caller stores.
    ///
    /// The length of the data so far is `lent`, or else that of the data in the buffer. Data are measured as received,
    /// which is never more than as decoded.
    #[inline]
    pub(super) fn read<'a>(
        &mut self,
        line: &'a [u8],
        lent: Option<usize>,
        buffer: &Buffer,
        ignored: &mut dyn FnMut(&[u8]),
    ) -> Result<Option<&'a [u8]>, SseErrorKind> {
        if self.stage == Stage::Skipping {
            return Ok(None);
        }
        if line.len() > buffer.max_line {
            return Err(SseErrorKind::LineTooLong);
        }
        let data = lent.or(buffer.data().map(<[u8]>::len));
        let rest = buffer.max_event.saturating_sub(data.unwrap_or_default());
        let (name, value) = split(line);
        match name {
            b"data" => {
                let joined = value.len() + usize::from(data.is_some());
                if joined > self.room(rest) {
                    return Err(SseErrorKind::EventTooLong);
                }
                self.stage = Stage::Filling;
                return Ok(Some(value));
            }
            b"event" => {
                replace(&mut self.event, value, rest.saturating_sub(self.id.len()))?;
                self.stage = Stage::Filling;
            }
            b"id" if !value.contains(&0) => {
                replace(&mut self.id, value, rest.saturating_sub(self.event.len()))?;
                self.id_set = true;
                self.stage = Stage::Filling;
            }
            b"retry" => self.retry = milliseconds(value).or(self.retry),
            b"" | b"id" => {}
            _ => ignored(line),
        }
        Ok(None)
    }

    /// Returns `rest` minus the length of type and id.
    pub(super) fn room(&self, rest: usize) -> usize {
        rest.saturating_sub(self.event.len() + self.id.len())
    }

    /// Ends the event. Its id, if set, becomes the last event id.
    pub(super) fn end(&mut self) {
        if self.id_set {
            std::mem::swap(&mut self.last_id, &mut self.id);
        }
        self.stage = Stage::Ended;
    }

    /// Clears the type and the id of the event, and sets the stage.
    pub(super) fn clear(&mut self, stage: Stage) {
        self.event.clear();
        self.id.clear();
        self.id_set = false;
        self.stage = stage;
    }
}

/// Replaces the text, and allocates no more than it needs.
fn replace(text: &mut String, value: &[u8], room: usize) -> Result<(), SseErrorKind> {
    let decoded = decode(value, room).ok_or(SseErrorKind::EventTooLong)?;
    text.clear();
    text.reserve_exact(decoded.len());
    text.push_str(&decoded);
    Ok(())
}
