//! Whether a request keeps to the API's schema. Fields that the schema doesn't know are let through.

mod annotation;
mod issue;
mod request;
mod schema;
mod settings;

use serde_json::Value;

use crate::shape::Problem;

pub(super) use annotation::{annotations, deletion, feedback};
pub(super) use issue::{Issue, invalid};

/// How many values a body or a seed may have. The memory that one takes is far more than its text.
const MOST_VALUES: usize = 2_000_000;

/// Checks that JSON hasn't too many values, before they are read. What isn't JSON is counted somehow.
///
/// # Errors
///
/// What is wrong, as a sentence goes on after the path.
pub(super) fn size(json: &[u8]) -> Result<(), String> {
    let (mut quoted, mut escaped, mut values) = (false, false, 0_usize);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b'[' | b'{' | b',' if !quoted => values += 1,
            _ => {}
        }
    }
    match values > MOST_VALUES {
        true => Err(format!("has more than {MOST_VALUES} values")),
        false => Ok(()),
    }
}

/// Reads a body, which is neither too large nor anything but JSON.
pub(super) fn json(body: &[u8]) -> Result<Value, Problem> {
    size(body).map_err(|error| invalid(&[Issue::new("", error)]))?;
    let not_json = |error| Issue::new("", format!("is not JSON: {error}"));
    serde_json::from_slice(body).map_err(|error| invalid(&[not_json(error)]))
}

/// Checks the body that invoke, stream and get_config share. Up to 100 issues are found, not only the first.
pub(super) fn deployment_request(body: &Value) -> Vec<Issue> {
    request::REQUEST.check(body)
}

/// Checks the messages, tools and passages of a deployment or a variant in a seed, likewise.
pub(super) fn settings(settings: &Value) -> Vec<Issue> {
    settings::SETTINGS.check(settings)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The issues of a request that has the key `chat` and `fields`, as `path: message`.
    fn issues(mut fields: Value) -> Vec<String> {
        fields["key"] = json!("chat");
        let issues = deployment_request(&fields);
        issues.iter().map(Issue::to_string).collect()
    }

    #[test]
    fn a_request_with_every_field_passes() {
        let part = json!({"type": "text", "text": "x", "cache_control": {"type": "ephemeral", "ttl": "5m"}});
        let request = json!({
            "stream": false,
            "inputs": {"a": null}, "context": {"b": [1]}, "metadata": {}, "extra_params": {"tools": []},
            "prefix_messages": [
                {"role": "system", "content": "x", "name": "n"},
                {"role": "developer", "content": [part]},
            ],
            "messages": [
                {"role": "user", "content": [
                    part,
                    {"type": "image_url", "image_url": {"url": "https://x", "detail": "low"}},
                    {"type": "input_audio", "input_audio": {"data": "", "format": "wav"}},
                    {"type": "file", "file": {"uri": "x", "mimeType": "text/plain", "file_id": "new"}},
                ]},
                {"role": "assistant", "content": null, "refusal": null, "audio": null, "tool_calls": [
                    {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}},
                ]},
                {"role": "assistant", "content": [
                    {"type": "reasoning", "reasoning": "r", "signature": "s"},
                    {"type": "redacted_reasoning", "data": "d"},
                    {"type": "refusal", "refusal": "no"},
                ]},
                {"role": "assistant"},
                {"role": "tool", "content": "x", "tool_call_id": null},
            ],
            "identity": {"id": "i", "metadata": [{}], "tags": ["t"], "email": "a@b.c"},
            "file_ids": ["f"],
            "documents": [{"text": "t", "metadata": {"page_number": 1.5}}],
            "invoke_options": {"include_usage": true, "mock_response": ""},
            "thread": {"id": "t", "tags": []},
            "knowledge_filter": {"year": {"gte": 2020, "lt": 2026}, "tag": {"in": ["a", 1, true]}},
            "unheard_of": {"x": 1},
        });
        assert_eq!(issues(request), [""; 0]);
    }

    #[test]
    fn each_broken_field_is_an_issue_with_its_path() {
        let cases = [
            (
                json!({"stream": "yes"}),
                "stream: expected a boolean, got \"yes\"",
            ),
            (
                json!({"inputs": null}),
                "inputs: expected an object, got null",
            ),
            (
                json!({"context": []}),
                "context: expected an object, got an array",
            ),
            (
                json!({"metadata": 1}),
                "metadata: expected an object, got a number",
            ),
            (
                json!({"extra_params": "x"}),
                "extra_params: expected an object, got \"x\"",
            ),
            (
                json!({"messages": {}}),
                "messages: expected an array, got an object",
            ),
            (
                json!({"prefix_messages": [1]}),
                "prefix_messages[0]: expected an object, got a number",
            ),
            (
                json!({"messages": [{"content": "x"}]}),
                "messages[0].role: is required",
            ),
            (
                json!({"messages": [{"role": "exception", "content": "x"}]}),
                "messages[0].role: expected one of system, developer, user, assistant, tool, got \"exception\"",
            ),
            (
                json!({"messages": [{"role": "user"}]}),
                "messages[0].content: is required",
            ),
            (
                json!({"messages": [{"role": "user", "content": null}]}),
                "messages[0].content: expected a string or an array, got null",
            ),
            (
                json!({"messages": [{"role": "system", "content": []}]}),
                "messages[0].content: must not be empty",
            ),
            (
                json!({"messages": [{"role": "developer", "content": [{"type": "image_url", "text": ""}]}]}),
                "messages[0].content[0].type: expected \"text\", got \"image_url\"",
            ),
            (
                json!({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"detail": "low"}}]}]}),
                "messages[0].content[0].image_url.url: is required",
            ),
            (
                json!({"messages": [{"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "", "format": "ogg"}}]}]}),
                "messages[0].content[0].input_audio.format: expected one of mp3, wav, got \"ogg\"",
            ),
            (
                json!({"messages": [{"role": "user", "content": [{"type": "refusal"}]}]}),
                "messages[0].content[0].type: expected one of text, image_url, input_audio, file, got \"refusal\"",
            ),
            (
                json!({"messages": [{"role": "assistant", "content": [{"type": "reasoning", "reasoning": "r"}]}]}),
                "messages[0].content[0].signature: is required",
            ),
            (
                json!({"messages": [{"role": "assistant", "tool_calls": [{"id": "c", "function": {}}]}]}),
                "messages[0].tool_calls[0].type: is required",
            ),
            (
                json!({"messages": [{"role": "assistant", "tool_calls": [
                    {"id": "c", "type": "function", "function": {"arguments": {}}}]}]}),
                "messages[0].tool_calls[0].function.arguments: expected a string, got an object",
            ),
            (
                json!({"messages": [{"role": "tool", "content": "x"}]}),
                "messages[0].tool_call_id: is required",
            ),
            (
                json!({"identity": {"tags": []}}),
                "identity.id: is required",
            ),
            (
                json!({"identity": {"id": "i", "metadata": {}}}),
                "identity.metadata: expected an array, got an object",
            ),
            (
                json!({"file_ids": [1]}),
                "file_ids[0]: expected a string, got a number",
            ),
            (
                json!({"documents": [{"metadata": {}}]}),
                "documents[0].text: is required",
            ),
            (
                json!({"documents": [{"text": "", "metadata": {"page_number": "1"}}]}),
                "documents[0].metadata.page_number: expected a number, got \"1\"",
            ),
            (
                json!({"invoke_options": {"include_usage": 1}}),
                "invoke_options.include_usage: expected a boolean, got a number",
            ),
            (
                json!({"invoke_options": {"mock_response": null}}),
                "invoke_options.mock_response: expected a string, got null",
            ),
            (json!({"thread": {"tags": []}}), "thread.id: is required"),
            (
                json!({"knowledge_filter": {"year": 2020}}),
                "knowledge_filter.year: expected an object, got a number",
            ),
            (
                json!({"knowledge_filter": {"year": {"near": 1}}}),
                "knowledge_filter.year: expected one of eq, ne, gt, gte, lt, lte, in, nin",
            ),
            (
                json!({"knowledge_filter": {"and": [{"year": {"gt": "x"}}]}}),
                "knowledge_filter.and[0].year.gt: expected a number, got \"x\"",
            ),
            (
                json!({"knowledge_filter": {"or": [{"tag": {"in": [null]}}]}}),
                "knowledge_filter.or[0].tag.in[0]: expected a string, a number or a boolean, got null",
            ),
        ];
        for (fields, expected) in cases {
            assert_eq!(issues(fields.clone()), [expected], "{fields}");
        }
    }

    #[test]
    fn the_body_is_an_object_with_a_key() {
        let found = |body: Value| deployment_request(&body);
        assert_eq!(found(json!({})), [Issue::new("key", "is required")]);
        assert_eq!(
            found(json!([])),
            [Issue::new("", "expected an object, got an array")]
        );
        assert_eq!(found(json!({"key": 1})).len(), 1);
    }

    #[test]
    fn all_issues_are_found() {
        assert_eq!(
            issues(json!({"stream": 1, "inputs": 2, "thread": {}})).len(),
            3
        );
    }

    #[test]
    fn values_are_counted_outside_of_strings() {
        let many = |text: &str| format!("[{}0]", text.repeat(MOST_VALUES));
        for (json, fits) in [
            (many("0,"), false),
            (many("{"), false),
            (many(" "), true),
            (format!("[{:?}]", many(",")), true),
            (format!("[{:?}]", many(r#"\","#)), true),
            (format!("[{:?},{}]", "\\", many("0,")), false),
        ] {
            assert_eq!(size(json.as_bytes()).is_ok(), fits, "{json:.20}");
        }
    }

    #[test]
    fn issues_are_bounded_in_number_and_length() {
        let many = issues(json!({"messages": vec![1; 1_000_000]}));
        assert_eq!(many.len(), schema::MOST_ISSUES);
        let name = "x".repeat(1_000_000);
        let long = issues(json!({"knowledge_filter": {name: {"gt": ""}}}));
        assert!(long.iter().all(|issue| issue.len() < 200), "{long:.200?}");
    }
}
