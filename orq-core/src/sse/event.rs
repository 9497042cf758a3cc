//! One event, lent or made.

use std::{error::Error as StdError, fmt};

/// The type of an event that names none.
pub(super) const MESSAGE: &str = "message";

/// One server-sent event.
///
/// It borrows its text, as a rule straight from the chunk that it came in. What a [`Decoder`](super::Decoder)
/// gives and what the constructors let pass can always be written by an [`Encoder`](super::Encoder): no carriage
/// return in the data, no line end in the type, neither line end nor U+0000 in the id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Event<'a> {
    event: &'a str,
    data: &'a str,
    id: &'a str,
}

impl<'a> Event<'a> {
    /// An event of type `message` without an id.
    ///
    /// # Errors
    /// If `data` holds a carriage return, which is a line end on the wire and would arrive as a line feed.
    pub fn new(data: &'a str) -> Result<Self, InvalidEvent> {
        if data.contains('\r') {
            return Err(InvalidEvent("data"));
        }
        Ok(Self::lent(MESSAGE, data, ""))
    }

    /// The same event with this type; an empty one means `message`.
    ///
    /// # Errors
    /// If it holds a carriage return or a line feed.
    pub fn with_event(mut self, event: &'a str) -> Result<Self, InvalidEvent> {
        if event.contains(['\r', '\n']) {
            return Err(InvalidEvent("event"));
        }
        self.event = if event.is_empty() { MESSAGE } else { event };
        Ok(self)
    }

    /// The same event with this id; an empty one clears the id of the events before it.
    ///
    /// # Errors
    /// If it holds a carriage return, a line feed or U+0000.
    pub fn with_id(mut self, id: &'a str) -> Result<Self, InvalidEvent> {
        if id.contains(['\r', '\n', '\0']) {
            return Err(InvalidEvent("id"));
        }
        self.id = id;
        Ok(self)
    }

    pub(super) fn lent(event: &'a str, data: &'a str, id: &'a str) -> Self {
        Self { event, data, id }
    }

    /// The event's type, from its `event` field: `message` if it has none or an empty one.
    pub fn event(&self) -> &'a str {
        self.event
    }

    /// The event's data: the values of its `data` fields, joined by line feeds.
    pub fn data(&self) -> &'a str {
        self.data
    }

    /// The last event id at this event: its own, else that of the nearest event before it, else empty.
    pub fn id(&self) -> &'a str {
        self.id
    }
}

/// Text that the format can't carry in the field it was meant for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidEvent(&'static str);

impl InvalidEvent {
    /// The field: `data`, `event` or `id`.
    pub fn field(&self) -> &'static str {
        self.0
    }
}

impl fmt::Display for InvalidEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the event stream format can't carry this text as {}",
            self.0
        )
    }
}

impl StdError for InvalidEvent {}

#[cfg(test)]
mod tests {
    use super::Event;

    #[test]
    fn text_that_would_arrive_otherwise_is_refused() {
        let event = Event::new("two\nlines\0").unwrap();
        assert_eq!(Event::new("a\rb").unwrap_err().field(), "data");
        for text in ["\r", "\n"] {
            assert_eq!(event.clone().with_event(text).unwrap_err().field(), "event");
        }
        for text in ["\r", "\n", "\0"] {
            assert_eq!(event.clone().with_id(text).unwrap_err().field(), "id");
        }
        assert_eq!(event.clone().with_event("").unwrap(), event);
        assert_eq!(event.with_event("x\0").unwrap().event(), "x\0");
    }
}
