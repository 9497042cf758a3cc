use orq_testkit::FakeOrq;
use serde_json::{Value, json};

use super::{Answer, post, request, send};

fn with_authorization(fake: &FakeOrq, authorization: Option<&str>) -> Answer {
    let mut request = request("POST", "/v2/deployments/invoke", r#"{"key": "chat"}"#);
    request.headers_mut().remove("authorization");
    if let Some(value) = authorization {
        request
            .headers_mut()
            .insert("authorization", value.parse().unwrap());
    }
    send(fake, request)
}

fn code(answer: &Answer) -> (u16, String) {
    let json = answer.json();
    let error = &json["error"];
    assert!(!error["message"].as_str().unwrap().is_empty());
    assert!(error["doc_url"].is_string());
    (answer.status, error["code"].as_str().unwrap().to_owned())
}

#[test]
fn only_a_known_key_is_let_in() {
    let fake = FakeOrq::new();
    assert_eq!(
        with_authorization(&fake, Some("Bearer sk-orq-test")).status,
        200
    );
    assert_eq!(
        with_authorization(&fake, Some("bearer sk-orq-test")).status,
        200
    );
    for missing in [
        None,
        Some(""),
        Some("Bearer"),
        Some("Bearer "),
        Some("Basic sk-orq-test"),
    ] {
        let answer = with_authorization(&fake, missing);
        assert_eq!(
            code(&answer),
            (401, "authentication_required".into()),
            "{missing:?}"
        );
    }
    for wrong in [
        "Bearer sk-orq-other",
        "Bearer sk-orq-test2",
        "Bearer sk-orq",
    ] {
        let answer = with_authorization(&fake, Some(wrong));
        assert_eq!(code(&answer), (401, "invalid_api_key".into()), "{wrong}");
        assert_eq!(answer.json()["message"], answer.json()["error"]["message"]);
        assert!(!answer.text().contains("sk-orq"), "{}", answer.text());
    }
}

#[test]
fn given_keys_replace_the_default_one() {
    let fake = FakeOrq::builder().api_key("one").api_key("two").build();
    assert_eq!(with_authorization(&fake, Some("Bearer one")).status, 200);
    assert_eq!(with_authorization(&fake, Some("Bearer two")).status, 200);
    assert_eq!(
        with_authorization(&fake, Some("Bearer sk-orq-test")).status,
        401
    );
}

#[test]
fn every_endpoint_asks_for_the_key() {
    for (method, path) in [
        ("POST", "/v2/deployments/invoke"),
        ("POST", "/v2/deployments/stream"),
        ("POST", "/v2/deployments/get_config"),
        ("GET", "/v2/deployments"),
    ] {
        let mut request = request(method, path, r#"{"key": "chat"}"#);
        request.headers_mut().remove("authorization");
        let answer = send(&FakeOrq::new(), request);
        assert_eq!(
            code(&answer),
            (401, "authentication_required".into()),
            "{path}"
        );
    }
}

#[test]
fn an_unknown_deployment_is_not_found() {
    for verb in ["invoke", "stream", "get_config"] {
        let answer = post(&FakeOrq::new(), verb, &json!({"key": "nobody"}));
        assert_eq!(
            code(&answer),
            (404, "deployment_not_found".into()),
            "{verb}"
        );
        assert!(answer.text().contains("nobody"));
        assert!(answer.headers.contains_key("x-orq-trace-id"));
        assert!(!answer.headers.contains_key("x-ratelimit-limit"));
    }
}

#[test]
fn a_body_that_is_no_json_is_refused() {
    for body in [
        "",
        "{",
        "nope",
        "{\"key\": \"\u{0}\"}",
        &"[".repeat(100_000),
    ] {
        let request = request("POST", "/v2/deployments/invoke", body.to_owned());
        let answer = send(&FakeOrq::new(), request);
        assert_eq!(
            code(&answer),
            (400, "invalid_request_body".into()),
            "{body:.20}"
        );
    }
    let request = request(
        "POST",
        "/v2/deployments/invoke",
        &b"{\"key\": \"\xff\"}"[..],
    );
    assert_eq!(send(&FakeOrq::new(), request).status, 400);
}

#[test]
fn a_body_that_breaks_the_schema_is_refused_by_every_verb() {
    let body = json!({"key": "chat", "messages": [{"role": "user"}], "documents": [{}]});
    for verb in ["invoke", "stream", "get_config"] {
        let answer = post(&FakeOrq::new(), verb, &body);
        assert_eq!(
            code(&answer),
            (400, "invalid_request_body".into()),
            "{verb}"
        );
        let error = &answer.json()["error"];
        assert_eq!(error["message"], "messages[0].content: is required");
        let issues = json!([
            {"path": "messages[0].content", "message": "is required"},
            {"path": "documents[0].text", "message": "is required"},
        ]);
        assert_eq!(error["details"]["issues"], issues);
    }
}

#[test]
fn a_path_has_no_other_methods() {
    for (method, path, allowed) in [
        ("GET", "/v2/deployments/invoke", "POST"),
        ("OPTIONS", "/v2/deployments/stream", "POST"),
        ("PUT", "/v2/deployments/get_config", "POST"),
        ("POST", "/v2/deployments", "GET"),
        ("HEAD", "/v2/deployments?limit=1", "GET"),
    ] {
        let mut request = request(method, path, r#"{"key": "chat"}"#);
        request.headers_mut().remove("authorization");
        let answer = send(&FakeOrq::new(), request);
        assert_eq!(answer.status, 405, "{method} {path}");
        assert_eq!(answer.headers["allow"], allowed, "{method} {path}");
        assert!(answer.json()["message"].as_str().unwrap().contains(method));
    }
}

#[test]
fn other_paths_are_not_there() {
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/__fake/health"),
        ("POST", "/v2/deployments/invoke/"),
        ("POST", "/proxy/v2/deployments/invoke"),
    ] {
        let answer = send(&FakeOrq::new(), request(method, path, r#"{"key": "chat"}"#));
        assert_eq!(answer.status, 404, "{method} {path}");
        assert!(!answer.headers.contains_key("allow"));
        assert!(matches!(&answer.json()["message"], Value::String(text) if text.contains(path)));
    }
}

#[test]
fn debug_output_has_no_keys() {
    let builder = FakeOrq::builder().api_key("sk-orq-secret");
    let before = format!("{builder:?}");
    let printed = format!("{before} {:?}", builder.build());
    assert!(!printed.contains("secret"), "{printed}");
}
