//! What a recorded request tells, and what it keeps to itself.

use http::HeaderValue;

use super::*;

fn recorded() -> RecordedRequest {
    let mut request = Request::post("https://my.orq.ai/v2/deployments/invoke?x=1")
        .header("authorization", "Bearer sk-orq-secret")
        .header("x-plain", "seen")
        .body(Bytes::from(r#"{"b":1,"a":2}"#))
        .unwrap();
    let mut marked = HeaderValue::from_static("hidden");
    marked.set_sensitive(true);
    request.headers_mut().insert("x-marked", marked);
    let context = CallContext::new(Operation::Invoke, Some("chat"));
    request.extensions_mut().insert(context);
    RecordedRequest::new(request, Duration::from_secs(7))
}

#[test]
fn everything_that_was_sent_can_be_asked_for() {
    let request = recorded();
    assert_eq!(request.method(), Method::POST);
    assert_eq!(request.path(), "/v2/deployments/invoke");
    assert_eq!(request.uri().query(), Some("x=1"));
    assert_eq!(request.bearer(), Some("sk-orq-secret"));
    assert_eq!(request.header("x-plain"), Some("seen"));
    assert_eq!(request.header("x-absent"), None);
    assert_eq!(request.text(), r#"{"b":1,"a":2}"#);
    assert_eq!(request.json(), serde_json::json!({"a": 2, "b": 1}));
    assert_eq!(request.context().unwrap().deployment(), Some("chat"));
    assert_eq!(request.at(), Duration::from_secs(7));
}

#[test]
fn credentials_are_not_printed() {
    let printed = format!("{:?}", recorded());
    assert!(printed.contains("seen"));
    assert!(!printed.contains("sk-orq-secret"), "{printed}");
    assert!(!printed.contains("hidden"), "{printed}");
}

#[test]
fn the_key_is_printed_nowhere() {
    let mut request = Request::post("https://my.orq.ai/sk-orq-secret")
        .header("authorization", "Bearer sk-orq-secret")
        .header("x-copy", "the sk-orq-secret")
        .body(Bytes::from(r#"{"key":"sk-orq-secret"}"#))
        .unwrap();
    let context = CallContext::new(Operation::Invoke, Some("sk-orq-secret"));
    request.extensions_mut().insert(context);
    let request = RecordedRequest::new(request, Duration::ZERO);
    let printed = format!("{request:?} {request}");
    assert!(!printed.contains("sk-orq-secret"), "{printed}");
    assert!(printed.contains("<redacted>"));
}

#[test]
fn a_short_key_is_hidden_in_its_header_and_cut_out_of_no_word() {
    for key in ["key", "v2", "deploy", "a"] {
        let whole = format!("https://my.orq.ai/?a={key}&b={key}");
        let request = Request::get(whole).header("authorization", format!("Bearer {key}"));
        let request = request.body(Bytes::new()).unwrap();
        let printed = format!("{:?}", RecordedRequest::new(request, Duration::ZERO));
        let hidden = "https://my.orq.ai/?a=<redacted>&b=<redacted>";
        assert!(printed.contains(hidden), "{printed}");
        let request = Request::post("https://my.orq.ai/v2/deployments/invoke?key=a-key&v2=v2x")
            .header("authorization", format!("Bearer {key}"))
            .header("x-mode", "api_key")
            .body(Bytes::from(r#"{"key":"a deployment"}"#))
            .unwrap();
        let printed = format!("{:?}", RecordedRequest::new(request, Duration::ZERO));
        assert!(!printed.contains(&format!("Bearer {key}")), "{printed}");
        for whole in [
            "https://my.orq.ai/v2/deployments/invoke?key=a-key&v2=v2x",
            "api_key",
            r#"{\"key\":\"a deployment\"}"#,
        ] {
            assert!(printed.contains(whole), "{printed}");
        }
    }
}

#[test]
fn without_a_context_the_request_tells_what_it_is() {
    let operation = |method: &str, path: &str, body: &'static str| {
        let request = Request::builder().method(method).uri(path);
        let request = request.body(Bytes::from(body)).unwrap();
        RecordedRequest::new(request, Duration::ZERO).operation()
    };
    for (method, path, body, expected) in [
        ("POST", "/v2/deployments/invoke", "{}", Operation::Invoke),
        (
            "POST",
            "/prefix/v2/deployments/invoke",
            "",
            Operation::Invoke,
        ),
        (
            "POST",
            "/v2/deployments/invoke",
            r#"{"stream":true}"#,
            Operation::Stream,
        ),
        ("POST", "/v2/deployments/stream", "{}", Operation::Stream),
        (
            "POST",
            "/v2/deployments/get_config",
            "{}",
            Operation::GetConfig,
        ),
        ("GET", "/v2/deployments?limit=1", "", Operation::List),
        ("GET", "/v2/deployments/invoke", "", Operation::Other),
        (
            "GET",
            "/v2/deployments/a/versions?limit=1",
            "",
            Operation::Versions,
        ),
        ("POST", "/v2/deployments/a/versions", "", Operation::Other),
        ("GET", "/v2/prompts/a/versions", "", Operation::Other),
        (
            "POST",
            "/v2/traces/t/spans/s/annotation",
            "",
            Operation::Annotate,
        ),
        (
            "DELETE",
            "/v2/traces/t/spans/s/annotation",
            "",
            Operation::DeleteAnnotations,
        ),
        ("POST", "/v2/feedback", "", Operation::Feedback),
        ("DELETE", "/v2/deployments", "", Operation::Other),
    ] {
        assert_eq!(operation(method, path, body), expected, "{method} {path}");
    }
}

#[test]
#[should_panic(expected = "isn't JSON")]
fn a_body_that_is_no_json_fails_the_test() {
    let request = Request::post("/x").body(Bytes::from("nope")).unwrap();
    RecordedRequest::new(request, Duration::ZERO).json();
}
