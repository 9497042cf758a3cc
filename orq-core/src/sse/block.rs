//! What the lines of one event have said so far.

use super::{
    event::Event,
    text::{Full, push},
};

/// The standard's three buffers, which a blank line dispatches.
///
/// A buffer counts only while its flag is set. Dispatching drops the flags and leaves the text, because the event
/// that was just lent still points at it; the next line to set a buffer empties it first.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// How much the buffers may hold together, in bytes.
    limit: usize,
    data: String,
    has_data: bool,
    event: String,
    has_event: bool,
    id: String,
    has_id: bool,
    last_id: String,
}

/// An event is complete.
pub(super) struct Ready {
    /// Whether the event buffer names its type.
    named: bool,
}

impl Block {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            data: String::new(),
            has_data: false,
            event: String::new(),
            has_event: false,
            id: String::new(),
            has_id: false,
            last_id: String::new(),
        }
    }

    /// Whether no line has set anything.
    pub(super) fn is_empty(&self) -> bool {
        !(self.has_data || self.has_event || self.has_id)
    }

    /// How many more bytes the buffers may take.
    pub(super) fn room(&self) -> usize {
        let held = [
            (self.has_data, &self.data),
            (self.has_event, &self.event),
            (self.has_id, &self.id),
        ];
        let held = held
            .iter()
            .filter(|(set, _)| *set)
            .map(|(_, text)| text.len());
        self.limit.saturating_sub(held.sum())
    }

    /// Starts another line of data and gives the buffer to append to.
    pub(super) fn start_data(&mut self) -> Result<&mut String, Full> {
        if self.has_data {
            let bound = self.data.len().saturating_add(self.room());
            push(&mut self.data, "\n", bound)?;
        } else {
            self.data.clear();
            self.has_data = true;
        }
        Ok(&mut self.data)
    }

    /// The data buffer and its room, in the middle of a line of data.
    pub(super) fn data(&mut self) -> (&mut String, usize) {
        let room = self.room();
        (&mut self.data, room)
    }

    /// Whether a line has set the data.
    pub(super) fn has_data(&self) -> bool {
        self.has_data
    }

    /// Starts the event type, which replaces the one before.
    pub(super) fn start_event(&mut self) {
        self.event.clear();
        self.has_event = true;
    }

    /// The event type's buffer and its room.
    pub(super) fn event(&mut self) -> (&mut String, usize) {
        let room = self.room();
        (&mut self.event, room)
    }

    /// Sets the id, and leaves the former text in `id`.
    pub(super) fn set_id(&mut self, id: &mut String) {
        std::mem::swap(&mut self.id, id);
        self.has_id = true;
    }

    /// A blank line: commits the id, empties the buffers and says whether there is an event to lend. It has data
    /// in its buffer or, if `lent`, elsewhere.
    pub(super) fn dispatch(&mut self, lent: bool) -> Option<Ready> {
        if self.has_id {
            std::mem::swap(&mut self.last_id, &mut self.id);
            self.has_id = false;
        }
        let named = std::mem::take(&mut self.has_event) && !self.event.is_empty();
        (std::mem::take(&mut self.has_data) || lent).then_some(Ready { named })
    }

    /// Drops what the lines so far have set, the id too.
    pub(super) fn clear(&mut self) {
        self.has_data = false;
        self.has_event = false;
        self.has_id = false;
    }

    /// Lends the event that [`dispatch`](Self::dispatch) found.
    pub(super) fn lend<'a>(&'a self, ready: &Ready, data: Option<&'a str>) -> Event<'a> {
        let event = if ready.named {
            &self.event
        } else {
            super::event::MESSAGE
        };
        Event::lent(event, data.unwrap_or(&self.data), &self.last_id)
    }

    /// The last id that a blank line has committed.
    pub(super) fn last_id(&self) -> &str {
        &self.last_id
    }
}
