//! Writing event streams, for tests and for servers that stand in for the real one.

use std::time::Duration;

use super::event::{Event, MESSAGE};

/// Turns events into bytes that decode to the same events.
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
    /// An encoder at the start of a stream.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes an event. Its id is written if it differs from that of the event before.
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
    /// The format knows CR, LF and CRLF as line ends and keeps none of them apart: in a text with carriage returns
    /// each line end arrives as one line feed. JSON text has none.
    pub fn data(&mut self, text: &str) -> &mut Self {
        match normalised(text) {
            Some(text) => self.lines(&text),
            None => self.lines(text),
        }
    }

    /// Writes a comment, which decoders skip: servers send them to keep a connection alive.
    pub fn comment(&mut self, text: &str) -> &mut Self {
        let normal = normalised(text);
        for line in normal.as_deref().unwrap_or(text).split('\n') {
            self.field("", line);
        }
        self
    }

    /// Writes a reconnection time, cut to whole milliseconds.
    pub fn retry(&mut self, time: Duration) -> &mut Self {
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.field("retry", &millis.to_string());
        self
    }

    /// Takes the bytes written so far. The encoder goes on with the same stream.
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
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.extend_from_slice(b": ");
        self.bytes.extend_from_slice(value.as_bytes());
        self.bytes.push(b'\n');
    }
}

/// The text with its line ends made line feeds, unless they are already.
fn normalised(text: &str) -> Option<String> {
    text.contains('\r')
        .then(|| text.replace("\r\n", "\n").replace('\r', "\n"))
}
