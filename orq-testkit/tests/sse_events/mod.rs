//! Whole events.

use orq_core::sse::Event;
use proptest::{collection::vec, prelude::*};

/// An [`Event`] that owns its text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SseEvent {
    event: String,
    data: String,
    id: String,
}

impl SseEvent {
    /// Returns the event as the encoder takes it.
    pub(crate) fn lend(&self) -> Event<'_> {
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

/// Up to eight events of one stream, of any text that the format can carry.
pub(crate) fn sse_events() -> impl Strategy<Value = Vec<SseEvent>> {
    let event = prop_oneof![
        3 => Just("message".to_owned()),
        2 => "[a-c :\0\t\"{\u{FEFF}\u{85}\u{2028}é€😀]{1,12}",
    ];
    let data = "[a-c :\n\0\t\"{\u{FEFF}\u{85}\u{2028}é€😀]{0,24}";
    let id = proptest::option::of("[a-c :\t\"{\u{FEFF}\u{85}\u{2028}é€😀]{0,12}");
    vec((event, data, id), 0..8).prop_map(|events| {
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
