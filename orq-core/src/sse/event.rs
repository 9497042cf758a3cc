//! One event, which borrows its text.

/// The type of an event that names none.
const MESSAGE: &str = "message";

/// One server-sent event.
///
/// It borrows its text, in most cases directly from the chunk that it came in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Event<'a> {
    /// The type, from the `event` field: `message` if there is none or an empty one. It contains no line end.
    pub event: &'a str,
    /// The data: the values of the `data` fields, joined by line feeds. They contain no carriage return.
    pub data: &'a str,
    /// The last event id at this event: its own, else that of the nearest event before it that had one, else empty. It
    /// contains neither a line end nor U+0000.
    pub id: &'a str,
}

impl<'a> Event<'a> {
    pub(super) fn new(event: &'a str, data: &'a str, id: &'a str) -> Self {
        let event = if event.is_empty() { MESSAGE } else { event };
        Self { event, data, id }
    }
}
