//! Text.

use proptest::{collection::vec, prelude::*, sample::select};

/// Any text of up to two dozen characters, with a liking for what is easily got wrong: blanks at the edges, empty
/// lines, colons, quotes, byte order marks, U+0000, characters of each length. Shrinks towards less of it.
pub(super) fn text() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        4 => prop::char::range('a', 'e'),
        4 => select(vec![' ', ':', '\n', '\0', '\t', '"', '{', '\u{FEFF}', '\u{85}', '\u{2028}']),
        2 => select(vec!['é', '€', '😀', '\u{FFFD}', '\u{10FFFF}']),
        1 => any::<char>(),
    ];
    vec(character, 0..24).prop_map(String::from_iter)
}

/// [`text`] of one character at least.
pub(super) fn some_text() -> impl Strategy<Value = String> {
    (prop::char::range('a', 'e'), text()).prop_map(|(first, rest)| format!("{first}{rest}"))
}

/// A name or an id, as they look in an API.
pub(super) fn name() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9_-]{0,11}"
}

/// What stands for bytes. Up to nine of them, without padding at the end.
pub(super) fn base64() -> impl Strategy<Value = String> {
    "([A-Za-z0-9+/]{4}){0,3}"
}

/// An image that is somewhere, or that is here.
pub(super) fn image_url() -> impl Strategy<Value = String> {
    prop_oneof![
        name().prop_map(|name| format!("https://example.com/{name}.png")),
        base64().prop_map(|data| format!("data:image/png;base64,{data}")),
    ]
}
