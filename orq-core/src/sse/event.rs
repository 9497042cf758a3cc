//! One event, which borrows its text.

use super::error::InvalidEvent;

/// The type of an event that names none.
pub(super) const MESSAGE: &str = "message";

/// One server-sent event.
///
/// It borrows its text, in most cases directly from the chunk that it came in. Every event that a
/// [`Decoder`](super::Decoder) returns or the constructors accept can be written by an
/// [`Encoder`](super::Encoder): there is no carriage return in the data, no line end in the type, and neither a line
/// end nor U+0000 in the id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Event<'a> {
    event: &'a str,
    data: &'a str,
    id: &'a str,
}

impl<'a> Event<'a> {
    /// Creates an event of type `message` without an id.
    ///
    /// # Errors
    /// If `data` contains a carriage return, which is a line end in the format and would arrive as a line feed.
    pub fn new(data: &'a str) -> Result<Self, InvalidEvent> {
        if data.contains('\r') {
            return Err(InvalidEvent("data"));
        }
        Ok(Self::lent(MESSAGE, data, ""))
    }

    /// Sets the type. An empty type means `message`.
    ///
    /// # Errors
    /// If the type contains a carriage return or a line feed.
    pub fn with_event(self, event: &'a str) -> Result<Self, InvalidEvent> {
        if event.contains(['\r', '\n']) {
            return Err(InvalidEvent("event"));
        }
        Ok(Self::lent(event, self.data, self.id))
    }

    /// Sets the id. An empty id clears the id of the events before it.
    ///
    /// # Errors
    /// If the id contains a carriage return, a line feed or U+0000.
    pub fn with_id(self, id: &'a str) -> Result<Self, InvalidEvent> {
        if id.contains(['\r', '\n', '\0']) {
            return Err(InvalidEvent("id"));
        }
        Ok(Self { id, ..self })
    }

    /// Creates an event from text that is known to be valid. An empty type means `message`.
    pub(super) fn lent(event: &'a str, data: &'a str, id: &'a str) -> Self {
        let event = if event.is_empty() { MESSAGE } else { event };
        Self { event, data, id }
    }

    /// Returns the event's type, the value of its last `event` field: `message` if that is missing or empty.
    pub fn event(&self) -> &'a str {
        self.event
    }

    /// Returns the event's data, the values of its `data` fields joined by line feeds.
    pub fn data(&self) -> &'a str {
        self.data
    }

    /// Returns the last event id at this event: its own id, otherwise that of the nearest event before it that had
    /// one, otherwise an empty string.
    pub fn id(&self) -> &'a str {
        self.id
    }
}

#[cfg(test)]
mod tests {
    use super::Event;

    #[test]
    fn text_that_would_arrive_otherwise_is_refused_and_all_other_is_kept() {
        let event = Event::new("two\nlines\0").unwrap();
        assert_eq!(Event::new("a\rb").unwrap_err().field(), "data");
        for text in ["\r", "\n"] {
            assert_eq!(event.clone().with_event(text).unwrap_err().field(), "event");
        }
        for text in ["\r", "\n", "\0"] {
            assert_eq!(event.clone().with_id(text).unwrap_err().field(), "id");
        }
        assert_eq!(event.clone().with_event("").unwrap(), event);
        let event = event.with_event("x\0").unwrap().with_id("1").unwrap();
        let parts = (event.event(), event.data(), event.id());
        assert_eq!(parts, ("x\0", "two\nlines\0", "1"));
    }
}
