//! The JSON values in an error: their names, and whether they say something.

use serde_json::value::RawValue;

use crate::model::{JsonMap, RawJson};

/// What the value of a name may be.
#[derive(Clone, Copy)]
pub(super) enum Part {
    /// An object or a list with the parts.
    Inner,
    Code,
    Type,
    /// The message: a text, or an object or a list with the parts.
    Message,
    /// The message, which may be a code, too: a text or a number.
    Text,
}

/// The names in an error object, in the order in which they are searched: the first that has a part wins. They are
/// compared without case, `_` and `-`. What orq sends is listed at <https://docs.orq.ai/reference/errors>; the others
/// are those of gateways, providers and frameworks.
pub(super) const NAMES: [(&str, Part); 17] = [
    ("error", Part::Inner),
    ("code", Part::Code),
    ("errorcode", Part::Code),
    ("type", Part::Type),
    ("errortype", Part::Type),
    ("message", Part::Message),
    ("msg", Part::Message),
    ("errormessage", Part::Message),
    // RFC 6749, 5.2.
    ("errordescription", Part::Message),
    // RFC 9457; FastAPI.
    ("detail", Part::Message),
    ("title", Part::Message),
    ("error", Part::Text),
    ("errors", Part::Message),
    ("reason", Part::Message),
    ("fault", Part::Message),
    ("faultstring", Part::Message),
    ("choices", Part::Message),
];

/// How many objects, lists and texts with JSON are searched within each other, and how many elements of a list are
/// read.
pub(super) const DEPTH: usize = 8;

/// Returns the first value of this name that says something.
pub(super) fn find<'a>(object: &'a JsonMap, name: &str) -> Option<&'a RawJson> {
    let mut named = object.iter().filter(|(key, _)| is_named(key, name));
    named
        .find(|(_, value)| says(value, DEPTH))
        .map(|(_, value)| value)
}

/// Returns whether an object has something under `error`.
pub(super) fn has_error(value: &RawJson) -> bool {
    let object = value.parse::<JsonMap>();
    object.is_ok_and(|object| find(&object, "error").is_some())
}

/// Returns whether a value is more than a null, false, zero, an empty text or something that consists of these.
fn says(value: &RawJson, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return true;
    };
    let json = value.json();
    match json.as_bytes().first() {
        Some(b'{') => value
            .parse::<JsonMap>()
            .is_ok_and(|object| object.iter().any(|(_, value)| says(value, depth))),
        Some(b'[') => elements(value)
            .into_iter()
            .any(|element| says(&element.into(), depth)),
        Some(b'"') => value.text().is_some_and(|text| !is_blank(&text)),
        Some(b'n' | b'f') => false,
        _ => !json.trim_matches(['-', '0', '.']).is_empty(),
    }
}

pub(super) fn is_named(key: &str, name: &str) -> bool {
    let letters = key.bytes().filter(|byte| !matches!(byte, b'_' | b'-'));
    letters
        .map(|byte| byte.to_ascii_lowercase())
        .eq(name.bytes())
}

pub(super) fn is_blank(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || text.eq_ignore_ascii_case("null") || text.eq_ignore_ascii_case("none")
}

/// Returns whether a text is a code rather than words, such as `invalid_grant` or a number.
pub(super) fn is_code(text: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    text.bytes().all(is_word) && (text.contains('_') || text.parse::<f64>().is_ok())
}

pub(super) fn elements(list: &RawJson) -> Vec<&RawValue> {
    serde_json::from_str(list.json()).unwrap_or_default()
}

/// Returns the path that a list of names and indices is.
pub(super) fn path(list: &RawJson) -> Option<String> {
    let steps = elements(list).into_iter().take(DEPTH);
    let path: Vec<_> = steps.filter_map(|step| scalar(&step.into())).collect();
    (!path.is_empty()).then(|| path.join("."))
}

pub(super) fn scalar(value: &RawJson) -> Option<String> {
    let json = value.json();
    let is_number = json.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    value.text().or_else(|| is_number.then(|| json.to_owned()))
}
