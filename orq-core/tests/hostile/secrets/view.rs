//! Everything that an error shows, and the search through it.

use std::error::Error as _;

use orq_core::Error;

/// What the library promises to hide of a text that was cut in the middle of the key; a shorter piece tells nothing.
const PIECE: usize = 8;

/// The text as a string of JSON holds it: as most write it, and as PHP does.
pub(super) fn spelled_in_json(text: &str) -> [String; 2] {
    let quoted = serde_json::to_string(text).unwrap();
    let most = quoted[1..quoted.len() - 1].to_owned();
    let php = most.replace('/', "\\/");
    [most, php]
}

/// The first piece of the key, in any spelling, that stands in the text.
pub(super) fn leaks(key: &str, text: &str) -> Option<String> {
    let [json, php] = spelled_in_json(key);
    [key.to_owned(), json, php].into_iter().find_map(|spelled| {
        let pieces = spelled.as_bytes().windows(PIECE);
        let mut pieces = pieces.map(|piece| String::from_utf8_lossy(piece).into_owned());
        pieces.find(|piece| text.contains(piece))
    })
}

/// All that can be got out of an error as text, each with a name.
pub(super) fn views(error: &Error) -> Vec<(&'static str, String)> {
    let mut views = vec![
        ("display", error.to_string()),
        ("debug", format!("{error:?}")),
        ("pretty debug", format!("{error:#?}")),
        ("message", error.message().unwrap_or_default().to_owned()),
        ("code", error.code().unwrap_or_default().to_owned()),
        ("type", error.error_type().unwrap_or_default().to_owned()),
        ("field", error.field().unwrap_or_default().to_owned()),
        ("trace id", error.trace_id().unwrap_or_default().to_owned()),
        ("attempts", format!("{:?}", error.attempts())),
        ("headers", format!("{:?}", error.headers())),
    ];
    for attempt in error.attempts() {
        views.push(("summary", attempt.summary.clone()));
    }
    for value in error.headers().values() {
        views.push(("header", String::from_utf8_lossy(value.as_bytes()).into()));
    }
    if let Some(body) = error.body() {
        views.push(("body", String::from_utf8_lossy(body).into()));
    }
    let mut source = error.source();
    while let Some(cause) = source {
        views.push(("source", format!("{cause} {cause:?} {cause:#?}")));
        source = cause.source();
    }
    views
}
