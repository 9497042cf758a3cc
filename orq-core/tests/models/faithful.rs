//! What a request keeps, and what it refuses.

use std::collections::BTreeMap;

use orq_core::model::{
    AssistantMessage, DeploymentRequest, Document, FunctionCall, FunctionDefinition, JsonMap,
    KnowledgeFilter, Number, RawJson, TextPart, ToolCall, ToolDefinition, UserMessage,
};
use serde_json::json;

use super::refused;

#[test]
fn null_where_the_schema_has_none_is_absent() {
    let request: DeploymentRequest =
        serde_json::from_str(r#"{"key":"k","inputs":null,"messages":null,"thread":null}"#).unwrap();
    assert_eq!(request, DeploymentRequest::new("k"));
    assert_eq!(serde_json::to_string(&request).unwrap(), r#"{"key":"k"}"#);
}

#[test]
fn the_order_of_keys_is_kept_at_every_depth() {
    let text = concat!(
        r#"{"key":"k","inputs":{"z":{"y":{"x":1,"b":[{"d":1,"c":123456789012345678901234567890}]},"a":0.10},"a":1},"#,
        r#""messages":[{"role":"user","content":"c","zz":{"y":{"x":1,"a":1},"b":2}}],"zzz":{"y":{"x":1,"a":1},"b":2},"aaa":1}"#
    );
    let request: DeploymentRequest = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&request).unwrap(), text);
    let reordered: DeploymentRequest = serde_json::from_str(
        r#"{"aaa":1,"zzz":{"b":2,"y":{"a":1,"x":1}},"messages":[{"content":"c","zz":{"b":2,"y":{"a":1,"x":1}},"role":"user"}],
            "inputs":{"a":1,"z":{"a":0.10,"y":{"b":[{"c":123456789012345678901234567890,"d":1}],"x":1}}},"key":"k"}"#,
    )
    .unwrap();
    assert_eq!(
        request, reordered,
        "the order makes no difference to equality"
    );
}

#[test]
fn stream_is_no_field_of_ours_and_kept() {
    let request: DeploymentRequest = serde_json::from_str(r#"{"stream":true,"key":"k"}"#).unwrap();
    assert_eq!(
        request.extra.get("stream"),
        Some(&RawJson::new(true).unwrap())
    );
    assert_eq!(
        serde_json::to_string(&request).unwrap(),
        r#"{"key":"k","stream":true}"#
    );
}

#[test]
fn an_unknown_field_does_not_send_a_known_one_twice() {
    let request = DeploymentRequest::new("k")
        .extra("key", "other")
        .extra("inputs", json!({"a": 1}));
    assert_eq!(
        serde_json::to_string(&request).unwrap(),
        r#"{"key":"k","inputs":{"a":1}}"#
    );
    let part = TextPart::new("t").extra("type", "image");
    assert_eq!(
        serde_json::to_string(&part).unwrap(),
        r#"{"type":"text","text":"t"}"#
    );
}

#[test]
fn a_value_that_cannot_be_written_fails_when_the_request_is() {
    let unwritable = BTreeMap::from([((1, 2), 3)]);
    let request = || DeploymentRequest::new("k");
    let call = ToolCall::new("c", "f", "{}").extra_content(f64::NAN);
    for (request, why) in [
        (
            request().input("a", &unwritable),
            "`a` can't be written as JSON: key must be a string",
        ),
        (
            request().extra("a", &unwritable),
            "`a` can't be written as JSON: key must be a string",
        ),
        (
            request().context(BTreeMap::from([
                ("a", Some(f32::NEG_INFINITY)),
                ("b", None),
            ])),
            "it can't be written as JSON: a: JSON has no number -inf",
        ),
        (
            request()
                .metadata_value("a", json!(1))
                .metadata_value("b", [0.5, f64::NAN]),
            "`b` can't be written as JSON: [1]: JSON has no number NaN",
        ),
        (
            request()
                .extra_param("tools", 5)
                .tool(FunctionDefinition::new("f")),
            "`tools` can't be written as JSON: invalid type: integer `5`, expected a sequence at line 1 column 1",
        ),
        (
            request().tool(FunctionDefinition::new("f").parameters([1])),
            "`tools` can't be written as JSON: `parameters` can't be written as JSON: expected an object, found an array",
        ),
        (
            request().message(AssistantMessage::default().tool_call(call)),
            "`extra_content` can't be written as JSON: JSON has no number NaN",
        ),
        (
            request().input("a", Number::from(f64::NAN)),
            "`a` can't be written as JSON: JSON has no number NaN",
        ),
        (
            request().knowledge_filter(KnowledgeFilter::field("a").gt(f64::INFINITY)),
            "`a` can't be written as JSON: `gt` can't be written as JSON: JSON has no number inf",
        ),
    ] {
        let error = serde_json::to_string(&request).unwrap_err();
        assert_eq!(error.to_string(), why);
        assert_eq!(request, request.clone());
        assert!(serde_json::to_value(&request).is_err());
    }
    let set_again = request().input("a", &unwritable).input("a", 1);
    assert!(serde_json::to_string(&set_again).is_err());
}

#[test]
fn an_empty_object_that_was_read_stays() {
    let call = r#"{"id":"c","function":{}}"#;
    let read: ToolCall = serde_json::from_str(call).unwrap();
    assert_eq!(
        (read.function.clone(), read.name()),
        (Some(FunctionCall::default()), "")
    );
    assert_eq!(serde_json::to_string(&read).unwrap(), call);
    let tool = r#"{"type":"function","function":{}}"#;
    let read: ToolDefinition = serde_json::from_str(tool).unwrap();
    assert_eq!(read.function, Some(FunctionDefinition::default()));
    assert_eq!(serde_json::to_string(&read).unwrap(), tool);
    for text in [r#"{"id":"c","function":null}"#, r#"{"id":"c"}"#] {
        let read: ToolCall = serde_json::from_str(text).unwrap();
        assert_eq!((read.function.clone(), read.name()), (None, ""));
        assert_eq!(serde_json::to_string(&read).unwrap(), r#"{"id":"c"}"#);
    }
}

#[test]
fn a_wrong_shape_is_an_error_that_says_where() {
    refused::<DeploymentRequest>(r#"{}"#, "missing field `key`");
    refused::<DeploymentRequest>(r#"{"key":null}"#, "key: expected a string, found null");
    refused::<DeploymentRequest>(r#"[]"#, "expected an object, found an array");
    refused::<DeploymentRequest>(
        r#"{"key":"k","messages":[{"role":"user","content":"a"},{"role":"user","content":[{"type":"text","text":7}]}]}"#,
        "messages[1].content[0].text: expected a string, found a number",
    );
    refused::<DeploymentRequest>(
        r#"{"key":"k","messages":[{"content":"a"}]}"#,
        "messages[0]: missing field `role`",
    );
    refused::<DeploymentRequest>(r#"{"key":"k","thread":{}}"#, "thread: missing field `id`");
    refused::<DeploymentRequest>(
        r#"{"key":"k","file_ids":["a",1]}"#,
        "file_ids[1]: expected a string, found a number",
    );
    refused::<DeploymentRequest>(
        r#"{"key":"\ud800"}"#,
        "key: the string holds a lone surrogate",
    );
    refused::<JsonMap>(r#"{"\ud800":1}"#, "a key holds a lone surrogate");
    refused::<UserMessage>(
        r#"{"role":"system","content":"a"}"#,
        "role: expected `user`, found `system`",
    );
    refused::<Document>(
        r#"{"metadata":{"page_number":1e400}}"#,
        "metadata.page_number: the number is beyond a 64-bit float",
    );
    refused::<ToolCall>(
        r#"{"index":1.5}"#,
        "index: expected a whole number from 0 on, found 1.5",
    );
    assert!(serde_json::from_str::<DeploymentRequest>(r#"{"key":"k"} x"#).is_err());
}
