//! Text.

use proptest::{collection::vec, prelude::*, sample::select};

/// Any text of up to two dozen characters, with a liking for what is easily got wrong: blanks at the edges, empty
/// lines, colons, quotes, byte order marks, U+0000, characters of each length. Shrinks towards less of it.
pub(super) fn text() -> impl Strategy<Value = String> {
    text_without("")
}

/// [`text`] of one character at least.
pub(super) fn some_text() -> impl Strategy<Value = String> {
    (prop::char::range('a', 'e'), text()).prop_map(|(first, rest)| format!("{first}{rest}"))
}

/// [`text`] without these characters.
pub(super) fn text_without(barred: &'static str) -> impl Strategy<Value = String> {
    let character = prop_oneof![
        4 => prop::char::range('a', 'e'),
        4 => select(vec![' ', ':', '\n', '\0', '\t', '"', '{', '\u{FEFF}', '\u{85}', '\u{2028}']),
        2 => select(vec!['é', '€', '😀', '\u{FFFD}', '\u{10FFFF}']),
        1 => any::<char>(),
    ];
    vec(character, 0..24).prop_map(|characters| {
        characters
            .into_iter()
            .filter(|c| !barred.contains(*c))
            .collect()
    })
}

/// A name or an id, as they look in an API.
pub(super) fn name() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9_-]{0,11}"
}
