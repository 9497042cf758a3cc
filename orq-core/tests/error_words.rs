//! The server's code and words, wherever they stand in the body: of a bad status, of a 200 and of an event.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use orq_core::{
    DeploymentRequest, Error, ErrorKind, Response, RetryAdvice,
    bytes::Bytes,
    http::{self, StatusCode},
    model::Completion,
};
use orq_testkit::{MemoryTransport, Reply};

/// A body, its code and its message. An empty text stands for none.
const BODIES: [(&str, &str, &str); 41] = [
    // FastAPI.
    (r#"{"detail":"Not Found"}"#, "", "Not Found"),
    (
        r#"{"detail":[{"loc":["body","key"],"msg":"field required","type":"missing"},{"loc":["query",0],"msg":"not a number"}]}"#,
        "",
        "body.key: field required; query.0: not a number",
    ),
    (
        r#"{"detail":{"code":"no_key","message":"No key"}}"#,
        "no_key",
        "No key",
    ),
    (r#"{"detail":{"error":"Overloaded"}}"#, "", "Overloaded"),
    // RFC 9457.
    (
        r#"{"type":"https://x/credit","title":"No credit","status":403,"detail":"You have 30"}"#,
        "",
        "No credit: You have 30",
    ),
    (
        r#"{"type":"about:blank","title":"Forbidden","status":403}"#,
        "",
        "Forbidden",
    ),
    // NestJS.
    (
        r#"{"statusCode":400,"message":["key must be a string","key is empty"],"error":"Bad Request"}"#,
        "",
        "key must be a string; key is empty",
    ),
    (
        r#"{"statusCode":400,"message":"Broken","error":"Bad Request"}"#,
        "",
        "Broken",
    ),
    (
        r#"{"statusCode":404,"message":[],"error":"Not Found"}"#,
        "",
        "Not Found",
    ),
    // Lists.
    (
        r#"[{"error":{"code":429,"message":"Slow"}}]"#,
        "429",
        "Slow",
    ),
    (
        r#"{"error":[{"code":"a","message":"A"},{"code":"b","message":"B"}]}"#,
        "a",
        "A; B",
    ),
    (
        r#"{"errors":[{"message":"A"},{"message":"B"}]}"#,
        "",
        "A; B",
    ),
    (
        r#"{"errors":[{"code":"a","title":"T","detail":"D"}]}"#,
        "a",
        "T: D",
    ),
    (r#"{"errors":["A","B"]}"#, "", "A; B"),
    // An error within an error, and an empty one.
    (
        r#"{"error":{"error":{"code":"c","message":"m"}}}"#,
        "c",
        "m",
    ),
    (
        r#"{"error":{"code":"c","message":{"message":"m"}}}"#,
        "c",
        "m",
    ),
    (r#"{"error":{"message":""},"message":"Outer"}"#, "", "Outer"),
    (
        r#"{"error":{"code":"c","message":" "},"detail":"Outer"}"#,
        "c",
        "Outer",
    ),
    (r#"{"error":{},"code":"c","message":"Outer"}"#, "c", "Outer"),
    (
        r#"{"type":"error","error":{"type":"overloaded_error","message":"Full"}}"#,
        "",
        "Full",
    ),
    (
        r#"{"response":{"error":{"code":"c","message":"m"}}}"#,
        "c",
        "m",
    ),
    // JSON within a text.
    (
        r#"{"error":"{\"error\":{\"code\":\"c\",\"message\":\"m\"}}"}"#,
        "c",
        "m",
    ),
    (
        r#"{"error":{"code":502,"message":"[{\"error\":{\"message\":\"m\"}}]"}}"#,
        "502",
        "m",
    ),
    (
        r#"{"message":"400 {\"error\":{\"code\":\"too_long\",\"message\":\"m\"}} from upstream"}"#,
        "too_long",
        r#"400 {"error":{"code":"too_long","message":"m"}} from upstream"#,
    ),
    (r#""\"{\\\"error\\\":\\\"m\\\"}\"""#, "", "m"),
    (
        r#"{"error":"Bad arguments: {\"message\":\"hi\"}"}"#,
        "",
        r#"Bad arguments: {"message":"hi"}"#,
    ),
    (
        r#"{"error":"<html><title>502 Bad Gateway</title></html>"}"#,
        "",
        "502 Bad Gateway",
    ),
    (r#""Internal error""#, "", "Internal error"),
    // OAuth (RFC 6749, 5.2), and a code alone.
    (
        r#"{"error":"invalid_grant","error_description":"Expired"}"#,
        "invalid_grant",
        "Expired",
    ),
    (
        r#"{"error":"cost_budget_exceeded"}"#,
        "cost_budget_exceeded",
        "cost_budget_exceeded",
    ),
    (r#"{"error":429,"reason":"Slow"}"#, "429", "Slow"),
    // Other capitals.
    (r#"{"Error":{"Code":"c","Message":"m"}}"#, "c", "m"),
    (r#"{"ERROR_CODE":7,"errorMessage":"m"}"#, "7", "m"),
    (r#"{"message":null,"Message":"m"}"#, "", "m"),
    // Framed as an event.
    (
        "data: {\"error\":{\"code\":\"c\",\"message\":\"m\"}}\n\n",
        "c",
        "m",
    ),
    (
        "event: error\r\ndata: {\"code\":\"c\",\r\ndata: \"message\":\"m\"}",
        "c",
        "m",
    ),
    (
        ": ping\n\ndata:\n\ndata: {\"id\":\"1\"}\n\ndata: {\"error\":\"m\"}\n\ndata: [DONE]\n\n",
        "",
        "m",
    ),
    (
        "\u{feff}event: error\ndata: overloaded\n\n",
        "",
        "overloaded",
    ),
    // Something behind it.
    (
        "{\"error\":{\"code\":\"c\",\"message\":\"m\"}}\n{\"error\":\"n\"}",
        "c",
        "m",
    ),
    ("{\"error\":\"m\"}[DONE]", "", "m"),
    // A code in a text that goes on.
    (
        "Error: 429 {\"error\":{\"code\":\"c\"}}\n",
        "c",
        "Error: 429 {\"error\":{\"code\":\"c\"}}",
    ),
];

fn failed(status: u16, body: &str) -> Error {
    let mut response = http::Response::new(Bytes::from(body.to_owned()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    Error::from_response(response)
}

fn said(error: &Error) -> (&str, &str) {
    (
        error.code().unwrap_or_default(),
        error.message().unwrap_or_default(),
    )
}

async fn invoke(reply: Reply) -> Result<Response<Completion>, Error> {
    let memory = MemoryTransport::new();
    memory.reply(reply);
    let call = memory.client().deployments();
    call.invoke(&DeploymentRequest::new("chat")).await
}

async fn stream(reply: Reply) -> Result<Response<Completion>, Error> {
    let memory = MemoryTransport::new();
    memory.reply(reply);
    let call = memory.client().deployments();
    call.stream(&DeploymentRequest::new("chat"))
        .await?
        .finish()
        .await
}

#[test]
fn of_a_bad_status() {
    for (body, code, message) in BODIES {
        assert_eq!(said(&failed(400, body)), (code, message), "{body}");
    }
}

#[tokio::test]
async fn of_an_error_event() {
    for (body, code, message) in BODIES {
        if body.starts_with(['{', '[', '"']) {
            let data = body.replace('\n', "\ndata: ");
            let event = format!("event: error\ndata: {data}\n\n");
            let error = stream(Reply::sse_chunks([event])).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::StreamError, "{body}");
            assert_eq!(said(&error), (code, message), "{body}");
        }
    }
}

#[test]
fn a_money_code_in_an_event_under_429_is_not_repeated() {
    let body = "data: {\"error\":{\"code\":\"cost_budget_exceeded\",\"message\":\"No\"}}\n\n";
    assert_eq!(failed(429, body).retry_advice(), RetryAdvice::Never);
}

#[test]
fn the_type_of_an_error_is_that_of_the_innermost_one_that_has_a_type() {
    for (body, kind) in [
        (
            r#"{"type":"error","error":{"type":"overloaded_error","message":"m"}}"#,
            Some("overloaded_error"),
        ),
        (
            r#"{"type":"https://x/credit","title":"m"}"#,
            Some("https://x/credit"),
        ),
        (r#"{"type":"error","error":{"message":"m"}}"#, None),
        (
            r#"{"error":{"message":"m"},"message":{"type":"content"}}"#,
            None,
        ),
    ] {
        assert_eq!(failed(400, body).error_type(), kind, "{body}");
    }
}

#[test]
fn what_says_nothing_has_neither_code_nor_words() {
    for body in [
        "",
        " ",
        "{}",
        "[]",
        "null",
        "7",
        "\"\"",
        "data: [DONE]\n\n",
        "data: {}\n\n",
        r#"{"error":{"message":{},"code":null}}"#,
        r#"{"error":"null"}"#,
        r#"{"detail":[[],{}]}"#,
        r#"{"request":{"message":"the user's"}}"#,
        r#"{"choices":[{"message":{"content":"x"}}]}"#,
    ] {
        assert_eq!(said(&failed(400, body)), ("", ""), "{body}");
    }
}

#[test]
fn the_search_is_bounded() {
    let nested = |open: &str, close: &str, depth| {
        let body = format!("{}\"m\"{}", open.repeat(depth), close.repeat(depth));
        failed(400, &body).message().map(str::to_owned)
    };
    assert_eq!(nested(r#"{"error":"#, "}", 5).as_deref(), Some("m"));
    assert_eq!(nested(r#"{"error":"#, "}", 100), None);
    assert_eq!(nested("[", "]", 100_000), None);
    let many = format!("[{}\"m\"]", "\"m\",".repeat(100_000));
    assert_eq!(failed(400, &many).message().unwrap().len(), 8 + 2 * 7);
    let long = format!(r#"{{"code":"{0}","message":"ü{0}"}}"#, "ü".repeat(100_000));
    let error = failed(400, &long);
    let (code, message) = said(&error);
    assert!(code.len() <= 8192 && message.len() <= 8192 && message.len() > 8000);
}

#[test]
fn a_page_of_a_proxy_shows_its_title_and_who_sent_it() {
    for (body, headers, message) in [
        (
            "<html><head><TITLE>\n 502  Bad Gateway</title>",
            &[][..],
            Some("502 Bad Gateway"),
        ),
        (
            " <!doctype html><title lang=\"en\">A &amp; B</title>",
            &[("server", "nginx/1.25")][..],
            Some("A &amp; B (HTML from nginx/1.25)"),
        ),
        (
            "<html><title>504</title>",
            &[("server", "cloudflare"), ("via", "1.1 varnish")][..],
            Some("504 (HTML from cloudflare, via 1.1 varnish)"),
        ),
        (
            "<html><h1>x",
            &[("via", "1.1 google")][..],
            Some("HTML via 1.1 google"),
        ),
        ("<html><titles>x</titles>", &[][..], None),
        ("<html><title>never ends", &[][..], None),
        ("<html><title> </title>", &[][..], None),
        ("plain", &[("server", "nginx")][..], Some("plain")),
        ("", &[("server", "nginx")][..], None),
    ] {
        let mut response = http::Response::builder().status(502);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let error = Error::from_response(response.body(Bytes::from(body)).unwrap());
        assert_eq!(error.message(), message, "{body}");
    }
    for (length, shown) in [(10_000, Some(200)), (100_000, None)] {
        let long = failed(502, &format!("<title>{}</title>", "ü".repeat(length)));
        assert_eq!(long.message().map(|title| title.chars().count()), shown);
    }
}

#[tokio::test]
async fn a_page_instead_of_an_answer_shows_its_title() {
    let page = || {
        let reply = Reply::status(200, "<html><title>Sign in</title>");
        reply
            .header("content-type", "text/html")
            .header("server", "gate")
    };
    for error in [
        invoke(page()).await.unwrap_err(),
        stream(page()).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Decode);
        let message = error.message().unwrap();
        assert!(message.ends_with(": Sign in (HTML from gate)"), "{message}");
    }
}

#[tokio::test]
async fn a_redirect_shows_no_query_and_no_user() {
    for (to, shown) in [
        ("https://u:p@host/a?sig=1#f", "https://host/a"),
        ("https://u:p@q@host", "https://host"),
        ("//u@host:8443/a@b", "//host:8443/a@b"),
        ("/a@b?x", "/a@b"),
        ("/a:b@c//d@e", "/a:b@c//d@e"),
        ("https:/u:p@host/a", "https:/host/a"),
        ("https:///u@host", "https:///host"),
        ("?x", ""),
        ("https://host#f", "https://host"),
        ("https://host?u@x", "https://host"),
        ("https:\\\\u:p@host\\a@b?x", "https:\\\\host\\a@b"),
    ] {
        let reply = Reply::status(302, "").header("location", to);
        let error = invoke(reply).await.unwrap_err();
        let message = format!("not followed: a redirect to {shown}");
        assert_eq!(error.message(), Some(message.as_str()), "{to}");
    }
}
