//! The bytes of a whole body, well-formed or not.

use proptest::{collection::vec, prelude::*, sample::select};

/// Generates the body of an event stream as it might come from a careless or hostile server: fields, comments,
/// every line end, byte order marks, U+0000, ill-formed UTF-8 and random bytes. It may end anywhere.
pub fn sse_transcript() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        6 => one_of(LINE_ENDS),
        5 => field(),
        3 => one_of(FRAGMENTS),
        2 => value(),
        1 => vec(any::<u8>(), 1..6),
    ];
    (one_of(STARTS), vec(piece, 0..40))
        .prop_map(|(start, pieces)| [start, pieces.concat()].concat())
}

/// A line with its end, and more often than not a blank one behind it.
fn field() -> impl Strategy<Value = Vec<u8>> {
    (one_of(NAMES), one_of(COLONS), value(), one_of(LINE_ENDS))
        .prop_map(|(name, colon, value, end)| [name, colon, value, end].concat())
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => "[a-c :]{0,12}".prop_map(String::into_bytes),
        2 => "[0-9]{0,21}".prop_map(String::into_bytes),
        2 => "[aé€😀\u{FEFF}\u{0}]{0,6}".prop_map(String::into_bytes),
        2 => vec(one_of(UTF_8_PARTS), 0..6).prop_map(|parts| parts.concat()),
    ]
}

/// One of the alternatives of a list, which `|` separates.
fn one_of(list: &'static [u8]) -> impl Strategy<Value = Vec<u8>> {
    let alternatives = list.split(|byte| *byte == b'|');
    select(alternatives.map(<[u8]>::to_vec).collect::<Vec<_>>())
}

const STARTS: &[u8] = b"||\xEF\xBB\xBF|\xEF\xBB|\xEF";
const NAMES: &[u8] = b"data|data|data|event|id|retry||Data|other";
const COLONS: &[u8] = b": |:|:  |";
const LINE_ENDS: &[u8] = b"\n|\n\n|\r\n|\r\n\r\n|\r|\r\r|\n\r";
const FRAGMENTS: &[u8] = b"data|dat|event|id|retry|:| |: |\0|\xEF\xBB\xBF|\xEF\xBB|data:x";
const UTF_8_PARTS: &[u8] =
    b"\xC3\xA9|\xC3|\xA9|\xE2\x82\xAC|\xE2\x82|\xE2|\xED\xA0\x80|\xF0\x9F\x98\x80|\
    \xF0\x9F\x98|\xF0\x9F|\xF0|\xF4\x90\x80\x80|\xC0\xAF|\xE0\x80|\xFF|\x80|z";
