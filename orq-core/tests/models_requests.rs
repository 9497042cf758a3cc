//! Every noun of a request: built by its setters, written, read back, equal, and nothing lost on the way.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fmt::Debug;

use orq_core::model::{
    AssistantMessage, AudioFormat, AudioRef, CacheControl, CacheTtl, Content, ContentPart,
    DeploymentRequest, DeveloperMessage, Document, DocumentMetadata, FileData, FilePart,
    FunctionDefinition, Identity, ImageDetail, ImagePart, ImageUrl, InvokeOptions, JsonMap,
    KnowledgeFilter, Message, Nullable, Number, OtherMessage, RawJson, Role, SystemMessage,
    TextPart, Thread, ToolCall, ToolDefinition, ToolMessage, UserMessage,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

/// Writes exactly this text, reads it back equal, and writes it once more without a difference; by way of
/// `serde_json::Value`, too.
#[track_caller]
fn round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, text: &str) {
    assert_eq!(serde_json::to_string(value).unwrap(), text);
    let read: T = serde_json::from_str(text).unwrap();
    assert_eq!(&read, value);
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
    let through_value = serde_json::from_value::<T>(serde_json::to_value(value).unwrap()).unwrap();
    assert_eq!(&through_value, value);
    assert_eq!(
        &serde_json::from_reader::<_, T>(text.as_bytes()).unwrap(),
        value
    );
}

#[track_caller]
fn refused<T: DeserializeOwned + Debug>(text: &str, error: &str) {
    assert_eq!(
        serde_json::from_str::<T>(text).unwrap_err().to_string(),
        error
    );
}

#[test]
fn a_request_of_a_key_alone_sends_nothing_else() {
    round_trip(&DeploymentRequest::new("support"), r#"{"key":"support"}"#);
}

#[test]
fn every_option_of_a_request_is_sent() {
    let request = DeploymentRequest::new("support")
        .input("firstname", "Jane")
        .inputs([("age", 42)])
        .context_value("environments", "production")
        .context([("beta", true)])
        .prefix_message(Message::system("Be kind."))
        .message(Message::user("Hi"))
        .messages([Message::assistant("Hello")])
        .identity(Identity::new("contact_01"))
        .file_id("file_1")
        .file_ids(["file_2"])
        .metadata_value("ticket", 7)
        .metadata([("team", "blue")])
        .extra_param("temperature", 0.2)
        .extra_params([("seed", u64::MAX)])
        .document(Document::new("Opening hours: 9-17"))
        .documents([Document::new("Closed on Sunday")])
        .include_usage()
        .include_retrievals()
        .mock_response("mocked")
        .thread(Thread::new("thread_1"))
        .knowledge_filter(KnowledgeFilter::field("year").gte(2020))
        .extra("from_tomorrow", json!({"deep": [1]}));
    round_trip(
        &request,
        concat!(
            r#"{"key":"support","inputs":{"firstname":"Jane","age":42},"context":{"environments":"production","beta":true},"#,
            r#""prefix_messages":[{"role":"system","content":"Be kind."}],"#,
            r#""messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}],"#,
            r#""identity":{"id":"contact_01"},"file_ids":["file_1","file_2"],"metadata":{"ticket":7,"team":"blue"},"#,
            r#""extra_params":{"temperature":0.2,"seed":18446744073709551615},"#,
            r#""documents":[{"text":"Opening hours: 9-17"},{"text":"Closed on Sunday"}],"#,
            r#""invoke_options":{"include_retrievals":true,"include_usage":true,"mock_response":"mocked"},"#,
            r#""thread":{"id":"thread_1"},"knowledge_filter":{"year":{"gte":2020}},"from_tomorrow":{"deep":[1]}}"#,
        ),
    );
}

#[test]
fn an_empty_list_or_map_that_was_given_is_sent() {
    let none: [(&str, ()); 0] = [];
    let request = DeploymentRequest::new("k")
        .inputs(none)
        .messages(Vec::<Message>::new())
        .file_ids(Vec::<String>::new())
        .invoke_options(InvokeOptions::new());
    round_trip(
        &request,
        r#"{"key":"k","inputs":{},"messages":[],"file_ids":[],"invoke_options":{}}"#,
    );
}

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
fn identity_thread_and_document_with_all_they_have() {
    round_trip(
        &Identity::new("i")
            .display_name("Jane")
            .email("jane@example.com")
            .metadata([
                JsonMap::from_serialize(json!({"a": 1})).unwrap(),
                JsonMap::new(),
            ])
            .logo_url("https://example.com/l.png")
            .tag("a")
            .tags(["b", "c"])
            .extra("x", 1),
        concat!(
            r#"{"id":"i","display_name":"Jane","email":"jane@example.com","metadata":[{"a":1},{}],"#,
            r#""logo_url":"https://example.com/l.png","tags":["a","b","c"],"x":1}"#,
        ),
    );
    round_trip(
        &Thread::new("t").tag("a").tags(["b"]).extra("x", 1),
        r#"{"id":"t","tags":["a","b"],"x":1}"#,
    );
    round_trip(
        &Document::new("d")
            .metadata(
                DocumentMetadata::new()
                    .file_name("f")
                    .file_type("text/plain")
                    .page_number(24.0)
                    .extra("x", 1),
            )
            .extra("x", 1),
        r#"{"text":"d","metadata":{"file_name":"f","file_type":"text/plain","page_number":24,"x":1},"x":1}"#,
    );
    round_trip(&Document::default(), "{}");
    round_trip(
        &InvokeOptions::new()
            .include_retrievals(false)
            .include_usage(true)
            .mock_response("m")
            .extra("x", 1),
        r#"{"include_retrievals":false,"include_usage":true,"mock_response":"m","x":1}"#,
    );
}

#[test]
fn tools_are_added_to_extra_params() {
    let tool = |name: &str| {
        ToolDefinition::from(
            FunctionDefinition::new(name)
                .description("d")
                .strict(true)
                .parameters(
                    RawJson::from_text(r#"{"type":"object","properties":{"z":{},"a":{}}}"#)
                        .unwrap(),
                )
                .extra("x", 1),
        )
        .extra("x", 1)
    };
    let request = DeploymentRequest::new("k")
        .extra_param("tools", [json!({"type": "web_search"})])
        .extra_param("temperature", 0)
        .tool(tool("f"))
        .tools([FunctionDefinition::new("g")]);
    round_trip(
        &request,
        concat!(
            r#"{"key":"k","extra_params":{"tools":[{"type":"web_search"},{"type":"function","function":{"name":"f","description":"d","#,
            r#""strict":true,"parameters":{"type":"object","properties":{"z":{},"a":{}}},"x":1},"x":1},"#,
            r#"{"type":"function","function":{"name":"g"}}],"temperature":0}}"#,
        ),
    );
    let mut numbered = tool("f").display_name("F");
    numbered.id = Some(Number::from(3));
    round_trip(
        &numbered,
        concat!(
            r#"{"type":"function","function":{"name":"f","description":"d","strict":true,"#,
            r#""parameters":{"type":"object","properties":{"z":{},"a":{}}},"x":1},"display_name":"F","id":3,"x":1}"#,
        ),
    );
}

#[test]
fn tool_calls_with_all_they_have() {
    let mut call = ToolCall::new("call_1", "f", r#"{"a":1}"#)
        .extra_content(json!({"google": {"thought_signature": "g"}}))
        .extra("x", 1);
    call.index = Some(0);
    call.function = call.function.extra("x", 1);
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
        Nullable::Absent,
        "for the client to report"
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
        r#"{"aaa":1,"zzz":{"b":2,"y":{"a":1,"x":1}},"messages":[{"content":"c","zz":{"b":2,"y":{"a":1,"x":1.0}},"role":"user"}],
            "inputs":{"a":1,"z":{"a":0.1,"y":{"b":[{"c":123456789012345678901234567890,"d":1}],"x":1}}},"key":"k"}"#,
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
    assert_eq!(request.extra.get("stream"), Some(&RawJson::new(true)));
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
    for request in [
        DeploymentRequest::new("k").input("a", &unwritable),
        DeploymentRequest::new("k").extra("a", &unwritable),
        DeploymentRequest::new("k")
            .extra_param("tools", 5)
            .tool(FunctionDefinition::new("f")),
        DeploymentRequest::new("k").tool(FunctionDefinition::new("f").parameters([1])),
        DeploymentRequest::new("k").input("a", Number::from(f64::NAN)),
        DeploymentRequest::new("k").knowledge_filter(KnowledgeFilter::field("a").gt(f64::INFINITY)),
    ] {
        assert!(serde_json::to_string(&request).is_err(), "{request:?}");
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

#[test]
fn unknown_names_are_kept_and_equal_known_ones_of_the_same_text() {
    assert_eq!(Role::Other("user".to_owned()), Role::User);
    assert_eq!(Role::from("user"), Role::User);
    assert_eq!(Role::from("critic".to_owned()).to_string(), "critic");
    round_trip(&Role::from("critic"), r#""critic""#);
    round_trip(&ImageDetail::from("ultra"), r#""ultra""#);
    assert!(serde_json::from_str::<Role>("7").is_err());
}
