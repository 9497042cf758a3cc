//! The event stream decoder against transcriptions of the standards, on bodies and chunks that libFuzzer makes up.
#![no_main]

#[path = "../../../orq-testkit/tests/sse_naive/mod.rs"]
mod sse_naive;

use libfuzzer_sys::fuzz_target;
use orq_core::sse::Decoder;
use sse_naive::{Meaning, bounded::Outcome};

fuzz_target!(|input: (u64, u8, u8, &[u8])| {
    let (cuts, line_limit, event_limit, body) = input;
    let chunks = cut(body, cuts);
    assert_eq!(decode(&chunks), Meaning::of(body));
    assert_eq!(decode(&[body]), Meaning::of(body));

    let (line, event) = (usize::from(line_limit), usize::from(event_limit));
    let decoder = Decoder::new().max_line(line).max_event(event);
    let outcome = Outcome::of(body, line, event);
    assert_eq!(decode_bounded(decoder.clone(), &chunks), outcome);
    assert_eq!(decode_bounded(decoder, &[body]), outcome);
});

/// Cuts the body at places that depend on `seed`; some chunks are empty.
fn cut(mut body: &[u8], mut seed: u64) -> Vec<&[u8]> {
    let longest = seed % 61 + 1;
    let mut chunks = Vec::new();
    while !body.is_empty() {
        // The constants of Knuth's linear congruential generator.
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let length = (seed >> 33) % (longest + 1);
        let (chunk, rest) = body.split_at(body.len().min(length as usize));
        chunks.push(chunk);
        body = rest;
    }
    chunks
}

fn decode(chunks: &[&[u8]]) -> Meaning {
    let (mut decoder, mut events, mut ignored) = (Decoder::new(), Vec::new(), Vec::new());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    for mut chunk in chunks.iter().copied() {
        while let Some(event) = decoder
            .next_with(&mut chunk, |line| ignored.push(text(line)))
            .expect("the default limits are far away")
        {
            events.push((
                event.event.to_owned(),
                event.data.to_owned(),
                event.id.to_owned(),
            ));
        }
        assert!(chunk.is_empty());
    }
    Meaning {
        events,
        last_event_id: decoder.last_event_id().to_owned(),
        retry: decoder.retry().map(|retry| retry.as_millis() as u64),
        pending: decoder.pending(),
        ignored,
        unfinished: text(decoder.unfinished()),
    }
}

fn decode_bounded(mut decoder: Decoder, chunks: &[&[u8]]) -> Outcome {
    let mut outcome = Outcome::default();
    for mut chunk in chunks.iter().copied() {
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
