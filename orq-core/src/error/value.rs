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
        .find(|(_, value)| says(value.json()))
        .map(|(_, value)| value)
}

/// Returns whether an object has something under `error`.
pub(super) fn has_error(value: &RawJson) -> bool {
    let object = value.parse::<JsonMap>();
    object.is_ok_and(|object| find(&object, "error").is_some())
}

/// Returns whether a JSON value is more than a null, false, zero, an empty text or something that consists of these.
/// What is nested more than [`DEPTH`] levels deep is. The value is read once.
pub(crate) fn says(json: &str) -> bool {
    let (mut rest, mut depth) = (json, 0_usize);
    while let Some(first) = rest.bytes().next() {
        let after = match first {
            b'"' => {
                let (text, after) = rest.split_at(length_of_string(rest));
                let is_name = after.trim_start().starts_with(':');
                (is_name || is_blank_string(text)).then_some(after)
            }
            b'n' => rest.strip_prefix("null"),
            b'f' => rest.strip_prefix("false"),
            b'{' | b'[' => {
                depth += 1;
                rest.get(1..).filter(|_| depth <= DEPTH)
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                rest.get(1..)
            }
            b' ' | b'\t' | b'\r' | b'\n' | b',' | b':' | b'-' | b'0' | b'.' => rest.get(1..),
            _ => None,
        };
        let Some(after) = after else {
            return true;
        };
        rest = after;
    }
    false
}

/// Returns the length of the JSON string that a text begins with, with its quotation marks.
fn length_of_string(text: &str) -> usize {
    let mut is_escaped = false;
    let is_end = |byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    };
    let end = text.bytes().skip(1).position(is_end);
    end.map_or(text.len(), |end| end + 2)
}

fn is_blank_string(json: &str) -> bool {
    match json.contains('\\') {
        true => serde_json::from_str::<String>(json).is_ok_and(|text| is_blank(&text)),
        false => is_blank(json.trim_matches('"')),
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

#[cfg(test)]
mod tests {
    use super::says;

    #[test]
    fn what_says_nothing_consists_of_nulls_zeros_and_blanks() {
        for json in [
            "null",
            "false",
            "0",
            "-0.0",
            r#""""#,
            r#"" \n""#,
            r#""None""#,
            "[]",
            "{ }",
            r#"{"a":[null, 0.0, {"b\"":"" , "c" : false}],"\\":"null"}"#,
            "[[[[[[[[]]]]]]]]",
        ] {
            assert!(!says(json), "{json}");
        }
        for json in [
            "true",
            "7",
            "-10",
            r#""a""#,
            r#""\"""#,
            r#""\ud83d""#,
            r#"{"a":[null,{"b":"c"}]}"#,
            r#"["",{"":""},[0,1]]"#,
            "[[[[[[[[[]]]]]]]]]",
        ] {
            assert!(says(json), "{json}");
        }
    }
}
