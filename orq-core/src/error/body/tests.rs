//! The shapes of error bodies.

use super::*;

fn parts(body: &str) -> (Option<String>, Option<String>) {
    let body = ErrorBody::parse(body.as_bytes(), None);
    (body.code, body.message)
}

fn some(code: &str, message: &str) -> (Option<String>, Option<String>) {
    (Some(code.to_owned()), Some(message.to_owned()))
}

#[test]
fn the_shapes_of_the_api() {
    for (body, expected) in [
        (
            r#"{"error":{"code":"invalid_api_key","message":"No.","doc_url":"…","details":{"a":1}}}"#,
            some("invalid_api_key", "No."),
        ),
        (
            r#"{"id":"1","code":404,"error":"Deployment with key 'x' was not found.","source":"system"}"#,
            some("404", "Deployment with key 'x' was not found."),
        ),
        (
            r#"{"code":7,"message":"not authorized for this endpoint","details":[]}"#,
            some("7", "not authorized for this endpoint"),
        ),
        (
            r#"{"code":"internal_error","message":"Oops"}"#,
            some("internal_error", "Oops"),
        ),
        (r#"{"message":"Oops"}"#, (None, Some("Oops".into()))),
    ] {
        assert_eq!(parts(body), expected);
    }
}

#[test]
fn openai_style() {
    let body = r#"{"error":{"message":"Blocked","type":"guardrail","param":null,"code":null,"failures":[]}}"#;
    let body = ErrorBody::parse(body.as_bytes(), None);
    assert_eq!(body.code, None);
    assert_eq!(body.error_type.as_deref(), Some("guardrail"));
    assert_eq!(body.message.as_deref(), Some("Blocked"));
}

#[test]
fn bodies_that_are_no_json() {
    assert_eq!(parts(""), (None, None));
    assert_eq!(parts("<!doctype html><h1>502</h1>"), (None, None));
    assert_eq!(parts(r#"{"error":{"code":"inv"#), (None, None));
    assert_eq!(
        parts("upstream connect error\n"),
        (None, Some("upstream connect error".into()))
    );
}

#[test]
fn json_that_says_nothing_says_nothing() {
    for json in [
        r#"{"choices":[]}"#,
        "[]",
        r#"{"error":null}"#,
        r#"{"error":{}}"#,
        r#"{"error":[1]}"#,
    ] {
        assert_eq!(parts(json), (None, None), "{json}");
    }
}

#[test]
fn half_an_emoji_or_a_byte_of_latin_1_costs_neither_code_nor_message() {
    let mut body = br#"{"error":{"code":"cost_budget_exceeded","message":"no \ud83d caf"#.to_vec();
    body.extend(b"\xe9\"}}");
    let body = ErrorBody::parse(&body, None);
    assert_eq!(body.code.as_deref(), Some("cost_budget_exceeded"));
    assert_eq!(body.message.as_deref(), Some("no \u{fffd} caf\u{fffd}"));
}

#[test]
fn the_key_is_replaced_however_it_is_spelled() {
    let key = ApiKey::new("abcd/efgh").unwrap();
    let body = br#"{"error":{"code":"abcd/efgh","message":"the key abcd\/efgh"}}"#;
    let body = ErrorBody::parse(body, Some(&key));
    assert_eq!(body.code.as_deref(), Some("[redacted]"));
    assert_eq!(body.message.as_deref(), Some("the key [redacted]"));
}
