//! What the decoder takes from the allocator.

#![allow(clippy::unwrap_used)]

#[path = "../benches/sse_peers/alloc.rs"]
mod alloc;

use orq_core::{Limits, sse::Decoder};

const MIB: usize = 1024 * 1024;
const READ: usize = 16 * 1024;

/// Feeds the chunks and gives the number of events and of errors.
fn feed<'a>(decoder: &mut Decoder, chunks: impl Iterator<Item = &'a [u8]>) -> (usize, usize) {
    let (mut events, mut errors) = (0, 0);
    for mut chunk in chunks {
        loop {
            match decoder.next(&mut chunk) {
                Ok(Some(_)) => events += 1,
                Ok(None) => break,
                Err(_) => errors += 1,
            }
        }
    }
    (events, errors)
}

#[test]
fn events_that_lie_in_one_chunk_cost_no_allocation() {
    let event = "data: {\"choices\":[{\"index\":0,\"message\":{\"content\":\" Zürich\"}}]}\n\n";
    let typed = "event: note\r\ndata: x\r\n\r\n";
    let mut decoder = Decoder::new();
    // The type is copied: its buffer is made once.
    feed(&mut decoder, [typed.as_bytes()].into_iter());
    let chunks = [event, typed, event, ": comment\n\n"].repeat(1000);
    let (seen, counts) =
        alloc::count(|| feed(&mut decoder, chunks.iter().map(|chunk| chunk.as_bytes())));
    assert_eq!(seen, (3000, 0));
    assert_eq!(counts.allocations, 0);
}

#[test]
fn a_large_event_is_held_once_in_a_buffer_that_doubles() {
    let event = format!("data: {}\n\n", "x".repeat(4 * MIB));
    let (seen, counts) = alloc::count(|| feed(&mut Decoder::new(), event.as_bytes().chunks(READ)));
    assert_eq!(seen, (1, 0));
    assert!(counts.peak <= 4 * MIB * 21 / 10, "{counts:?}");
    let (seen, counts) = alloc::count(|| feed(&mut Decoder::new(), [event.as_bytes()].into_iter()));
    assert_eq!((seen, counts.peak), ((1, 0), 0));
}

#[test]
fn what_never_ends_stays_within_the_limit() {
    let limit = Limits::default().event;
    for (start, endless) in [
        (&b"data: "[..], b'x'),
        (b"data: ", b'\xFF'),
        (b"data: first\ndata: ", b'x'),
        (b": ", b'x'),
        (b"", b'x'),
        (b"unknown: ", b'x'),
        (b"id: ", b'x'),
        (b"id: 1\nid: ", b'x'),
        (b"event: ", b'x'),
        (b"retry: ", b'1'),
    ] {
        let endless = vec![endless; 64 * MIB];
        for size in [READ, endless.len()] {
            let mut decoder = Decoder::new();
            let chunks = [start].into_iter().chain(endless.chunks(size));
            let (seen, counts) = alloc::count(|| feed(&mut decoder, chunks));
            assert_eq!(seen, (0, 1), "{}", start.escape_ascii());
            assert!(counts.peak <= limit, "{} {counts:?}", start.escape_ascii());
            assert!(decoder.pending());
            assert_eq!(
                feed(&mut decoder, [&b"\n\ndata: next\n\n"[..]].into_iter()),
                (1, 0)
            );
        }
    }
}

#[test]
fn lines_of_data_without_end_stay_within_the_limit() {
    let mut limits = Limits::default();
    limits.event = MIB;
    let lines = "data: 0123456789\n".repeat(4 * MIB / 17);
    for size in [1000, READ, lines.len()] {
        let mut decoder = Decoder::with_limits(&limits);
        let (seen, counts) = alloc::count(|| feed(&mut decoder, lines.as_bytes().chunks(size)));
        assert_eq!(seen, (0, 1));
        // Beside the data, a few lines whose UTF-8 isn't checked yet.
        assert!(counts.peak <= limits.event + READ, "{counts:?}");
    }
}
