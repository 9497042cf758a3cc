//! The JSON values in an error: their names, and whether they say something.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::model::{JsonMap, text_of};

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
pub(super) const NAMES: [(&str, Part); 20] = [
    // MiniMax.
    ("baseresp", Part::Inner),
    ("error", Part::Inner),
    ("code", Part::Code),
    ("errorcode", Part::Code),
    ("type", Part::Type),
    ("errortype", Part::Type),
    ("message", Part::Message),
    ("msg", Part::Message),
    ("errormessage", Part::Message),
    ("errormsg", Part::Message),
    ("statusmsg", Part::Message),
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

/// A member of an object.
pub(super) type Member<'a> = (Cow<'a, str>, &'a RawValue);

/// Returns the first value of this name that says something.
pub(super) fn find<'a>(object: &[Member<'a>], name: &str) -> Option<&'a RawValue> {
    let named = object.iter().filter(|(key, _)| is_named(key, name));
    named
        .map(|(_, value)| *value)
        .find(|value| says(value.get()))
}

/// Returns the same for unknown fields.
pub(super) fn find_in<'a>(extra: &'a JsonMap, name: &str) -> Option<&'a RawValue> {
    let named = extra.iter().filter(|(key, _)| is_named(key, name));
    named
        .map(|(_, value)| &*value.0)
        .find(|value| says(value.get()))
}

/// Returns whether a JSON value is more than a null, false, zero, an empty text, a word of success or something that
/// consists of these. One that is nested too deep to be searched is. The value is read once.
pub(crate) fn says(json: &str) -> bool {
    let mut rest = json;
    let mut depth = 0_usize;
    while let Some(first) = rest.bytes().next() {
        let length = match first {
            b'"' => string_length(rest),
            _ if is_mark(first.into()) => 1,
            _ => rest.find(is_mark).unwrap_or(rest.len()),
        };
        let (token, after) = rest.split_at(length);
        rest = after;
        match first {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' if rest.trim_ascii_start().starts_with(':') => {}
            _ if is_mark(first.into()) || is_nothing(token) => {}
            _ => return true,
        }
        if depth > DEPTH {
            return true;
        }
    }
    false
}

/// Returns whether a character stands between the strings, numbers and words of JSON.
fn is_mark(c: char) -> bool {
    "{}[],:".contains(c) || c.is_ascii_whitespace()
}

/// Returns the length of the JSON string that a text begins with, in bytes.
fn string_length(text: &str) -> usize {
    let mut is_escaped = false;
    let is_end = |byte: u8| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    };
    let end = text.bytes().skip(1).position(is_end);
    end.map_or(text.len(), |end| end + 2)
}

fn is_nothing(token: &str) -> bool {
    // None of the words is longer.
    const LONGEST: usize = 32;
    const SUCCESS: [&str; 7] = [
        "ok",
        "success",
        "succeeded",
        "successful",
        "200",
        "0",
        "false",
    ];
    match token.starts_with('"') {
        true if token.len() > LONGEST => false,
        true => serde_json::from_str::<String>(token).is_ok_and(|text| {
            let word = text.trim().trim_end_matches(['.', '!']);
            is_blank(&text) || SUCCESS.iter().any(|it| word.eq_ignore_ascii_case(it))
        }),
        false => {
            matches!(token, "null" | "false" | "200")
                || token.trim_matches(['-', '0', '.']).is_empty()
        }
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

pub(super) fn elements(list: &RawValue) -> Vec<&RawValue> {
    serde_json::from_str(list.get()).unwrap_or_default()
}

/// Returns the path that a list of names and indices is.
pub(super) fn path(list: &RawValue) -> Option<String> {
    let steps = elements(list).into_iter().take(DEPTH);
    let path: Vec<_> = steps.filter_map(scalar).collect();
    (!path.is_empty()).then(|| path.join("."))
}

pub(super) fn scalar(value: &RawValue) -> Option<String> {
    let json = value.get();
    let is_number = json.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    text_of(value).or_else(|| is_number.then(|| json.to_owned()))
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
