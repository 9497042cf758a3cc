//! Inputs that JSON doesn't have: each fails its call before anything is sent, and is named by its path.

use std::collections::{BTreeMap, HashMap};

use orq_core::{
    DeploymentRequest, Error, ErrorKind,
    model::{
        Document, FunctionDefinition, Identity, JsonMap, KnowledgeFilter, Message, Number, Thread,
        ToolDefinition, UserMessage,
    },
};
use orq_testkit::MemoryTransport;
use serde::{Serialize, Serializer, ser::Error as _};

/// Fails whenever it is serialized.
struct Fails;

impl Serialize for Fails {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom("it is sealed"))
    }
}

#[derive(Serialize)]
struct Scores {
    first: u8,
    list: Vec<Option<f64>>,
}

#[derive(Serialize)]
struct Nested<T: Serialize> {
    inner: HashMap<&'static str, Vec<T>>,
}

fn nested<T: Serialize>(value: T) -> Nested<T> {
    let inner = HashMap::from([("deep", vec![value])]);
    Nested { inner }
}

async fn refused(request: DeploymentRequest) -> Vec<Error> {
    let memory = MemoryTransport::new();
    let deployments = memory.client().deployments();
    let errors = vec![
        deployments.invoke(&request).await.map(drop).unwrap_err(),
        deployments.stream(&request).await.map(drop).unwrap_err(),
        deployments
            .get_config(&request)
            .await
            .map(drop)
            .unwrap_err(),
    ];
    assert!(memory.requests().is_empty());
    errors
}

#[tokio::test]
async fn an_input_that_cannot_be_written_is_named_by_its_path() {
    let chat = || DeploymentRequest::new("chat");
    let keyed = || BTreeMap::from([((1, 2), 3)]);
    let scores = || Scores {
        first: 1,
        list: vec![Some(1.0), None, Some(f64::NAN)],
    };
    let mut map = JsonMap::new();
    map.insert("x", f64::NAN);
    let filter = KnowledgeFilter::field("year");
    let rows = [
        (
            chat().input("a", f64::NAN),
            "inputs.a: JSON has no number NaN",
        ),
        (
            chat().input("a", f32::INFINITY),
            "inputs.a: JSON has no number inf",
        ),
        (
            chat().input("a", f64::NEG_INFINITY),
            "inputs.a: JSON has no number -inf",
        ),
        (
            chat().input("a", Some(f64::NAN)),
            "inputs.a: JSON has no number NaN",
        ),
        (
            chat().input("a", Number::from(f64::NAN)),
            "inputs.a: JSON has no number NaN",
        ),
        (
            chat().input("a", scores()),
            "inputs.a: list[2]: JSON has no number NaN",
        ),
        (
            chat().inputs(scores()),
            "inputs: list[2]: JSON has no number NaN",
        ),
        (
            chat().input("a", nested(f64::NAN)),
            "inputs.a: inner.deep[0]: JSON has no number NaN",
        ),
        (chat().input("a", keyed()), "inputs.a: key must be a string"),
        (
            chat().input("a", nested(keyed())),
            "inputs.a: inner.deep[0]: key must be a string",
        ),
        (chat().input("a", Fails), "inputs.a: it is sealed"),
        (
            chat().input("a", nested(Fails)),
            "inputs.a: inner.deep[0]: it is sealed",
        ),
        (
            chat().inputs(nested(Fails)),
            "inputs: inner.deep[0]: it is sealed",
        ),
        (
            chat().input("a", map),
            "inputs.a: `x` can't be written as JSON: JSON has no number NaN",
        ),
        (
            chat().context_value("a", f64::NAN),
            "context.a: JSON has no number NaN",
        ),
        (
            chat().metadata_value("a", nested(Fails)),
            "metadata.a: inner.deep[0]: it is sealed",
        ),
        (
            chat().extra_param("temperature", f64::NAN),
            "extra_params.temperature: JSON has no number NaN",
        ),
        (
            chat().extra_params(nested(Fails)),
            "extra_params: inner.deep[0]: it is sealed",
        ),
        (
            chat().extra("a", nested(f64::NAN)),
            "a: inner.deep[0]: JSON has no number NaN",
        ),
        (
            chat().knowledge_filter(filter.clone().gte(f64::NAN)),
            "knowledge_filter: `year` can't be written as JSON: `gte` can't be written as JSON: JSON has no number NaN",
        ),
        (
            chat().knowledge_filter(filter.one_of([Some(1.5), Some(f64::NAN)])),
            "knowledge_filter: `year` can't be written as JSON: `in` can't be written as JSON: [1]: JSON has no \
             number NaN",
        ),
        (
            chat()
                .message(Message::user("hi"))
                .message(UserMessage::new("hi").extra("a", f64::NAN)),
            "messages: `a` can't be written as JSON: JSON has no number NaN",
        ),
        (
            chat()
                .prefix_message(Message::user("hi"))
                .prefix_message(UserMessage::new("hi").extra("a", Fails)),
            "prefix_messages: `a` can't be written as JSON: it is sealed",
        ),
        (
            chat()
                .document("a")
                .document(Document::new("b").extra("a", f64::NAN)),
            "documents: `a` can't be written as JSON: JSON has no number NaN",
        ),
        (
            chat().identity(Identity::new("i").metadata([nested(1.0), nested(f64::NAN)])),
            "identity: `metadata[1]` can't be written as JSON: inner.deep[0]: JSON has no number NaN",
        ),
        (
            chat().thread(Thread::new("t").extra("a", f64::NAN)),
            "thread: `a` can't be written as JSON: JSON has no number NaN",
        ),
        (
            chat().tool(ToolDefinition::from(
                FunctionDefinition::new("f").parameters(nested(f64::NAN)),
            )),
            "extra_params.tools: `parameters` can't be written as JSON: inner.deep[0]: JSON has no number NaN",
        ),
    ];
    for (request, expected) in rows {
        for error in refused(request).await {
            assert_eq!(error.kind(), ErrorKind::Argument, "{expected}");
            assert_eq!(error.to_string(), format!("argument error in {expected}"));
        }
    }
}

#[tokio::test]
async fn the_body_of_a_request_of_ones_own_is_held_to_the_same() {
    let memory = MemoryTransport::new();
    let client = memory.client();
    let post = || client.request(http::Method::POST, "/v2/prompts");
    for (call, expected) in [
        (post().json(&f64::NAN), "body: JSON has no number NaN"),
        (
            post().json(&[Some(f32::INFINITY)]),
            "body: [0]: JSON has no number inf",
        ),
        (
            post().json(&nested(f64::NAN)),
            "body: inner.deep[0]: JSON has no number NaN",
        ),
        (
            post().json(&nested(Fails)),
            "body: inner.deep[0]: it is sealed",
        ),
    ] {
        let error = call.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Argument);
        assert_eq!(error.to_string(), format!("argument error in {expected}"));
    }
    assert!(memory.requests().is_empty());
    memory.reply_json_text("{}");
    post().json(&(1, None::<u8>, "null")).await.unwrap();
    assert_eq!(memory.requests()[0].text(), r#"[1,null,"null"]"#);
}
