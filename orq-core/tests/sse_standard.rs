//! The decoder against the letter of the HTML standard, one rule a test.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use orq_core::sse::Decoder;

/// Type, data and id of each event, and the decoder afterwards. Every transcript is read whole, in single bytes, and
/// cut in two at every place; all must agree.
fn decode(transcript: impl AsRef<[u8]>) -> (Vec<(String, String, String)>, Decoder) {
    let bytes = transcript.as_ref();
    let whole = read([bytes]);
    let mut others: Vec<_> = (0..bytes.len())
        .map(|at| read([&bytes[..at], &bytes[at..]]))
        .collect();
    others.push(read(bytes.chunks(1)));
    for other in others {
        assert_eq!(other.0, whole.0, "{}", bytes.escape_ascii());
        assert_eq!(other.1.last_event_id(), whole.1.last_event_id());
        assert_eq!(other.1.retry(), whole.1.retry());
        assert_eq!(other.1.pending(), whole.1.pending());
    }
    whole
}

fn read<'a>(
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<(String, String, String)>, Decoder) {
    let (mut decoder, mut events) = (Decoder::new(), Vec::new());
    for mut chunk in chunks {
        while let Some(event) = decoder.next(&mut chunk).unwrap() {
            events.push((
                event.event.to_owned(),
                event.data.to_owned(),
                event.id.to_owned(),
            ));
        }
        assert!(chunk.is_empty());
    }
    (events, decoder)
}

fn data(transcript: impl AsRef<[u8]>) -> Vec<String> {
    decode(transcript)
        .0
        .into_iter()
        .map(|(_, data, _)| data)
        .collect()
}

fn types(transcript: &str) -> Vec<String> {
    decode(transcript)
        .0
        .into_iter()
        .map(|(event, _, _)| event)
        .collect()
}

fn ids(transcript: &str) -> Vec<String> {
    decode(transcript)
        .0
        .into_iter()
        .map(|(_, _, id)| id)
        .collect()
}

#[test]
fn one_byte_order_mark_is_dropped_and_only_at_the_start() {
    assert_eq!(data("\u{FEFF}data: a\n\n"), ["a"]);
    assert_eq!(data("\u{FEFF}\u{FEFF}data: a\n\ndata: b\n\n"), ["b"]);
    assert_eq!(
        data("data: a\n\n\u{FEFF}data: b\n\ndata: c\n\n"),
        ["a", "c"]
    );
    assert_eq!(data("data: \u{FEFF}a\n\n"), ["\u{FEFF}a"]);
    assert_eq!(data(b"\xEF\xBBdata: a\n\ndata: b\n\n"), ["b"]);
    assert_eq!(data("\u{FEFF}\n\ndata: a\n\n"), ["a"]);
}

#[test]
fn lines_end_with_line_feed_carriage_return_or_both() {
    for end in ["\n", "\r", "\r\n"] {
        assert_eq!(
            data(format!("data: a{end}data: b{end}{end}data: c{end}{end}")),
            ["a\nb", "c"]
        );
    }
    assert_eq!(
        data("data: a\rdata: b\ndata: c\r\ndata: d\n\r\ndata: e\r\r\n"),
        ["a\nb\nc\nd", "e"]
    );
    assert_eq!(data("data: a\n\rdata: b\r\n\r"), ["a", "b"]);
}

#[test]
fn a_carriage_return_at_the_end_of_a_chunk_dispatches_at_once() {
    let mut decoder = Decoder::new();
    let mut chunk = &b"data: a\r\r"[..];
    assert_eq!(decoder.next(&mut chunk).unwrap().unwrap().data, "a");
    assert_eq!(decoder.next(&mut chunk).unwrap(), None);
    assert!(!decoder.pending());
    // The line feed belongs to the second carriage return, and is no blank line of its own.
    for mut chunk in [&b""[..], b"\ndata: b\r", b"\n", b"data: c"] {
        assert_eq!(decoder.next(&mut chunk).unwrap(), None);
    }
    let mut chunk = &b"\r\n\r"[..];
    assert_eq!(decoder.next(&mut chunk).unwrap().unwrap().data, "b\nc");
}

#[test]
fn one_leading_space_is_dropped() {
    assert_eq!(
        data("data:a\ndata: b\ndata:  c\ndata:\td\n\n"),
        ["a\nb\n c\n\td"]
    );
    assert_eq!(data("data: \ndata:\n\n"), ["\n"]);
}

#[test]
fn long_lines_and_short_ones_are_joined_in_order() {
    let long = "é".repeat(3000);
    let transcript = format!("data: a\ndata: {long}\ndata: b\ndata: {long}\ndata: c\n\n");
    let (events, _) = read([transcript.as_bytes()]);
    assert_eq!(events[0].1, format!("a\n{long}\nb\n{long}\nc"));
    assert_eq!(read(transcript.as_bytes().chunks(1000)).0, events);
}

#[test]
fn a_field_may_lack_its_colon() {
    assert_eq!(data("data\n\n"), [""]);
    assert_eq!(data("data\ndata\n\ndata:\n\n"), ["\n", ""]);
    assert_eq!(ids("id: 1\ndata\n\nid\ndata\n\n"), ["1", ""]);
    assert_eq!(types("event: x\nevent\ndata\n\n"), ["message"]);
}

#[test]
fn the_value_starts_behind_the_first_colon() {
    assert_eq!(data("data: a: b\ndata::\n\n"), ["a: b\n:"]);
}

#[test]
fn unknown_and_wrongly_cased_fields_and_comments_are_ignored() {
    assert_eq!(
        data("Data: a\nDATA: b\n data: c\ndata : d\ndatas: e\nfoo: f\ndat\n\n"),
        [""; 0]
    );
    assert_eq!(data(": data: a\n:\n:data\ndata: b\n\n"), ["b"]);
    assert_eq!(data("d\u{301}ata: a\n\0data: b\ndata: c\n\n"), ["c"]);
}

#[test]
fn nothing_is_dispatched_without_data() {
    assert_eq!(data("\n\n\n"), [""; 0]);
    assert_eq!(data("event: x\n\ndata: a\n\n"), ["a"]);
    assert_eq!(types("event: x\n\ndata: a\n\n"), ["message"]);
}

#[test]
fn the_type_is_that_of_the_last_event_field_and_is_reset_after_dispatch() {
    assert_eq!(
        types("event: a\nevent: b\ndata\n\ndata\n\n"),
        ["b", "message"]
    );
    assert_eq!(types("event:\ndata\n\n"), ["message"]);
    assert_eq!(types("data\nevent: late\n\n"), ["late"]);
}

#[test]
fn ids_persist_until_another_one() {
    assert_eq!(
        ids("id: 1\ndata\n\ndata\n\nid: 2\nid: 3\ndata\n\n"),
        ["1", "1", "3"]
    );
}

#[test]
fn a_block_with_an_id_alone_commits_it() {
    let (events, decoder) = decode("id: 1\n\ndata: a\n\nid: 2\n\n");
    assert_eq!(events, [("message".into(), "a".into(), "1".into())]);
    assert_eq!(decoder.last_event_id(), "2");
    assert_eq!(decode("id: 1\n").1.last_event_id(), "");
}

#[test]
fn an_id_with_a_nul_is_ignored() {
    assert_eq!(ids("id: 1\nid: 2\0\ndata\n\n"), ["1"]);
    assert_eq!(ids("id: \x001\ndata\n\n"), [""]);
    assert_eq!(ids("id: \x001\nid: 2\ndata\n\n"), ["2"]);
}

#[test]
fn retry_takes_ascii_digits_alone_and_at_once() {
    let retry = |transcript: &str| decode(transcript).1.retry();
    assert_eq!(retry("data\n\n"), None);
    assert_eq!(retry("retry: 3000\n"), Some(Duration::from_secs(3)));
    assert_eq!(retry("retry: 3000"), None);
    assert_eq!(
        retry("retry: 1\nretry: x\nretry: 2 \nretry: -3\nretry:  4\nretry\n\n"),
        Some(Duration::from_millis(1))
    );
    assert_eq!(
        retry("retry: x\nretry: 1\nretry: 20\n"),
        Some(Duration::from_millis(20))
    );
    assert_eq!(
        retry("retry: 99999999999999999999\n"),
        Some(Duration::from_millis(u64::MAX))
    );
}

#[test]
fn ill_formed_utf_8_becomes_replacement_characters() {
    assert_eq!(data(b"data: a\xFFb\n\n"), ["a\u{FFFD}b"]);
    assert_eq!(data(b"data: \xE2\x82\n\n"), ["\u{FFFD}"]);
    assert_eq!(
        data(b"data: \xF0\x9F\x98\ndata: \x80\n\n"),
        ["\u{FFFD}\n\u{FFFD}"]
    );
    assert_eq!(
        data(b"data: \xED\xA0\x80|\xC0\xAF|\xF4\x90\x80\x80\n\n"),
        ["\u{FFFD}\u{FFFD}\u{FFFD}|\u{FFFD}\u{FFFD}|\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"]
    );
    let (events, _) = decode(b"event: \xFF\nid: \xFE\ndata\n\n");
    assert_eq!(
        events,
        [("\u{FFFD}".into(), String::new(), "\u{FFFD}".into())]
    );
    assert_eq!(data("data: é€😀\n\n"), ["é€😀"]);
}

#[test]
fn an_unfinished_event_is_reported_and_never_dispatched() {
    let (events, decoder) = decode("data: a\n\ndata: b\n");
    assert_eq!((events.len(), decoder.pending()), (1, true));
    let pending = |transcript: &str| decode(transcript).1.pending();
    for unfinished in [
        "d",
        "data: a",
        "data: a\n",
        "id: 1\n",
        "event: x\n",
        ":",
        "\u{FEFF}d",
        "x: y",
    ] {
        assert!(pending(unfinished), "{unfinished:?}");
    }
    for finished in [
        "",
        "\u{FEFF}",
        "data: a\n\n",
        "data: a\r\r",
        ": comment\n",
        "retry: 1\n",
        "x: y\n",
        "id: 1\n\n",
    ] {
        assert!(!pending(finished), "{finished:?}");
    }
    assert!(decode(b"\xEF\xBB").1.pending());
}

/// The lines that were ignored and the line that hasn't ended, however the transcript is split.
fn ignored(transcript: &[u8]) -> (Vec<Vec<u8>>, Vec<u8>) {
    let read = |size| {
        let (mut decoder, mut lines) = (Decoder::new(), Vec::new());
        for mut chunk in transcript.chunks(size) {
            while let Some(event) = decoder
                .next_with(&mut chunk, |line| lines.push(line.to_vec()))
                .unwrap()
            {
                assert_eq!(event.data, "a");
            }
        }
        (lines, decoder.unfinished().to_vec())
    };
    let whole = read(transcript.len().max(1));
    for size in 1..transcript.len() {
        assert_eq!(read(size), whole, "in {size}s");
    }
    whole
}

#[test]
fn lines_whose_field_is_unknown_are_reported_as_sent() {
    let transcript = b"foo: b\ndata: a\r\nData: c\r{\"error\":\"\xFF\"}\n\n data\ndata : x\n\0\n\xEF\xBB\xBFid: 1\n";
    let (lines, unfinished) = ignored(transcript);
    let expected: [&[u8]; 7] = [
        b"foo: b",
        b"Data: c",
        b"{\"error\":\"\xFF\"}",
        b" data",
        b"data : x",
        b"\0",
        b"\xEF\xBB\xBFid: 1",
    ];
    assert_eq!(lines, expected);
    assert_eq!(unfinished, b"");
}

#[test]
fn known_fields_and_comments_are_not_reported() {
    let known = b"\xEF\xBB\xBFdata: a\ndata\n\nevent: x\nid: 1\nid: \0\nretry: 1\nretry: x\n: c\n:\n:data\n";
    let (mut decoder, mut chunk) = (Decoder::new(), &known[..]);
    for expected in [true, false] {
        let event = decoder
            .next_with(&mut chunk, |line| panic!("{}", line.escape_ascii()))
            .unwrap();
        assert_eq!(event.is_some(), expected);
    }
}

#[test]
fn the_line_that_has_not_ended_is_shown() {
    for (transcript, expected) in [
        (&b""[..], &b""[..]),
        (b"{\"a\":1}", b"{\"a\":1}"),
        (b"data: a\n\ndata: b\ndata: c", b"data: c"),
        (b"data: a\n\n: c", b": c"),
        (b"data: a\n", b""),
        (b"data: a\r", b""),
        (b"\xEF\xBB", b"\xEF\xBB"),
        (b"\xEF\xBB\xBF", b""),
        (b"\xEF\xBB\xBFx", b"x"),
    ] {
        let (_, unfinished) = ignored(transcript);
        assert_eq!(unfinished, expected, "{}", transcript.escape_ascii());
    }
}
