//! How much a JSON value says, to choose among several spellings of a field.

use serde_json::value::RawValue;

/// Returns whether a value is null, or an empty string, object or list.
pub(crate) fn is_empty(raw: &RawValue) -> bool {
    let text = raw.get();
    match text.strip_prefix(['{', '[']) {
        Some(inner) => inner.trim_ascii_start().len() == 1,
        None => matches!(text, "null" | "\"\""),
    }
}

/// Returns how much a value says: 0 for null, 1 for zero and what is empty, 2 for anything else.
pub(super) fn weight(raw: &RawValue) -> u8 {
    match raw.get() {
        "null" => 0,
        "0" => 1,
        _ => 2 - u8::from(is_empty(raw)),
    }
}
