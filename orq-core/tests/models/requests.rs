//! A request and its options: built by setters, written, read back, equal.

use orq_core::model::{
    DeploymentRequest, Document, DocumentMetadata, FunctionDefinition, Identity, InvokeOptions,
    JsonMap, KnowledgeFilter, Message, Number, RawJson, Thread, ToolDefinition,
};
use serde_json::json;

use super::round_trip;

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
