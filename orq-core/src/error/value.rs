//! The JSON values in an error: their names, and whether they say something.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::model::{JsonMap, RawJson, first_value, is_number, text_of};

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
///
/// The last member says whether an object with this name, and without any part of an answer, is an error.
pub(super) const NAMES: [(&str, Part, bool); 20] = [
    // MiniMax.
    ("baseresp", Part::Inner, false),
    ("error", Part::Inner, false),
    ("code", Part::Code, false),
    ("errorcode", Part::Code, true),
    ("type", Part::Type, false),
    ("errortype", Part::Type, false),
    ("message", Part::Message, true),
    ("msg", Part::Message, true),
    ("errormessage", Part::Message, true),
    ("errormsg", Part::Message, true),
    ("statusmsg", Part::Message, false),
    // RFC 6749, 5.2.
    ("errordescription", Part::Message, true),
    // RFC 9457; FastAPI.
    ("detail", Part::Message, true),
    ("title", Part::Message, false),
    ("error", Part::Text, false),
    ("errors", Part::Message, true),
    ("reason", Part::Message, false),
    ("fault", Part::Message, true),
    ("faultstring", Part::Message, false),
    ("choices", Part::Message, false),
];

/// How many objects, lists and texts with JSON are searched within each other, and how many elements of a list are
/// read.
pub(super) const DEPTH: usize = 8;

/// A member of an object.
pub(super) type Member<'a> = (Cow<'a, str>, &'a RawValue);

/// Returns the first value of this name that says something.
pub(super) fn find<'a>(object: &[Member<'a>], name: &str) -> Option<&'a RawValue> {
    let mut members = object.iter();
    let found = members.find(|(key, value)| is_named(key, name) && says(value.get()));
    found.map(|(_, value)| *value)
}

/// Returns the same for unknown fields.
pub(super) fn find_in<'a>(extra: &'a JsonMap, name: &str) -> Option<&'a RawJson> {
    let mut members = extra.iter();
    let found = members.find(|(key, value)| is_named(key, name) && says(value.json()));
    found.map(|(_, value)| value)
}

/// Returns whether a JSON value is more than a null, false, zero, an empty text, a word of success or something that
/// consists of these. One that is nested too deep to be searched is. The value is read once.
pub(crate) fn says(json: &str) -> bool {
    let (mut rest, mut depth) = (json, 0_usize);
    while let Some(first) = rest.chars().next() {
        match first {
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            ',' | ':' | ' ' | '\t' | '\n' | '\r' => {}
            _ => match first_value(rest) {
                // The key of a member.
                Some((_, after)) if after.starts_with(':') => rest = after,
                Some((value, after)) if is_nothing(value.get()) => {
                    rest = after;
                    continue;
                }
                _ => return true,
            },
        }
        if depth > DEPTH {
            return true;
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    false
}

/// Returns whether a JSON string, number or word says nothing.
fn is_nothing(json: &str) -> bool {
    // None of the words is longer.
    const LONGEST: usize = 32;
    const SUCCESS: &str = "ok success succeeded successful 200 0 false";
    if !json.starts_with('"') {
        let is_zero = json.trim_matches(['-', '0', '.']).is_empty();
        return is_zero || matches!(json, "null" | "false" | "200");
    }
    json.len() <= LONGEST
        && serde_json::from_str(json).is_ok_and(|text: String| {
            let word = text.trim().trim_end_matches(['.', '!']);
            let mut words = SUCCESS.split(' ');
            is_blank(&text) || words.any(|it| word.eq_ignore_ascii_case(it))
        })
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
    text_of(value).or_else(|| is_number(value).then(|| value.get().to_owned()))
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
