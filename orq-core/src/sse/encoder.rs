//! The encoder: from events to the bytes of an event stream.

use std::time::Duration;

use super::event::{Event, MESSAGE};

/// Writes events as bytes that decode to the same events, for tests and for test doubles of servers.
///
/// ```
/// use orq_core::sse::{Decoder, Encoder, Event};
///
/// let event = Event::new("two\nlines")?.with_event("note")?.with_id("7")?;
/// let mut encoder = Encoder::new();
/// encoder.event(&event);
/// let bytes = encoder.take();
/// assert_eq!(bytes, b"event: note\nid: 7\ndata: two\ndata: lines\n\n");
/// assert_eq!(Decoder::new().next(&mut &bytes[..])?, Some(event));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Encoder {
    bytes: Vec<u8>,
    last_id: String,
}

impl Encoder {
    /// Creates an encoder at the start of a stream.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes an event. Its id is written only if it differs from the id of the event before.
    pub fn event(&mut self, event: &Event<'_>) -> &mut Self {
        if event.event() != MESSAGE {
            self.field("event", event.event());
        }
        if event.id() != self.last_id {
            self.field("id", event.id());
            event.id().clone_into(&mut self.last_id);
        }
        self.lines(event.data())
    }

    /// Writes an event of type `message` with this text as its data.
    ///
    /// The format treats CR, LF and CRLF alike: in a text with carriage returns each line end arrives as one line
    /// feed. JSON text contains none of them.
    pub fn data(&mut self, text: &str) -> &mut Self {
        self.lines(&normalised(text))
    }

    /// Writes a comment, which decoders skip. Servers send comments to keep a connection alive.
    pub fn comment(&mut self, text: &str) -> &mut Self {
        for line in normalised(text).split('\n') {
            self.field("", line);
        }
        self
    }

    /// Writes a reconnection time, rounded down to whole milliseconds.
    pub fn retry(&mut self, time: Duration) -> &mut Self {
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.field("retry", &millis.to_string());
        self
    }

    /// Returns the bytes written since the last call. The encoder continues the same stream.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    fn lines(&mut self, data: &str) -> &mut Self {
        for line in data.split('\n') {
            self.field("data", line);
        }
        self.bytes.push(b'\n');
        self
    }

    fn field(&mut self, name: &str, value: &str) {
        for piece in [name, ": ", value, "\n"] {
            self.bytes.extend_from_slice(piece.as_bytes());
        }
    }
}

/// Returns the text with every line end replaced by a line feed.
fn normalised(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Encoder, Event};

    #[test]
    fn an_id_is_written_when_it_changes_and_a_type_unless_it_is_message() {
        let mut encoder = Encoder::new();
        for (event, data, id) in [
            ("", "a", "1"),
            ("note", "b\n", "1"),
            ("message", "c", "2"),
            ("", "", ""),
        ] {
            let event = Event::new(data).unwrap().with_event(event).unwrap();
            encoder.event(&event.with_id(id).unwrap());
        }
        assert_eq!(
            encoder.take().escape_ascii().to_string(),
            "id: 1\\ndata: a\\n\\nevent: note\\ndata: b\\ndata: \\n\\nid: 2\\ndata: c\\n\\nid: \\ndata: \\n\\n"
        );
    }

    #[test]
    fn what_is_written_is_taken_once() {
        let mut encoder = Encoder::new();
        encoder.comment("a\r\nb").retry(Duration::from_micros(1999));
        assert_eq!(encoder.take(), b": a\n: b\nretry: 1\n");
        encoder.retry(Duration::MAX).data("c\rd");
        assert_eq!(
            encoder.take(),
            b"retry: 18446744073709551615\ndata: c\ndata: d\n\n"
        );
        assert_eq!(encoder.take(), b"");
    }
}
