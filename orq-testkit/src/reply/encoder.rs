//! From events to the bytes of an event stream.

use std::time::Duration;

use orq_core::sse::Event;

/// Writes events as the bytes of an event stream, which decode to the same events.
///
/// The format treats CR, LF and CRLF alike: in data with carriage returns each line end arrives as one line feed. It
/// can't carry line ends in a type or an id, nor U+0000 in an id: these characters are left out.
///
/// ```
/// use orq_testkit::Encoder;
/// use orq_testkit::orq_core::sse::{Decoder, Event};
///
/// let event = Event { event: "note", data: "two\nlines", id: "7" };
/// let bytes = Encoder::new().event(&event).take();
/// assert_eq!(bytes, b"event: note\nid: 7\ndata: two\ndata: lines\n\n");
/// assert_eq!(Decoder::new().next(&mut &bytes[..])?, Some(event));
/// # Ok::<(), orq_testkit::orq_core::sse::SseError>(())
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
        if !matches!(event.event, "" | "message") {
            self.field("event", &event.event.replace(['\r', '\n'], ""));
        }
        let id = event.id.replace(['\r', '\n', '\0'], "");
        if id != self.last_id {
            self.field("id", &id);
            self.last_id = id;
        }
        self.data(event.data)
    }

    /// Writes an event of type `message` with this text as its data.
    pub fn data(&mut self, text: &str) -> &mut Self {
        for line in normalised(text).split('\n') {
            self.field("data", line);
        }
        self.bytes.push(b'\n');
        self
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
    use super::*;

    #[test]
    fn what_the_format_cannot_carry_is_left_out() {
        let event = Event {
            event: "a\r\nb\0",
            data: "c\rd\r\ne\0",
            id: "\0f\n",
        };
        let bytes = Encoder::new().event(&event).take();
        assert_eq!(
            bytes,
            b"event: ab\0\nid: f\ndata: c\ndata: d\ndata: e\0\n\n"
        );
    }

    #[test]
    fn an_id_is_written_when_it_changes_and_a_type_unless_it_is_message() {
        let mut encoder = Encoder::new();
        for (event, data, id) in [
            ("", "a", "1"),
            ("note", "b\n", "1"),
            ("message", "c", "2"),
            ("", "", ""),
        ] {
            encoder.event(&Event { event, data, id });
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
