//! What the lines of one event have said so far.

use super::{
    event::{Event, MESSAGE},
    text::{Full, Utf8, push},
};

/// The standard's buffers, which a blank line dispatches.
///
/// A buffer counts only while it is set. Dispatching unsets them and leaves the text, because the event
/// that is lent then still points at it; the next line to set a buffer empties it first.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// How much the buffers may hold together, in bytes.
    limit: usize,
    data_set: bool,
    event_set: bool,
    id_set: bool,
    data: String,
    /// What follows `data`: whole lines whose UTF-8 is yet to be checked, because all at once is quicker
    /// than one by one. Empty between calls of the decoder.
    unchecked: Vec<u8>,
    event: String,
    id: String,
    last_id: String,
}

/// From this size on unchecked lines are checked, so that the second copy stays small.
const MANY: usize = 4096;

/// As how many bytes one byte of data counts before its UTF-8 is checked: it may become U+FFFD.
const WIDEST: usize = '\u{FFFD}'.len_utf8();

impl Block {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            data_set: false,
            event_set: false,
            id_set: false,
            data: String::new(),
            unchecked: Vec::new(),
            event: String::new(),
            id: String::new(),
            last_id: String::new(),
        }
    }

    /// How much the buffers may hold together, in bytes.
    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    /// Whether no line has set anything.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        !(self.data_set || self.event_set || self.id_set)
    }

    /// Whether a line has set the data.
    #[inline]
    pub(super) fn has_data(&self) -> bool {
        self.data_set
    }

    /// How many more bytes the buffers may take, whatever becomes of unchecked data.
    #[inline]
    pub(super) fn room(&self) -> usize {
        let data = if self.data_set { self.data.len() } else { 0 };
        self.data_bound()
            .saturating_sub(data + self.unchecked.len().saturating_mul(WIDEST))
    }

    /// How long the data may become beside type and id.
    #[inline]
    fn data_bound(&self) -> usize {
        let event = if self.event_set { self.event.len() } else { 0 };
        let id = if self.id_set { self.id.len() } else { 0 };
        self.limit.saturating_sub(event + id)
    }

    /// Whether there is room for another line, whichever its field, with so many bytes unchecked.
    #[inline]
    pub(super) fn has_room(&self, unchecked: usize) -> bool {
        unchecked.saturating_add(1).saturating_mul(WIDEST) <= self.room()
    }

    /// Adds a whole line of data, for which there is room.
    pub(super) fn add_line(&mut self, value: &[u8]) -> Result<(), Full> {
        if value.len() > MANY {
            return self.add_checked(value);
        }
        if self.data_set {
            self.unchecked.push(b'\n');
        } else {
            self.data.clear();
            self.data_set = true;
        }
        self.unchecked.extend_from_slice(value);
        if self.unchecked.len() > MANY {
            self.check()
        } else {
            Ok(())
        }
    }

    /// Adds a whole line of data, for which there is room, and checks it at once.
    pub(super) fn add_checked(&mut self, value: &[u8]) -> Result<(), Full> {
        self.check()?;
        self.start_data()?;
        let bound = self.data_bound();
        decode(value, &mut self.data, bound)
    }

    /// Checks the lines that are unchecked.
    pub(super) fn check(&mut self) -> Result<(), Full> {
        if self.unchecked.is_empty() {
            return Ok(());
        }
        let bound = self.data_bound();
        decode(&self.unchecked, &mut self.data, bound)?;
        self.unchecked.clear();
        Ok(())
    }

    /// Starts a line of data that comes in pieces.
    pub(super) fn start_data(&mut self) -> Result<(), Full> {
        if self.data_set {
            let bound = self.data_bound();
            return push(&mut self.data, "\n", bound);
        }
        self.data.clear();
        self.data_set = true;
        Ok(())
    }

    /// The data buffer and the length it may take, in the middle of a line of data.
    pub(super) fn data(&mut self) -> (&mut String, usize) {
        let bound = self.data_bound();
        (&mut self.data, bound)
    }

    /// Appends an ASCII byte in the middle of a line of data, unless the buffer had to grow for it.
    #[inline]
    pub(super) fn push_byte(&mut self, byte: u8) -> bool {
        let fits = self.data.len() < self.data.capacity().min(self.data_bound());
        if fits {
            self.data.push(char::from(byte));
        }
        fits
    }

    /// Starts the event type, which replaces the one before.
    pub(super) fn start_event(&mut self) {
        self.event.clear();
        self.event_set = true;
    }

    /// The event type's buffer and the length it may take.
    pub(super) fn event(&mut self) -> (&mut String, usize) {
        let bound = self.event.len().saturating_add(self.room());
        (&mut self.event, bound)
    }

    /// Sets the event type, for which there is room.
    pub(super) fn set_event(&mut self, text: &str) -> Result<(), Full> {
        self.start_event();
        push(&mut self.event, text, self.limit)
    }

    /// Sets the id, for which there is room.
    pub(super) fn set_id(&mut self, text: &str) -> Result<(), Full> {
        self.id.clear();
        self.id_set = true;
        push(&mut self.id, text, self.limit)
    }

    /// Sets the id, and leaves the text of the former in `id`.
    pub(super) fn swap_id(&mut self, id: &mut String) {
        std::mem::swap(&mut self.id, id);
        self.id_set = true;
    }

    /// A blank line: commits the id and unsets the rest. With data, here or `lent`, an event is complete, and the
    /// answer says whether it has a type of its own.
    #[inline]
    pub(super) fn dispatch(&mut self, lent: bool) -> Option<bool> {
        if self.id_set {
            std::mem::swap(&mut self.last_id, &mut self.id);
            self.id_set = false;
        }
        let named = std::mem::take(&mut self.event_set) && !self.event.is_empty();
        (std::mem::take(&mut self.data_set) || lent).then_some(named)
    }

    /// Unsets everything, the id too.
    pub(super) fn clear(&mut self) {
        self.data_set = false;
        self.event_set = false;
        self.id_set = false;
        self.unchecked.clear();
    }

    /// Lends the event that was dispatched.
    #[inline]
    pub(super) fn lend<'a>(&'a self, named: bool, data: Option<&'a str>) -> Event<'a> {
        let event = if named { &self.event } else { MESSAGE };
        Event::lent(event, data.unwrap_or(&self.data), &self.last_id)
    }

    /// The last id that a blank line has committed.
    pub(super) fn last_id(&self) -> &str {
        &self.last_id
    }
}

/// Decodes what is whole onto the end of `text`.
fn decode(bytes: &[u8], text: &mut String, bound: usize) -> Result<(), Full> {
    let mut utf8 = Utf8::default();
    utf8.decode(bytes, text, bound)?;
    utf8.finish(text, bound)
}
