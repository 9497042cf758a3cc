//! Corrects what some servers send as JSON.

/// The numbers that JSON doesn't have, as other languages write them.
const NO_NUMBERS: [&str; 3] = ["NaN", "Infinity", "-Infinity"];

/// Returns the object in a JSON string, or the text with `null` for numbers that JSON doesn't have and with the control
/// characters in its strings escaped; `None` if there is nothing to correct.
pub(crate) fn corrected(json: &str) -> Option<String> {
    if json.trim_ascii_start().starts_with('"') {
        let inner: String = serde_json::from_str(json).ok()?;
        return inner.trim_ascii_start().starts_with('{').then_some(inner);
    }
    let mut text = String::new();
    let (mut kept, mut in_string, mut is_escaped) = (0, false, false);
    for (at, c) in json.char_indices() {
        let rest = json.get(at..).unwrap_or_default();
        let number = || NO_NUMBERS.into_iter().find(|name| rest.starts_with(name));
        let (correction, length) = match c {
            '\0'..' ' if in_string => (format!("\\u{:04x}", u32::from(c)), 1),
            'N' | 'I' | '-' if !in_string && at >= kept => match number() {
                Some(name) => ("null".to_owned(), name.len()),
                None => continue,
            },
            _ => {
                in_string ^= c == '"' && !is_escaped;
                is_escaped = in_string && c == '\\' && !is_escaped;
                continue;
            }
        };
        is_escaped = false;
        text.push_str(json.get(kept..at).unwrap_or_default());
        text.push_str(&correction);
        kept = at + length;
    }
    text.push_str(json.get(kept..).unwrap_or_default());
    (kept > 0).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_json_is_corrected_and_only_that() {
        for (json, expected) in [
            ("{\"a\":\"b\tc\n\"}", Some("{\"a\":\"b\\u0009c\\u000a\"}")),
            (
                "{\n\"a\":[NaN,-Infinity, Infinity]}",
                Some("{\n\"a\":[null,null, null]}"),
            ),
            (
                "{\"NaN\":\"\\\"NaN\\\\\",\"a\":NaN}",
                Some("{\"NaN\":\"\\\"NaN\\\\\",\"a\":null}"),
            ),
            ("\"{\\\"a\\\":1}\"", Some("{\"a\":1}")),
            ("{\"ü\":\"NaN\",\"a\":-1}", None),
            ("{\"a\":Na", None),
            ("\"[1]\"", None),
            ("NULL", None),
            ("", None),
        ] {
            assert_eq!(corrected(json).as_deref(), expected, "{json}");
        }
    }
}
