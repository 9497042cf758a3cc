//! A request and its options: built by setters, written, read back, equal.

use std::collections::{BTreeMap, HashMap};

use orq_core::model::{
    DeploymentRequest, Document, DocumentMetadata, FunctionDefinition, Identity, InvokeOptions,
    JsonMap, KnowledgeFilter, Message, Number, RawJson, Thread, ToolDefinition,
};
use serde::ser::{Serialize, SerializeStruct, Serializer};
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
        .inputs(json!({"age": 42}))
        .context_value("environments", "production")
        .context(BTreeMap::from([("beta", true)]))
        .prefix_message(Message::system("Be kind."))
        .message(Message::user("Hi"))
        .messages([Message::assistant("Hello")])
        .identity(Identity::new("contact_01"))
        .file_id("file_1")
        .file_ids(["file_2"])
        .metadata_value("ticket", 7)
        .metadata(JsonMap::from_iter([("team", "blue")]))
        .extra_param("temperature", 0.2)
        .extra_params(json!({"seed": u64::MAX}))
        .document("Opening hours: 9-17")
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

struct Inputs {
    city: &'static str,
    age: u64,
}

impl Serialize for Inputs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Inputs", 2)?;
        fields.serialize_field("city", self.city)?;
        fields.serialize_field("age", &self.age)?;
        fields.end()
    }
}

#[test]
fn maps_are_added_from_whatever_is_written_as_an_object() {
    let raw = r#"{"z":{"y":123456789012345678901,"b":0.10},"a":1}"#;
    let map: JsonMap = serde_json::from_str(raw).unwrap();
    let request = DeploymentRequest::new("k")
        .inputs(&map)
        .inputs(Inputs {
            city: "Oslo",
            age: 42,
        })
        .inputs(HashMap::from([("age", 43)]))
        .inputs(json!({"a": null}));
    assert_eq!(
        serde_json::to_string(&request).unwrap(),
        r#"{"key":"k","inputs":{"z":{"y":123456789012345678901,"b":0.10},"a":null,"city":"Oslo","age":43}}"#,
    );
}

#[test]
fn what_is_no_object_fails_when_the_request_is_sent() {
    let unwritable = BTreeMap::from([((1, 2), 3)]);
    let fail = |request: DeploymentRequest| {
        let error = serde_json::to_string(&request).unwrap_err().to_string();
        assert!(error.contains("can't be written as JSON"), "{error}");
    };
    let k = || DeploymentRequest::new("k");
    fail(k().inputs([("age", 42)]));
    fail(k().context(json!("text")).context_value("a", 1));
    fail(k().metadata(&unwritable));
    fail(k().extra_params(Some(1)));
    fail(k().identity(Identity::new("i").metadata([json!({}), json!([])])));
}

#[test]
fn a_text_makes_an_identity_a_thread_and_documents() {
    let request = DeploymentRequest::new("k")
        .identity("i")
        .thread("t".to_owned())
        .document("a".to_owned())
        .documents(["b", "c"]);
    round_trip(
        &request,
        concat!(
            r#"{"key":"k","identity":{"id":"i"},"documents":[{"text":"a"},{"text":"b"},{"text":"c"}],"#,
            r#""thread":{"id":"t"}}"#,
        ),
    );
}

#[test]
fn a_tool_that_is_none_fails_when_the_request_is_sent() {
    for (json, why) in [
        (json!(5), "expected an object, found a number"),
        (json!([]), "expected an object, found an array"),
        (
            json!({"type": 5}),
            "type: expected a string, found a number",
        ),
        (
            json!({"type": "function", "function": {"name": "f", "parameters": "city"}}),
            "function.parameters: expected an object, found a string",
        ),
        (
            json!({"name": "f", "parameters": {}}),
            "expected the fields `type` and `function`",
        ),
    ] {
        let request = DeploymentRequest::new("k")
            .tool(json)
            .tool(json!({"type": "x"}));
        let error = serde_json::to_string(&request).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn an_empty_list_or_map_that_was_given_is_sent() {
    let request = DeploymentRequest::new("k")
        .inputs(json!({}))
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
            .metadata([json!({"a": 1}), json!({})])
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
        .tools([FunctionDefinition::new("g")])
        .tool(json!({"type": "function", "function": {"name": "h"}}));
    round_trip(
        &request,
        concat!(
            r#"{"key":"k","extra_params":{"tools":[{"type":"web_search"},{"type":"function","function":{"name":"f","description":"d","#,
            r#""strict":true,"parameters":{"type":"object","properties":{"z":{},"a":{}}},"x":1},"x":1},"#,
            r#"{"type":"function","function":{"name":"g"}},{"type":"function","function":{"name":"h"}}],"temperature":0}}"#,
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
