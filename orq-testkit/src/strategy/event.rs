//! Whole events.

use orq_core::sse::Event;
use proptest::{collection::vec, prelude::*};

use super::text::text_without;

/// An [`Event`] that owns its text, to be kept and compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SseEvent {
    /// The event's type, never empty.
    pub event: String,
    /// Its data.
    pub data: String,
    /// The last event id at this event.
    pub id: String,
}

impl SseEvent {
    /// The event as the encoder takes it.
    pub fn lend(&self) -> Event<'_> {
        Event {
            event: &self.event,
            data: &self.data,
            id: &self.id,
        }
    }
}

impl From<Event<'_>> for SseEvent {
    fn from(event: Event<'_>) -> Self {
        Self {
            event: event.event.to_owned(),
            data: event.data.to_owned(),
            id: event.id.to_owned(),
        }
    }
}

/// Up to eight events of one stream: any text that the format can carry, with a liking for what is easily got wrong
/// (blanks at the edges, empty lines, colons, byte order marks, U+0000, characters of each length).
pub fn sse_events() -> impl Strategy<Value = Vec<SseEvent>> {
    let event = prop_oneof![
        3 => Just("message".to_owned()),
        2 => text_without("\n\r").prop_map(|event| if event.is_empty() { "message".to_owned() } else { event }),
    ];
    let id = prop_oneof![3 => Just(None), 2 => text_without("\n\r\0").prop_map(Some)];
    vec((event, text_without("\r"), id), 0..8).prop_map(|events| {
        let mut last = String::new();
        let persist = |(event, data, id): (_, _, Option<String>)| {
            last = id.unwrap_or_else(|| last.clone());
            SseEvent {
                event,
                data,
                id: last.clone(),
            }
        };
        events.into_iter().map(persist).collect()
    })
}
