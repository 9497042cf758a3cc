//! What the decoder takes from the allocator.

#![allow(clippy::unwrap_used)]

#[path = "../benches/sse_peers/alloc.rs"]
mod alloc;

use orq_core::sse::Decoder;

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
fn large_events_one_after_the_other_use_the_same_buffer() {
    let event = format!(": comment\ndata: {}\ndata: x\n\n", "x".repeat(4 * MIB));
    let events = event.repeat(3);
    let (seen, counts) = alloc::count(|| feed(&mut Decoder::new(), events.as_bytes().chunks(READ)));
    assert_eq!(seen, (3, 0));
    assert!(counts.peak <= 4 * MIB * 21 / 10, "{counts:?}");
}

#[test]
fn ill_formed_data_are_held_twice_and_only_while_they_are_lent() {
    let event = [b"data: ", &b"x".repeat(4 * MIB)[..], b"\xFF\n\n"].concat();
    let mut decoder = Decoder::new();
    let (seen, counts) = alloc::count(|| feed(&mut decoder, [&event[..]].into_iter()));
    assert_eq!(seen, (1, 0));
    assert!(counts.peak <= 4 * MIB + 64, "{counts:?}");
    let (seen, counts) = alloc::count(|| feed(&mut Decoder::new(), event.chunks(READ)));
    assert_eq!(seen, (1, 0));
    assert!(counts.peak <= 4 * MIB * 31 / 10, "{counts:?}");
    let mut decoder = Decoder::new().max_event(4 * MIB);
    let (seen, counts) = alloc::count(|| feed(&mut decoder, event.chunks(READ)));
    assert_eq!(seen, (0, 1));
    assert!(counts.peak <= 4 * MIB * 21 / 10, "{counts:?}");
}

#[test]
fn what_never_ends_stays_within_the_limit() {
    let limit = Decoder::DEFAULT_MAX_LINE;
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
            // Beside the longest line, what the lines before it have set.
            let most = limit + start.len();
            assert!(counts.peak <= most, "{} {counts:?}", start.escape_ascii());
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
    let lines = "data: 0123456789\n".repeat(4 * MIB / 17);
    for size in [1000, READ, lines.len()] {
        let mut decoder = Decoder::new().max_event(MIB);
        let (seen, counts) = alloc::count(|| feed(&mut decoder, lines.as_bytes().chunks(size)));
        assert_eq!(seen, (0, 1));
        // Beside the data, the line that hasn't ended.
        assert!(counts.peak <= MIB + 64, "{counts:?}");
    }
}
