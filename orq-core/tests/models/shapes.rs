//! Answers in shapes that aren't those of the schema, but leave no doubt about what they say.

use orq_core::model::{Completion, DeploymentPage, Message};
use serde_json::{Value, json};

fn answer(message: &str) -> Completion {
    let choice = format!(r#"{{"index":0,"message":{message}}}"#);
    serde_json::from_str(&format!(r#"{{"choices":[{choice}]}}"#)).unwrap()
}

#[test]
fn content_of_any_shape_has_its_text() {
    for (content, text) in [
        ("1", "1"),
        ("-0.50", "-0.50"),
        ("true", "true"),
        (r#"{"city": "Paris"}"#, r#"{"city": "Paris"}"#),
        (
            r#"{"type":"answer","text":1}"#,
            r#"{"type":"answer","text":1}"#,
        ),
        (r#"{"type":"text","text":"Hi"}"#, "Hi"),
        (r#"["a","b"]"#, "ab"),
        (r#"["a",{"text":"b"},{"type":"text","text":"c"}]"#, "abc"),
        (
            r#"[{"type":"output_text","text":"a"},{"type":"x","text":"b"}]"#,
            "a",
        ),
        (
            r#"[{"type":"text","text":{"value":"a","annotations":[]}}]"#,
            "a",
        ),
        (
            r#"[{"type":"thinking","thinking":"a"},{"type":7,"text":"b"},7]"#,
            "",
        ),
    ] {
        let answer = answer(&format!(r#"{{"content":{content}}}"#));
        assert_eq!(answer.text().as_deref(), Some(text), "{content}");
    }
    for content in ["{}", "{ }", "null"] {
        assert_eq!(answer(&format!(r#"{{"content":{content}}}"#)).text(), None);
    }
}

#[test]
fn a_number_or_boolean_is_text_and_of_two_spellings_and_values_the_fuller_counts() {
    let call = r#"{"id":0,"type":"function","function":{"name":1,"arguments":7}}"#;
    for (text, pointer, expected) in [
        (
            r#"{"choices":[{"finish_reason":24}]}"#,
            "/choices/0/finish_reason",
            json!("24"),
        ),
        (r#"{"created":1700000000}"#, "/created", json!("1700000000")),
        (r#"{"id":true}"#, "/id", json!("true")),
        (
            r#"{"usage":{"prompt_tokens":0,"input_tokens":12}}"#,
            "/usage/prompt_tokens",
            json!(12),
        ),
        (
            r#"{"usage":{"prompt_tokens":3,"input_tokens":0}}"#,
            "/usage/prompt_tokens",
            json!(3),
        ),
        (
            r#"{"usage":{"prompt_tokens":0}}"#,
            "/usage/prompt_tokens",
            json!(0),
        ),
        (
            r#"{"choices":[{"message":{},"delta":{"content":"a"}}]}"#,
            "/choices/0/message/content",
            json!("a"),
        ),
        (
            r#"{"choices":[{"message":{"content":"a"}}],"choices":[ ]}"#,
            "/choices/0/message/content",
            json!("a"),
        ),
        (
            r#"{"model":"a","model":"b","model":""}"#,
            "/model",
            json!("b"),
        ),
        (
            r#"{"choices":{"index":0,"message":{"content":"a"}}}"#,
            "/choices/0/message/content",
            json!("a"),
        ),
        (r#"{"choices":{}}"#, "/choices", json!([])),
    ] {
        let answer: Completion = serde_json::from_str(text).unwrap();
        let written = serde_json::to_value(answer).unwrap();
        assert_eq!(written.pointer(pointer), Some(&expected), "{text}");
    }
    for (message, pointer, expected) in [
        (r#"{"reasoning":6}"#.to_owned(), "/reasoning", json!("6")),
        (
            r#"{"refusal":false}"#.to_owned(),
            "/refusal",
            json!("false"),
        ),
        (
            r#"{"reasoning":"","reasoning_content":"a"}"#.to_owned(),
            "/reasoning",
            json!("a"),
        ),
        (
            r#"{"reasoning":"b","reasoning_content":"a"}"#.to_owned(),
            "/reasoning",
            json!("b"),
        ),
        (
            r#"{"content":"a","reasoning":"b","content":null,"reasoning":null}"#.to_owned(),
            "/content",
            json!("a"),
        ),
        (
            format!(r#"{{"tool_calls":[{call}],"tool_calls":null}}"#),
            "/tool_calls/0/id",
            json!("0"),
        ),
        (
            format!(r#"{{"tool_calls":{call}}}"#),
            "/tool_calls/0/function/name",
            json!("1"),
        ),
        (
            format!(r#"{{"tool_calls":{call}}}"#),
            "/tool_calls/0/function/arguments",
            json!("7"),
        ),
    ] {
        let written = serde_json::to_value(answer(&message).message()).unwrap();
        assert_eq!(written.pointer(pointer), Some(&expected), "{message}");
    }
    let page: DeploymentPage = serde_json::from_str(r#"{"data":[{"id":1},{"_id":2}]}"#).unwrap();
    let ids: Vec<_> = page.data.iter().map(|item| item.id.as_deref()).collect();
    assert_eq!(ids, [Some("1"), Some("2")]);
}

#[test]
fn nothing_that_providers_reject_goes_back() {
    let call = r#"{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}"#;
    let calls = json!([serde_json::from_str::<Value>(call).unwrap()]);
    for (message, expected) in [
        (
            r#"{"content":"Hi","tool_calls":[]}"#.to_owned(),
            json!({"content": "Hi"}),
        ),
        (
            format!(r#"{{"content":"","tool_calls":[{call}]}}"#),
            json!({"tool_calls": calls}),
        ),
        (
            format!(r#"{{"content":[],"tool_calls":[{call}]}}"#),
            json!({"tool_calls": calls}),
        ),
        (
            format!(r#"{{"content":null,"tool_calls":[{call}]}}"#),
            json!({"content": null, "tool_calls": calls}),
        ),
        (
            r#"{"content":"Hi","reasoning":""}"#.to_owned(),
            json!({"content": "Hi"}),
        ),
        (r#"{"content":""}"#.to_owned(), json!({"content": ""})),
    ] {
        let mut expected = expected;
        expected["role"] = json!("assistant");
        let sent = serde_json::to_value(answer(&message).to_message()).unwrap();
        assert_eq!(sent, expected, "{message}");
    }
    for id in ["", r#""id":"","#, r#""id":null,"#] {
        let answer = answer(&format!(
            r#"{{"tool_calls":[{{{id}"function":{{"name":"f"}}}}]}}"#
        ));
        let sent = serde_json::to_value(answer.to_message()).unwrap();
        assert_eq!(sent["tool_calls"][0].get("id"), None, "{id}");
        let result = Message::tool_result(&answer.tool_calls()[0], "18");
        let expected = json!({"role": "tool", "content": "18", "tool_call_id": null});
        assert_eq!(serde_json::to_value(result).unwrap(), expected, "{id}");
    }
}
