//! The decoder and the encoder of event streams, on bodies and chunks at random.

mod sse_events;
mod sse_naive;

use orq_core::sse::Decoder;
use orq_testkit::Encoder;
use orq_testkit::strategy::{Chunking, chunking, sse_transcript};
use proptest::{collection::vec, prelude::*};
use sse_events::{SseEvent, sse_events};
use sse_naive::{Meaning, bounded::Outcome};

fn decode(chunks: Vec<&[u8]>) -> Meaning {
    let (mut decoder, mut events, mut ignored) = (Decoder::new(), Vec::new(), Vec::new());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    for mut chunk in chunks {
        while let Ok(Some(event)) = decoder.next_with(&mut chunk, |line| ignored.push(text(line))) {
            events.push((
                event.event.to_owned(),
                event.data.to_owned(),
                event.id.to_owned(),
            ));
        }
        assert!(chunk.is_empty(), "the default limits are far away");
    }
    Meaning {
        events,
        last_event_id: decoder.last_event_id().to_owned(),
        retry: decoder
            .retry()
            .and_then(|retry| u64::try_from(retry.as_millis()).ok()),
        pending: decoder.pending(),
        ignored,
        unfinished: text(decoder.unfinished()),
    }
}

fn bounded(mut decoder: Decoder, chunks: Vec<&[u8]>) -> Outcome {
    let mut outcome = Outcome::default();
    for mut chunk in chunks {
        loop {
            let ignored = |line: &[u8]| outcome.ignored.push(line.to_vec());
            match decoder.next_with(&mut chunk, ignored) {
                Ok(Some(event)) => outcome.events.push(Ok(event.data.to_owned())),
                Ok(None) => break,
                Err(error) => outcome.events.push(Err(error.kind())),
            }
        }
    }
    outcome.unfinished = decoder.unfinished().to_vec();
    outcome
}

/// The same events, one beside the other, as the encoder writes them.
fn encode(events: &[SseEvent]) -> Vec<u8> {
    let mut encoder = Encoder::new();
    for event in events {
        encoder.event(&event.lend());
    }
    encoder.take()
}

fn owned(chunks: Vec<&[u8]>) -> Vec<SseEvent> {
    let (mut decoder, mut events) = (Decoder::new(), Vec::new());
    for mut chunk in chunks {
        while let Ok(Some(event)) = decoder.next(&mut chunk) {
            events.push(event.into());
        }
    }
    events
}

proptest! {
    #[test]
    fn any_body_in_any_chunks_means_what_the_standard_says(body in sse_transcript(), chunking in chunking()) {
        let meaning = Meaning::of(&body);
        prop_assert_eq!(&decode(chunking.split(&body)), &meaning);
        prop_assert_eq!(&decode(vec![&body]), &meaning);
    }

    #[test]
    fn arbitrary_bytes_do_too(body in vec(any::<u8>(), 0..200), chunking in chunking()) {
        prop_assert_eq!(decode(chunking.split(&body)), Meaning::of(&body));
    }

    #[test]
    fn what_the_encoder_writes_decodes_to_itself(events in sse_events(), chunking in chunking()) {
        let body = encode(&events);
        prop_assert_eq!(owned(chunking.split(&body)), events);
    }

    #[test]
    fn what_was_decoded_survives_the_encoder(body in sse_transcript()) {
        let events = owned(vec![&body]);
        prop_assert_eq!(owned(vec![&encode(&events)]), events);
    }

    #[test]
    fn text_with_any_line_ends_arrives_with_line_feeds(text in "[ab\r\n :]{0,12}", comment in "[ab\r\n :]{0,12}") {
        let body = Encoder::new().comment(&comment).data(&text).take();
        let data = text.replace("\r\n", "\n").replace('\r', "\n");
        let meaning = Meaning::of(&body);
        prop_assert_eq!(&meaning.events, &[("message".to_owned(), data, String::new())]);
        prop_assert_eq!(decode(vec![&body]), meaning);
    }

    #[test]
    fn limits_cost_the_events_that_break_them_and_no_others(
        body in sse_transcript(),
        chunking in chunking(),
        (line, event) in (0_usize..24, 0_usize..24),
    ) {
        let decoder = Decoder::new().max_line(line).max_event(event);
        let outcome = Outcome::of(&body, line, event);
        prop_assert_eq!(&bounded(decoder.clone(), chunking.split(&body)), &outcome);
        prop_assert_eq!(&bounded(decoder, vec![&body]), &outcome);
    }

    #[test]
    fn chunks_joined_are_the_body(body in vec(any::<u8>(), 0..60), chunking in chunking()) {
        let chunking: Chunking = chunking;
        prop_assert_eq!(chunking.split(&body).concat(), body);
    }
}
