//! Corrects what some servers send as JSON.

/// Returns the object in a JSON string, or the text with `null` for numbers that JSON doesn't have; `None` if there is
/// nothing to correct.
pub(super) fn corrected(json: &str) -> Option<String> {
    if json.trim_ascii_start().starts_with('"') {
        let inner: String = serde_json::from_str(json).ok()?;
        return inner.trim_ascii_start().starts_with('{').then_some(inner);
    }
    let (mut text, mut in_string) = (String::new(), false);
    for piece in json.split_inclusive('"') {
        match in_string {
            true => text += piece,
            false => text += &with_null(piece),
        }
        // A quotation mark after an odd number of backslashes doesn't end the string.
        let inner = piece.trim_end_matches('"');
        let backslashes = inner.len() - inner.trim_end_matches('\\').len();
        in_string = !in_string || backslashes % 2 == 1;
    }
    (text != json).then_some(text)
}

/// Replaces the numbers that JSON doesn't have, as other languages write them.
fn with_null(json: &str) -> String {
    let names = ["NaN", "-Infinity", "Infinity"];
    let replaced = |text: String, name| text.replace(name, "null");
    names.into_iter().fold(json.to_owned(), replaced)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_json_is_corrected_and_only_that() {
        for (json, expected) in [
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
            ("{\"\":\"\",\"a\":\"\\\\\\\"NaN\"}", None),
            ("{\"a\":Na", None),
            ("\"[1]\"", None),
            ("NULL", None),
            ("", None),
        ] {
            assert_eq!(corrected(json).as_deref(), expected, "{json}");
        }
    }
}
