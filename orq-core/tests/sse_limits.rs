//! What goes over a limit is an error, costs one event and no more, and does so wherever the chunks are cut.
#![allow(clippy::unwrap_used)]

use orq_core::sse::{Decoder, SseErrorKind};

/// Data of the events and kinds of the errors, in order.
type Outcome = Vec<Result<String, (SseErrorKind, usize)>>;

fn limits(max_line: usize, max_event: usize) -> Decoder {
    Decoder::new().max_line(max_line).max_event(max_event)
}

fn decode(new: &Decoder, transcript: &[u8]) -> Outcome {
    let read = |size| {
        let (mut decoder, mut outcome) = (new.clone(), Vec::new());
        for mut chunk in transcript.chunks(size) {
            loop {
                match decoder.next(&mut chunk) {
                    Ok(Some(event)) => outcome.push(Ok(event.data.to_owned())),
                    Ok(None) => break,
                    Err(error) => outcome.push(Err((error.kind(), error.limit()))),
                }
            }
        }
        outcome
    };
    let whole = read(transcript.len().max(1));
    for size in 1..transcript.len() {
        assert_eq!(
            read(size),
            whole,
            "{} in {size}s",
            transcript.escape_ascii()
        );
    }
    whole
}

fn ok(data: &str) -> Result<String, (SseErrorKind, usize)> {
    Ok(data.to_owned())
}

const LINE: Result<String, (SseErrorKind, usize)> = Err((SseErrorKind::LineTooLong, 10));
const EVENT: Result<String, (SseErrorKind, usize)> = Err((SseErrorKind::EventTooLong, 12));

#[test]
fn a_line_at_the_limit_passes_and_one_byte_more_does_not() {
    let limits = limits(10, 1000);
    assert_eq!(decode(&limits, b"data: 0123\n\n"), [ok("0123")]);
    assert_eq!(decode(&limits, b"data: 01234\n\n"), [LINE]);
    for line in [
        ": comment..",
        "unknown: ...",
        "abcdefghijklmnop",
        "id: 12345678",
        "event: 1234",
        "retry: 12345",
    ] {
        let transcript = format!("{line}\ndata: a\n\ndata: b\n\n");
        assert_eq!(
            decode(&limits, transcript.as_bytes()),
            [LINE, ok("b")],
            "{line}"
        );
    }
}

#[test]
fn an_event_at_the_limit_passes_and_one_byte_more_does_not() {
    let limits = limits(1000, 12);
    assert_eq!(
        decode(&limits, b"data: 0123456789ab\n\n"),
        [ok("0123456789ab")]
    );
    assert_eq!(
        decode(&limits, b"data: 0123456789abc\n\ndata: x\n\n"),
        [EVENT, ok("x")]
    );
    // The line feed that joins lines counts.
    assert_eq!(
        decode(&limits, b"data: 01234\ndata: 678901\n\n"),
        [ok("01234\n678901")]
    );
    assert_eq!(decode(&limits, b"data: 01234\ndata: 6789012\n\n"), [EVENT]);
    // So do type and id, in either order; a replaced type doesn't.
    assert_eq!(
        decode(&limits, b"event: 0123\nid: 4567\ndata: 8901\n\n"),
        [ok("8901")]
    );
    assert_eq!(
        decode(&limits, b"event: 0123\nid: 4567\ndata: 89012\n\n"),
        [EVENT]
    );
    assert_eq!(
        decode(&limits, b"data: 8901\nid: 4567\nevent: 01234\n\n"),
        [EVENT]
    );
    assert_eq!(
        decode(&limits, b"data: 8901\nevent: 01234567\nevent: x\n\n"),
        [ok("8901")]
    );
    // A replacement character counts as the three bytes that it takes.
    assert_eq!(
        decode(&limits, b"data: \xFF\xFF\xFF\xFF\n\n"),
        [ok("\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}")]
    );
    assert_eq!(decode(&limits, b"data: \xFF\xFF\xFF\xFF!\n\n"), [EVENT]);
}

#[test]
fn buffers_kept_from_a_larger_event_leave_the_limits_as_they_are() {
    let larger = b"data: 0123\ndata: 4567\n\ndata: 01234\n\n";
    assert_eq!(decode(&limits(10, 1000), larger), [ok("0123\n4567"), LINE]);
    let larger = b"data: 0123456789ab\n\nevent: 0123\ndata: 456789abc\n\n";
    assert_eq!(
        decode(&limits(1000, 12), larger),
        [ok("0123456789ab"), EVENT]
    );
}

#[test]
fn the_rest_of_the_event_is_skipped_and_has_no_effect() {
    let (mut decoder, mut outcome) = (limits(10, 12), Vec::new());
    let mut chunk = &b"id: 1\ndata: a\n\nid: 2\nevent: x\ndata: 01234\nid: 3\ndata: 012345\n: 0123456789\n\ndata: b\n\n"[..];
    loop {
        match decoder.next(&mut chunk) {
            Ok(Some(event)) => outcome.push(format!("{} {} {}", event.event, event.data, event.id)),
            Ok(None) => break,
            Err(error) => outcome.push(error.to_string()),
        }
    }
    assert_eq!(
        outcome,
        [
            "message a 1",
            "a line of the event stream is longer than 10 bytes",
            "message b 1"
        ]
    );
    assert_eq!(decoder.last_event_id(), "1");
}

#[test]
fn an_event_that_is_cut_while_it_is_skipped_is_pending() {
    let mut decoder = limits(10, 12);
    let mut chunk = &b"data: 0123456789\n"[..];
    assert!(decoder.next(&mut chunk).is_err());
    assert_eq!(decoder.next(&mut chunk).unwrap(), None);
    assert!(decoder.pending());
    let mut chunk = &b"\n"[..];
    assert_eq!(decoder.next(&mut chunk).unwrap(), None);
    assert!(!decoder.pending());
}

#[test]
fn lines_of_an_event_that_is_skipped_are_not_reported() {
    let (mut decoder, mut ignored) = (limits(10, 12), Vec::new());
    let mut chunk = &b"before\ndata: 01234\nafter\n0123456789a\n\nnext\nunfinished"[..];
    let mut next = |chunk: &mut &[u8]| {
        let event = decoder.next_with(chunk, |line| ignored.push(line.to_vec()));
        event.map(|event| event.is_some()).map_err(|e| e.kind())
    };
    assert_eq!(next(&mut chunk), Err(SseErrorKind::LineTooLong));
    assert_eq!(next(&mut chunk), Ok(false));
    assert_eq!(next(&mut &b"01"[..]), Err(SseErrorKind::LineTooLong));
    assert_eq!(next(&mut &b"more"[..]), Ok(false));
    assert_eq!(decoder.unfinished(), b"");
    assert_eq!(ignored, [&b"before"[..], b"next"]);
}

#[test]
fn an_event_is_measured_at_the_end_of_each_line() {
    let limits = limits(1000, 12);
    for fitting in [
        "data: 0123456789ab\n",
        "data: 01234\ndata: 678901\n",
        "event: 0123\nid: 4567\ndata: 8901\n",
        "data: 8901\nid: 4567\nevent: 0123\n",
    ] {
        assert_eq!(decode(&limits, fitting.as_bytes()), [], "{fitting}");
        let longer = fitting.trim_end().to_owned() + "x\n";
        assert_eq!(decode(&limits, longer.as_bytes()), [EVENT], "{longer}");
    }
}

#[test]
fn a_byte_order_mark_is_not_part_of_the_line() {
    assert_eq!(
        decode(&limits(10, 12), b"\xEF\xBB\xBFdata: 0123\n\n"),
        [ok("0123")]
    );
    assert_eq!(decode(&limits(0, 0), b"\xEF\xBB\xBF\n\n"), []);
}

#[test]
fn a_ten_mebibyte_image_passes_by_default() {
    let image = "A".repeat(10 * 1024 * 1024);
    let transcript = format!("data: {image}\n\n");
    let (mut decoder, mut sizes) = (Decoder::new(), Vec::new());
    for mut chunk in transcript.as_bytes().chunks(16 * 1024) {
        while let Some(event) = decoder.next(&mut chunk).unwrap() {
            sizes.push(event.data.len());
        }
    }
    assert_eq!(sizes, [image.len()]);
}
