use futures::executor::block_on;
use orq_core::{DeploymentRequest, model::Feedback, transport::Operation};
use orq_testkit::FakeOrq;
use serde_json::{Value, json};

use super::{Answer, invoke, request, send};

fn annotation(fake: &FakeOrq, method: &str, [trace, span]: [&str; 2], body: &Value) -> Answer {
    let path = format!("/v2/traces/{trace}/spans/{span}/annotation");
    send(fake, request(method, &path, body.to_string()))
}

/// The ids of a new answer.
fn ids(fake: &FakeOrq) -> [String; 2] {
    let telemetry = invoke(fake, &json!({"key": "chat"}))["telemetry"].clone();
    ["trace_id", "span_id"].map(|name| telemetry[name].as_str().unwrap().to_owned())
}

#[test]
fn an_earlier_answer_is_annotated_and_no_other() {
    let fake = FakeOrq::new();
    let ([trace, span], [later, _]) = (ids(&fake), ids(&fake));
    let good = json!({"annotations": [{"key": "rating", "value": "good"}]});
    let status = |ids: [&str; 2]| annotation(&fake, "POST", ids, &good).status;
    assert_eq!(status([&trace, &span]), 200);
    for other in [
        [later.as_str(), &span],
        [&trace, "0000000000000009"],
        [&trace, "x"],
        [&trace, "1"],
        [&"0".repeat(32), &"0".repeat(16)],
    ] {
        assert_eq!(status(other), 404, "{other:?}");
    }
    let delete = |body: Value| annotation(&fake, "DELETE", [&trace, &span], &body).status;
    assert_eq!(delete(json!({"keys": ["rating"]})), 200);
    assert_eq!(delete(json!({"keys": [1]})), 400);
    assert_eq!(
        annotation(&fake, "PUT", [&trace, &span], &good).headers["allow"],
        "POST, DELETE"
    );
}

#[test]
fn a_broken_body_is_refused() {
    let fake = FakeOrq::new();
    let [trace, span] = ids(&fake);
    let answer = annotation(&fake, "POST", [&trace, &span], &json!({"annotations": []}));
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.json()["error"]["details"]["issues"][0]["path"],
        "annotations"
    );
    let path = format!("/v2/traces/{trace}/spans/{span}/annotation");
    assert_eq!(send(&fake, request("POST", &path, "{")).status, 400);
    assert_eq!(
        send(&fake, request("POST", "/v2/feedback", "{}")).status,
        400
    );
}

#[test]
fn the_keys_of_reviews_may_be_given() {
    for fake in [
        FakeOrq::builder().annotation_key("rating"),
        FakeOrq::builder()
            .seed_json(r#"{"annotation_keys": ["rating"]}"#)
            .unwrap(),
    ] {
        let fake = fake.build();
        let [trace, span] = ids(&fake);
        let post = |key: &str| {
            let body = json!({"annotations": [{"key": key, "value": 1}]});
            annotation(&fake, "POST", [&trace, &span], &body)
        };
        assert_eq!(post("rating").status, 200);
        let refused = post("ratting");
        assert_eq!(refused.status, 404);
        assert_eq!(
            refused.json()["message"],
            "There is no review with the key 'ratting'."
        );
        let correction = json!({"annotations": [{"parent_annotation_id": "e", "value": 1}]});
        assert_eq!(
            annotation(&fake, "POST", [&trace, &span], &correction).status,
            200
        );
    }
}

#[test]
fn the_client_annotates_answers_and_finished_streams() {
    let fake = FakeOrq::new();
    let client = fake.client();
    let request = DeploymentRequest::new("chat");
    block_on(async {
        let answer = client.deployments().invoke(&request).await?;
        answer.annotate(&client, "rating", "good").await?;
        answer.delete_annotation(&client, "rating").await?;
        let stream = client.deployments().stream(&request).await?;
        let answer = stream.finish().await?;
        answer.annotate(&client, "stars", 5).await?;
        let id = answer.id.as_deref().unwrap();
        let feedback = client
            .feedback(&Feedback::new("rating", "good", id))
            .await?;
        let echo: Value = serde_json::from_slice(feedback.body().unwrap()).unwrap();
        assert_eq!(
            (&echo["trace_id"], &echo["product"]),
            (&json!(id), &json!("deployments"))
        );
        Ok::<(), orq_core::Error>(())
    })
    .unwrap();
    let operations: Vec<_> = fake.calls().iter().map(|call| call.operation()).collect();
    assert_eq!(
        operations,
        [
            Operation::Invoke,
            Operation::Annotate,
            Operation::DeleteAnnotations,
            Operation::Stream,
            Operation::Annotate,
            Operation::Feedback,
        ]
    );
}
