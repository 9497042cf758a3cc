//! The bytes of a whole body, well-formed or not.

use proptest::{collection::vec, prelude::*, sample::select};

/// The body of an event stream as it might come from a careless or hostile server: fields, comments,
/// every line end, byte order marks, U+0000, ill-formed UTF-8 and bytes at random. It may end anywhere.
pub fn sse_transcript() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        6 => select(LINE_ENDS).prop_map(<[u8]>::to_vec),
        5 => field(),
        3 => select(FRAGMENTS).prop_map(<[u8]>::to_vec),
        2 => value(),
        1 => vec(any::<u8>(), 1..6),
    ];
    (select(STARTS), vec(piece, 0..40))
        .prop_map(|(start, pieces)| [start.to_vec(), pieces.concat()].concat())
}

/// A line with its end, and more often than not a blank one behind it.
fn field() -> impl Strategy<Value = Vec<u8>> {
    (select(NAMES), select(COLONS), value(), select(LINE_ENDS))
        .prop_map(|(name, colon, value, end)| [name, colon, &value, end].concat())
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => "[a-c :]{0,12}".prop_map(String::into_bytes),
        2 => "[0-9]{0,21}".prop_map(String::into_bytes),
        2 => "[aé€😀\u{FEFF}\u{0}]{0,6}".prop_map(String::into_bytes),
        2 => vec(select(UTF_8_PARTS), 0..6).prop_map(|parts| parts.concat()),
    ]
}

const STARTS: &[&[u8]] = &[b"", b"", b"\xEF\xBB\xBF", b"\xEF\xBB", b"\xEF"];
const NAMES: &[&[u8]] = &[
    b"data", b"data", b"data", b"event", b"id", b"retry", b"", b"Data", b"other",
];
const COLONS: &[&[u8]] = &[b": ", b":", b":  ", b""];
const LINE_ENDS: &[&[u8]] = &[
    b"\n",
    b"\n\n",
    b"\r\n",
    b"\r\n\r\n",
    b"\r",
    b"\r\r",
    b"\n\r",
];
const FRAGMENTS: &[&[u8]] = &[
    b"data",
    b"dat",
    b"event",
    b"id",
    b"retry",
    b":",
    b" ",
    b": ",
    b"\0",
    b"\xEF\xBB\xBF",
    b"\xEF\xBB",
    b"data:x",
];
const UTF_8_PARTS: &[&[u8]] = &[
    b"\xC3\xA9",
    b"\xC3",
    b"\xA9",
    b"\xE2\x82\xAC",
    b"\xE2\x82",
    b"\xE2",
    b"\xED\xA0\x80",
    b"\xF0\x9F\x98\x80",
    b"\xF0\x9F\x98",
    b"\xF0\x9F",
    b"\xF0",
    b"\xF4\x90\x80\x80",
    b"\xC0\xAF",
    b"\xE0\x80",
    b"\xFF",
    b"\x80",
    b"z",
];
