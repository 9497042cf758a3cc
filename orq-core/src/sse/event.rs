//! An event.

/// The type of an event without an `event` field.
const MESSAGE: &str = "message";

/// A server-sent event.
///
/// It borrows its text from the [`Decoder`](super::Decoder); data that are one line within a chunk, from the chunk.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Event<'a> {
    /// The type, from the `event` field; `message` if the field is absent or empty. It contains no line end.
    pub event: &'a str,
    /// The data: the values of the `data` fields, joined by line feeds. It contains no carriage return.
    pub data: &'a str,
    /// The last event id: the id of this event, else of the latest event before it that had one, else empty. It
    /// contains neither a line end nor U+0000.
    pub id: &'a str,
}

impl<'a> Event<'a> {
    pub(super) fn new(event: &'a str, data: &'a str, id: &'a str) -> Self {
        let event = if event.is_empty() { MESSAGE } else { event };
        Self { event, data, id }
    }
}
