//! Annotations and feedback: what is sent, which answers are errors, and what is refused before.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use orq_core::{
    Completion, Error, ErrorKind, Response,
    model::{Annotation, AnnotationDeletion, AnnotationRequest, AnnotationValue, Feedback},
    transport::Operation,
};
use orq_testkit::{MemoryTransport, RecordedRequest, Reply};
use serde_json::{Value, json};

const PATH: &str = "/v2/traces/t%2F1/spans/s%3F/annotation";

fn completion(telemetry: &Value) -> Value {
    json!({ "id": "01J", "choices": [{ "message": { "content": "Hi" } }], "telemetry": telemetry })
}

/// An answer with these ids.
async fn answer(memory: &MemoryTransport, telemetry: Value) -> Response<Completion> {
    memory.reply_json(completion(&telemetry));
    let request = orq_core::DeploymentRequest::new("chat");
    memory
        .client()
        .deployments()
        .invoke(&request)
        .await
        .unwrap()
}

fn sent(memory: &MemoryTransport) -> RecordedRequest {
    memory.requests().pop().unwrap()
}

#[track_caller]
fn assert_sent(request: &RecordedRequest, method: &str, path: &str, body: &Value) {
    assert_eq!(request.method(), method);
    assert_eq!(request.uri().path_and_query().unwrap().as_str(), path);
    assert_eq!(request.header("accept"), Some("application/json"));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(&request.json(), body);
}

#[tokio::test]
async fn an_answer_is_annotated_by_the_ids_of_its_telemetry() {
    let memory = MemoryTransport::new();
    let client = memory.client();
    let answer = answer(&memory, json!({ "trace_id": "t/1", "span_id": "s?" })).await;
    memory.reply_status(200, "").reply_status(200, "");

    answer.annotate(&client, "rating", "good").await.unwrap();
    let body = json!({ "annotations": [{ "key": "rating", "value": "good" }] });
    assert_sent(&sent(&memory), "POST", PATH, &body);
    assert_eq!(sent(&memory).operation(), Operation::Annotate);
    assert_eq!(sent(&memory).deployment(), None);

    answer.delete_annotation(&client, "rating").await.unwrap();
    assert_sent(
        &sent(&memory),
        "DELETE",
        PATH,
        &json!({ "keys": ["rating"] }),
    );
    assert_eq!(sent(&memory).operation(), Operation::DeleteAnnotations);
}

#[tokio::test]
async fn a_finished_stream_is_annotated() {
    let memory = MemoryTransport::new();
    let client = memory.client();
    let chunk = completion(&json!({ "trace_id": "t/1", "span_id": "s?" })).to_string();
    memory
        .reply(Reply::sse([chunk.as_str(), "[DONE]"]))
        .reply_status(204, "");
    let request = orq_core::DeploymentRequest::new("chat");
    let stream = client.deployments().stream(&request).await.unwrap();
    let answer = stream.finish().await.unwrap();
    let response = answer.annotate(&client, "solved", true).await.unwrap();
    assert_eq!(response.meta().status(), 204);
    let body = json!({ "annotations": [{ "key": "solved", "value": true }] });
    assert_sent(&sent(&memory), "POST", PATH, &body);
}

#[tokio::test]
async fn several_annotations_of_every_kind() {
    let memory = MemoryTransport::new();
    memory
        .reply_json(json!({ "message": "Created" }))
        .reply_json(json!([]));
    let annotations = memory.client().annotations();
    let request = AnnotationRequest::new()
        .annotation(Annotation::new("defects", ["grammar", "off_topic"]))
        .annotations([Annotation::new("score", 4.5), Annotation::new("stars", 4)])
        .annotation(Annotation::correction("eval", "better").explanation("It is."))
        .identity_id("jane");
    annotations.create("t/1", "s?", &request).await.unwrap();
    let body = json!({
        "annotations": [
            { "key": "defects", "value": ["grammar", "off_topic"] },
            { "key": "score", "value": 4.5 },
            { "key": "stars", "value": 4 },
            { "parent_annotation_id": "eval", "value": "better", "explanation": "It is." },
        ],
        "metadata": { "identity_id": "jane" },
    });
    assert_sent(&sent(&memory), "POST", PATH, &body);
    let read: AnnotationRequest = serde_json::from_value(body).unwrap();
    assert_eq!(read, request);

    let request = AnnotationDeletion::new()
        .keys(["a", "b"])
        .parent_annotation_id("eval")
        .identity_id("jane");
    annotations.delete("t/1", "s?", &request).await.unwrap();
    let body = json!({
        "keys": ["a", "b"],
        "parent_annotation_ids": ["eval"],
        "metadata": { "identity_id": "jane" },
    });
    assert_sent(&sent(&memory), "DELETE", PATH, &body);
}

#[tokio::test]
async fn feedback_has_the_id_of_the_completion() {
    let memory = MemoryTransport::new();
    let body = json!({ "property": "rating", "value": ["good"], "trace_id": "01J", "id": "f", "product": "agents" });
    memory.reply_json(&body);
    let feedback = Feedback::new("rating", ["good"], "01J")
        .id("f")
        .product("agents");
    let response = memory.client().feedback(&feedback).await.unwrap();
    assert_sent(&sent(&memory), "POST", "/v2/feedback", &body);
    assert_eq!(sent(&memory).operation(), Operation::Feedback);
    let echo: Feedback = serde_json::from_slice(response.body().unwrap()).unwrap();
    assert_eq!(echo, feedback);
}

fn refused(error: &Error, field: &str) {
    assert_eq!(
        (error.kind(), error.field()),
        (ErrorKind::Argument, Some(field))
    );
}

#[tokio::test]
async fn what_names_no_span_or_says_nothing_is_refused() {
    let memory = MemoryTransport::new();
    let client = memory.client();
    for (telemetry, field) in [
        (json!(null), "trace_id"),
        (json!({ "span_id": "s" }), "trace_id"),
        (json!({ "trace_id": "t" }), "span_id"),
        (json!({ "trace_id": "t", "span_id": "" }), "span_id"),
        (json!({ "trace_id": "..", "span_id": "s" }), "trace_id"),
    ] {
        let answer = answer(&memory, telemetry).await;
        refused(&answer.annotate(&client, "k", 1).await.unwrap_err(), field);
        refused(
            &answer.delete_annotation(&client, "k").await.unwrap_err(),
            field,
        );
    }
    let annotations = client.annotations();
    let none = AnnotationRequest::new().annotations([] as [Annotation; 0]);
    refused(
        &annotations.create("t", "s", &none).await.unwrap_err(),
        "annotations",
    );
    let none = AnnotationDeletion::new().keys([""; 0]);
    refused(
        &annotations.delete("t", "s", &none).await.unwrap_err(),
        "keys",
    );
    let nan = AnnotationRequest::new().annotation(Annotation::new("score", f64::NAN));
    refused(
        &annotations.create("t", "s", &nan).await.unwrap_err(),
        "body",
    );
    let feedback = client.feedback(&Feedback::new("", 1, "01J")).await;
    refused(&feedback.unwrap_err(), "property");
    let feedback = client.feedback(&Feedback::new("rating", 1, "")).await;
    refused(&feedback.unwrap_err(), "trace_id");
    assert_eq!(memory.requests().len(), 5, "only the answers were fetched");
}

#[tokio::test]
async fn an_error_is_one_whatever_its_status() {
    let memory = MemoryTransport::new();
    memory
        .reply_status(404, r#"{"message":"No such review"}"#)
        .reply_json(json!({ "error": { "code": "not_found", "message": "No" } }));
    let annotations = memory.client().annotations();
    let request = AnnotationRequest::new().annotation(Annotation::new("k", 1));
    let create = async || annotations.create("t", "s", &request).await.unwrap_err();
    let error = create().await;
    assert!(error.is_not_found());
    assert_eq!(error.message(), Some("No such review"));
    let error = create().await;
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Api, Some("not_found"))
    );
}

#[test]
fn values_of_every_type_are_read_as_they_are_written() {
    for (value, text) in [
        (AnnotationValue::from("x"), r#""x""#),
        (AnnotationValue::from(["a", "b"]), r#"["a","b"]"#),
        (AnnotationValue::from(vec!["a".to_owned()]), r#"["a"]"#),
        (AnnotationValue::from(-7), "-7"),
        (AnnotationValue::from(0.5), "0.5"),
        (AnnotationValue::from(false), "false"),
    ] {
        assert_eq!(serde_json::to_string(&value).unwrap(), text);
        assert_eq!(
            serde_json::from_str::<AnnotationValue>(text).unwrap(),
            value
        );
    }
    for text in ["null", "{}", "[1]"] {
        let error = serde_json::from_str::<AnnotationValue>(text).unwrap_err();
        assert!(error.to_string().contains("expected"), "{error}");
    }
}
