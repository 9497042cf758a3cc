//! JSON within the code fence of a text.

use super::raw::first_value;

/// Returns the JSON that a text is, up to a closing code fence; else what follows the first opening fence. In a text
/// that begins as JSON that was cut, a fence may be part of a string, unless a line begins with it.
pub(crate) fn unfenced(text: &str) -> &str {
    let text = text.trim_start();
    if let Some(json) = whole(text) {
        return json;
    }
    let mark = match text.starts_with(['{', '[', '"']) {
        true => "\n```",
        false => "```",
    };
    let inside = text.split_once(mark).map(|(_, fenced)| {
        // Its first line, or what stands before an object or a list in it, is the name of a language.
        let is_first = |c: char| matches!(c, '\n' | '{' | '[');
        fenced.get(fenced.find(is_first)?..)
    });
    let json = inside.flatten().and_then(|inside| {
        // What is no JSON ends at the fence, too, and is told as such.
        whole(inside).or_else(|| inside.split("\n```").next())
    });
    json.unwrap_or(text)
}

/// Returns the JSON value that a text begins with, if nothing or a code fence follows it.
fn whole(text: &str) -> Option<&str> {
    let (value, rest) = first_value(text)?;
    (rest.is_empty() || rest.starts_with("```")).then_some(value.get())
}

#[cfg(test)]
mod tests {
    use super::unfenced;

    #[test]
    fn a_fence_may_be_anywhere_around_the_json() {
        for text in [
            "{\"a\": 1}",
            "```json\n{\"a\": 1}\n```",
            "```JSON\r\n{\"a\": 1}\r\n```\r\n",
            "Here: ```\n{\"a\": 1}\n```\nAnd ```more``` words {",
            "```json {\"a\": 1}```",
            "```{\"a\": 1}```",
            "````json\n{\"a\": 1}\n````",
            "  ```json\n  {\"a\": 1}\n  ```",
            "```json\n{\"a\": 1}```",
            // The request had the opening fence.
            "{\"a\": 1}\n```\nThat is all.",
            "[Note] As asked:\n```json\n{\"a\": 1}\n```",
            "\"As asked\":\n```json\n{\"a\": 1}\n```",
            "2 fields:\n```json\n{\"a\": 1}\n```",
        ] {
            assert_eq!(unfenced(text).trim(), "{\"a\": 1}", "{text}");
        }
        assert_eq!(unfenced("```\n\"text\"\n```").trim(), "\"text\"");
        assert_eq!(unfenced("\"a ```\\n``` b\""), "\"a ```\\n``` b\"");
    }

    #[test]
    fn a_text_that_is_no_json_stays() {
        assert_eq!(unfenced("```\n{1}\n```\nmore").trim(), "{1}");
        for text in [
            "{\"a\": \"```json {\\\"b\\\": 1",
            "none",
            "",
            "```",
            "``` {",
            "```json\n{\"a\": \"```",
        ] {
            let json = unfenced(text);
            assert!(text.ends_with(json), "{text}: {json}");
            assert!(serde_json::from_str::<serde_json::Value>(json).is_err());
        }
    }
}
