//! Answers in JSON of a type.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use futures::executor::block_on;
use orq_core::{
    Client, Completion, DeploymentRequest, Error, ErrorKind, Response,
    model::{JsonObjectFormat, JsonSchema, NoText},
};
use orq_testkit::MemoryTransport;
use serde::Deserialize;
use serde_json::{Value, json};
use static_assertions::assert_impl_all;

#[derive(Debug, Deserialize, PartialEq)]
struct City {
    name: String,
    streets: Vec<Street>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Street {
    length: u32,
}

assert_impl_all!(NoText: std::error::Error);

fn answered(message: Value, finish: &str) -> Response<Completion> {
    let memory = MemoryTransport::new();
    let choice = json!({"index": 0, "message": message, "finish_reason": finish});
    memory.reply_json(json!({"choices": [choice], "telemetry": {"trace_id": "trace-7"}}));
    let client = Client::new(memory.handle(), "sk-secret-key").unwrap();
    let deployments = client.deployments();
    block_on(
        deployments
            .invoke(&DeploymentRequest::new("cities"))
            .into_future(),
    )
    .unwrap()
}

fn city(text: &str) -> Result<City, Error> {
    answered(json!({"role": "assistant", "content": text}), "stop").json()
}

#[test]
fn the_text_is_read_with_or_without_a_code_fence() {
    let json = r#"{"name":"Utrecht ```\n```","streets":[{"length":3}]}"#;
    for text in [
        json.to_owned(),
        format!("\n {json} \n"),
        format!("```json\n{json}\n```"),
        format!("```\n{json}\n```\n"),
        format!("  ```JSON\r\n{json}\r\n```"),
        format!("Here it is:\n\n```json\n{json}\n```\nAnything else?"),
        format!("```json\n{json}\n```\n```json\n{{}}\n```"),
        format!("```json\n{json}"),
    ] {
        let city = city(&text).unwrap();
        assert_eq!(city.name, "Utrecht ```\n```", "{text}");
        assert_eq!(city.streets, [Street { length: 3 }], "{text}");
    }
}

#[test]
fn what_cannot_be_read_says_where_and_keeps_the_answer() {
    for (text, why) in [
        (
            r#"{"name":"U","streets":[{"length":1},{"length":"2"}]}"#,
            "at `streets[1].length`: invalid type: string \"2\"",
        ),
        (r#"{"na"#, "can't be read: EOF while parsing a string"),
        (r#"{"name":"U","streets":[{"leng"#, "at `streets[0]`: EOF"),
        (r#"{"streets":[]}"#, "can't be read: missing field `name`"),
        (
            r#"{"name":"U","streets":[]} and more"#,
            "can't be read: trailing characters",
        ),
        ("It is Utrecht.", "can't be read: expected value"),
        ("```", "can't be read: expected value"),
        ("```json\n```", "can't be read: EOF while parsing a value"),
        (
            r#"{"name":"sk-secret-key","streets":[{"length":-1}]}"#,
            "at `streets[0].length`",
        ),
    ] {
        let error = city(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{text}");
        let message = error.message().unwrap();
        assert!(message.contains(why), "{message}");
        assert_eq!(error.trace_id(), Some("trace-7"));
        let body = String::from_utf8(error.body().unwrap().to_vec()).unwrap();
        assert_eq!(body, text.replace("sk-secret-key", "[redacted]"));
        let partial = error.partial().unwrap();
        assert_eq!(partial.finish_reason().map(|it| it.as_str()), Some("stop"));
        assert!(!format!("{error} {error:?}").contains("sk-secret-key"));
    }
}

#[test]
fn a_cut_at_the_token_limit_is_named() {
    let message = json!({"content": "{\"name\": \"Utr"});
    for finish in ["length", "MAX_TOKENS"] {
        let error = answered(message.clone(), finish)
            .json::<City>()
            .unwrap_err();
        let why = "at `name`: EOF while parsing a string at line 1 column 13; the answer reached the limit of tokens";
        assert!(error.to_string().contains(why), "{error}");
    }
    let error = answered(message, "stop").json::<City>().unwrap_err();
    assert!(!error.to_string().contains("limit"), "{error}");
}

#[test]
fn an_answer_without_text_says_why() {
    let error = answered(json!({"content": null, "refusal": "No."}), "stop")
        .json::<City>()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    let source = std::error::Error::source(&error).and_then(|source| source.downcast_ref());
    assert_eq!(source, Some(&NoText::Refusal("No.".to_owned())));
    assert!(
        error
            .to_string()
            .contains("the model refused to answer: No."),
        "{error}"
    );
    assert!(error.partial().is_some());
}

#[test]
fn a_finished_stream_is_read_alike() {
    let memory = MemoryTransport::new();
    let pieces = ["{\"name\":\"U\",", "\"streets\":[]}"];
    let chunks = pieces
        .map(|text| json!({"choices": [{"index": 0, "message": {"content": text}}]}).to_string());
    memory.reply_sse(chunks.iter().map(String::as_str).chain(["[DONE]"]));
    let client = Client::new(memory.handle(), "my-key").unwrap();
    block_on(async {
        let stream = client
            .deployments()
            .stream(&DeploymentRequest::new("cities"))
            .await
            .unwrap();
        let city: City = stream.finish().await.unwrap().json().unwrap();
        assert_eq!(city.name, "U");
    });
}

#[test]
fn a_format_is_sent_as_an_extra_parameter() {
    let schema = || JsonSchema::new("city", json!({"type": "object"}));
    let sent = |request: DeploymentRequest| {
        serde_json::to_value(request).unwrap()["extra_params"]["response_format"].clone()
    };
    let request = DeploymentRequest::new("cities");
    assert_eq!(
        sent(request.clone().response_format(JsonObjectFormat::new())),
        json!({"type": "json_object"})
    );
    assert_eq!(
        sent(
            request
                .clone()
                .response_format(JsonObjectFormat::new())
                .response_format(schema().strict(false))
        ),
        json!({"type": "json_schema", "json_schema": {"name": "city", "strict": false, "schema": {"type": "object"}}}),
    );
}

#[test]
fn a_type_without_a_strict_schema_is_an_argument_error_and_nothing_is_sent() {
    let memory = MemoryTransport::new();
    let client = Client::new(memory.handle(), "my-key").unwrap();
    let request =
        DeploymentRequest::new("cities").response_type::<std::collections::BTreeMap<String, u8>>();
    let error = block_on(client.deployments().invoke(&request).into_future()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Argument);
    assert!(
        error
            .to_string()
            .contains("the type is a map, whose keys aren't known"),
        "{error}"
    );
    assert!(error.to_string().contains("response_format"), "{error}");
    assert_eq!(memory.requests().len(), 0);
}
