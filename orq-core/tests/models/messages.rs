//! Messages, their content and tool calls: built by setters, written, read back, equal.

use std::collections::BTreeMap;

use orq_core::model::{
    AssistantMessage, AudioFormat, AudioRef, CacheControl, CacheTtl, Content, ContentPart,
    DeploymentRequest, DeveloperMessage, FileData, FilePart, ImageDetail, ImagePart, ImageUrl,
    JsonMap, Message, Nullable, OtherMessage, RawJson, Role, SystemMessage, TextPart, ToolCall,
    ToolMessage, UserMessage,
};
use serde_json::json;

use super::round_trip;

#[test]
fn messages_of_every_role() {
    let cache = || CacheControl::ephemeral().ttl(CacheTtl::OneHour);
    let request = DeploymentRequest::new("k").messages([
        Message::from(
            SystemMessage::new([ContentPart::text("a")])
                .name("s")
                .extra("x", 1),
        ),
        Message::from(DeveloperMessage::new("b").name("d")),
        Message::from(UserMessage::new("c").name("u")),
        Message::from(
            AssistantMessage::new("d")
                .refusal("no")
                .name("a")
                .audio(AudioRef::new("audio_1").extra("x", 1))
                .tool_call(ToolCall::new("call_1", "f", "{}"))
                .reasoning_content("hm"),
        ),
        Message::from(
            ToolMessage::new("e")
                .tool_call_id("call_1")
                .cache_control(cache())
                .name("t"),
        ),
        Message::from(
            OtherMessage::new("critic")
                .extra("content", "f")
                .extra("x", json!({"b": 1})),
        ),
    ]);
    round_trip(
        &request,
        concat!(
            r#"{"key":"k","messages":[{"role":"system","content":[{"type":"text","text":"a"}],"name":"s","x":1},"#,
            r#"{"role":"developer","content":"b","name":"d"},{"role":"user","content":"c","name":"u"},"#,
            r#"{"role":"assistant","content":"d","refusal":"no","name":"a","audio":{"id":"audio_1","x":1},"#,
            r#""tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}],"reasoning_content":"hm"},"#,
            r#"{"role":"tool","content":"e","tool_call_id":"call_1","cache_control":{"type":"ephemeral","ttl":"1h"},"name":"t"},"#,
            r#"{"role":"critic","content":"f","x":{"b":1}}]}"#,
        ),
    );
    assert_eq!(
        request
            .messages
            .unwrap()
            .iter()
            .map(Message::role)
            .collect::<Vec<_>>(),
        ["system", "developer", "user", "assistant", "tool", "critic"]
    );
}

#[test]
fn every_content_part() {
    let cache = || CacheControl::ephemeral().ttl("90m").extra("x", 1);
    let file = FileData::new()
        .file_data("data:,")
        .uri("u")
        .mime_type("text/plain")
        .filename("f")
        .file_id("i")
        .extra("x", 1);
    let content = Content::from([
        ContentPart::text("t"),
        ContentPart::Text(TextPart::new("t").cache_control(cache()).extra("x", 1)),
        ContentPart::image_url("https://example.com/a.png"),
        ContentPart::ImageUrl(
            ImagePart::new(
                ImageUrl::new("u")
                    .detail(ImageDetail::High)
                    .id("01J")
                    .extra("x", 1),
            )
            .cache_control(cache())
            .extra("x", 1),
        ),
        ContentPart::input_audio("AAAA", AudioFormat::Wav),
        ContentPart::File(FilePart::new(file).cache_control(cache()).extra("x", 1)),
        ContentPart::refusal("no"),
        ContentPart::reasoning("hm", "sig"),
        ContentPart::redacted_reasoning("xyz"),
        ContentPart::Other(RawJson::from_text(r#"{"type":"video","z":1,"a":2}"#).unwrap()),
    ]);
    round_trip(
        &content,
        concat!(
            r#"[{"type":"text","text":"t"},{"type":"text","text":"t","cache_control":{"type":"ephemeral","ttl":"90m","x":1},"x":1},"#,
            r#"{"type":"image_url","image_url":{"url":"https://example.com/a.png"}},"#,
            r#"{"type":"image_url","image_url":{"url":"u","detail":"high","id":"01J","x":1},"#,
            r#""cache_control":{"type":"ephemeral","ttl":"90m","x":1},"x":1},"#,
            r#"{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}},"#,
            r#"{"type":"file","file":{"file_data":"data:,","uri":"u","mimeType":"text/plain","filename":"f","file_id":"i","x":1},"#,
            r#""cache_control":{"type":"ephemeral","ttl":"90m","x":1},"x":1},"#,
            r#"{"type":"refusal","refusal":"no"},{"type":"reasoning","reasoning":"hm","signature":"sig"},"#,
            r#"{"type":"redacted_reasoning","data":"xyz"},{"type":"video","z":1,"a":2}]"#,
        ),
    );
}

#[test]
fn tool_calls_with_all_they_have() {
    let mut call = ToolCall::new("call_1", "f", r#"{"a":1}"#)
        .extra_content(json!({"google": {"thought_signature": "g"}}))
        .extra("x", 1);
    call.index = Some(0);
    call.function = call.function.map(|function| function.extra("x", 1));
    round_trip(
        &call,
        concat!(
            r#"{"id":"call_1","index":0,"type":"function","function":{"name":"f","arguments":"{\"a\":1}","x":1},"#,
            r#""extra_content":{"google":{"thought_signature":"g"}},"x":1}"#,
        ),
    );
    assert_eq!(call.signature().as_deref(), Some("g"));
    let call = call.thought_signature("own");
    assert_eq!(call.signature().as_deref(), Some("own"));
    assert_eq!(
        call.arguments::<BTreeMap<String, u8>>().unwrap(),
        BTreeMap::from([("a".to_owned(), 1)])
    );
    assert_eq!(
        ToolCall::new("c", "f", " ")
            .arguments::<BTreeMap<String, u8>>()
            .unwrap(),
        BTreeMap::new()
    );
    assert_eq!(
        ToolCall::default()
            .arguments::<BTreeMap<String, u8>>()
            .unwrap(),
        BTreeMap::new()
    );
    assert!(ToolCall::new("c", "f", "{").arguments::<JsonMap>().is_err());
    round_trip(&ToolCall::default(), "{}");
}

#[test]
fn the_result_of_a_tool_call_names_the_call() {
    let call = ToolCall::new("call_1", "f", "{}");
    assert_eq!(
        Message::tool_result(&call, "42"),
        Message::tool("call_1", "42")
    );
    let Message::Tool(message) = Message::tool_result(&ToolCall::default(), "42") else {
        panic!("a tool message")
    };
    assert_eq!(
        message.tool_call_id,
        Nullable::Null,
        "a result without an id is legal"
    );
}

#[test]
fn null_is_kept_where_the_schema_allows_it() {
    let text = concat!(
        r#"{"key":"k","messages":[{"role":"assistant","content":null,"refusal":null,"audio":null},"#,
        r#"{"role":"tool","content":"x","tool_call_id":null}]}"#
    );
    let mut assistant = AssistantMessage::default();
    assistant.content = Nullable::Null;
    assistant.refusal = Nullable::Null;
    assistant.audio = Nullable::Null;
    let mut tool = ToolMessage::new("x");
    tool.tool_call_id = Nullable::Null;
    round_trip(
        &DeploymentRequest::new("k").messages([Message::from(assistant), Message::from(tool)]),
        text,
    );
}

#[test]
fn unknown_names_are_kept_and_equal_known_ones_of_the_same_text() {
    assert_eq!(Role::Other("user".to_owned()), Role::User);
    assert_eq!(Role::from("user"), Role::User);
    assert_eq!(Role::from("critic".to_owned()).to_string(), "critic");
    round_trip(&Role::from("critic"), r#""critic""#);
    round_trip(&ImageDetail::from("ultra"), r#""ultra""#);
    assert!(serde_json::from_str::<Role>("7").is_err());
}
