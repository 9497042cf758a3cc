//! What the client makes of answers that are none: every shape of error body that is known, and what stands in
//! for one.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::time::Duration;

use orq_core::{
    Client, DeploymentRequest, Error, ErrorKind, RetryAdvice,
    retry::NoRetry,
    transport::{Delivery, Phase, TransportError, TransportErrorKind},
};
use orq_testkit::{Fault, MemoryTransport, Reply};

const KEY: &str = "sk-orq-secret-of-the-test";

async fn failure(reply: Reply) -> Error {
    let memory = MemoryTransport::new();
    memory.reply(reply);
    let client = Client::builder(memory.handle())
        .api_key(KEY)
        .retry(NoRetry)
        .build()
        .unwrap();
    let error = client
        .deployments()
        .invoke(&DeploymentRequest::new("example"))
        .await
        .unwrap_err();
    assert!(
        !format!("{error} {error:?} {error:#?}").contains("secret"),
        "{error:?}"
    );
    error
}

fn json(status: u16, body: &'static str) -> Reply {
    Reply::json_text(body).with_status(status)
}

#[tokio::test]
async fn body_with_an_object_under_error() {
    let body = r#"{"error":{"code":"invalid_api_key","message":"The key is not valid.","doc_url":"https://docs.orq.ai","details":{}}}"#;
    let error = failure(json(401, body)).await;
    assert_eq!(error.kind(), ErrorKind::Api);
    assert_eq!(error.status().unwrap(), 401);
    assert_eq!(error.code(), Some("invalid_api_key"));
    assert_eq!(error.message(), Some("The key is not valid."));
    assert!(error.is_auth());
    assert_eq!(error.delivery(), Some(Delivery::Answered));
    assert_eq!(error.retry_advice(), RetryAdvice::Never);
    assert_eq!(
        error.to_string(),
        "api error 401 [invalid_api_key]: The key is not valid."
    );
    assert_eq!(error.body().unwrap(), body);
}

#[tokio::test]
async fn body_with_a_string_under_error() {
    let body = r#"{"id":"01J","code":404,"error":"Deployment with key 'example' was not found.","source":"system"}"#;
    let error = failure(json(404, body)).await;
    assert_eq!(error.code(), Some("404"));
    assert_eq!(
        error.message(),
        Some("Deployment with key 'example' was not found.")
    );
    assert!(error.is_not_found());
}

#[tokio::test]
async fn body_with_a_grpc_code() {
    let error = failure(json(
        403,
        r#"{"code":7,"message":"not authorized for this endpoint","details":[]}"#,
    ))
    .await;
    assert_eq!(error.code(), Some("7"));
    assert_eq!(error.message(), Some("not authorized for this endpoint"));
    assert!(error.is_auth());
}

#[tokio::test]
async fn body_with_code_and_message() {
    let error = failure(json(500, r#"{"code":"internal_error","message":"Oops"}"#)).await;
    assert_eq!(
        (error.code(), error.message()),
        (Some("internal_error"), Some("Oops"))
    );
    assert_eq!(error.retry_advice(), RetryAdvice::MayDuplicate);
}

#[tokio::test]
async fn body_with_a_message_alone() {
    let error = failure(json(400, r#"{"message":"Bad request"}"#)).await;
    assert_eq!((error.code(), error.message()), (None, Some("Bad request")));
}

#[tokio::test]
async fn body_in_the_style_of_openai() {
    let body = r#"{"error":{"message":"Blocked.","type":"guardrail_error","param":null,"code":"guardrail_blocked","failures":["pii"]}}"#;
    let error = failure(json(422, body)).await;
    assert_eq!(error.code(), Some("guardrail_blocked"));
    assert_eq!(error.error_type(), Some("guardrail_error"));
    assert_eq!(error.message(), Some("Blocked."));
}

#[tokio::test]
async fn body_of_html() {
    let reply =
        Reply::status(502, "<html><h1>Bad gateway</h1></html>").header("content-type", "text/html");
    let error = failure(reply).await;
    assert_eq!(
        (error.kind(), error.status().unwrap().as_u16()),
        (ErrorKind::Api, 502)
    );
    assert_eq!((error.code(), error.message()), (None, None));
    assert_eq!(error.body().unwrap(), "<html><h1>Bad gateway</h1></html>");
    assert_eq!(error.to_string(), "api error 502");
}

#[tokio::test]
async fn body_that_is_empty() {
    let error = failure(Reply::status(500, "")).await;
    assert_eq!((error.code(), error.message()), (None, None));
    assert_eq!(error.body().unwrap(), "");
}

#[tokio::test]
async fn body_that_is_cut_off() {
    let reply = Reply::json_text(r#"{"error":{"code":"prov"#)
        .with_status(502)
        .break_off(Fault::Reset);
    let error = failure(reply).await;
    assert_eq!(
        (error.kind(), error.status().unwrap().as_u16()),
        (ErrorKind::Api, 502)
    );
    assert_eq!(error.body().unwrap(), r#"{"error":{"code":"prov"#);
}

#[tokio::test]
async fn body_larger_than_is_kept() {
    let error = failure(Reply::status(500, vec![b'x'; 100_000])).await;
    assert_eq!(error.body().unwrap().len(), 64 * 1024);
    assert_eq!(error.message(), None);
}

#[tokio::test]
async fn a_key_that_the_server_repeats_is_not_shown() {
    let body =
        format!(r#"{{"error":{{"code":"invalid_api_key","message":"Key {KEY} is unknown"}}}}"#);
    let reply = Reply::json_text(body)
        .with_status(401)
        .header("x-orq-trace-id", KEY)
        .header("x-echo", KEY);
    let error = failure(reply).await;
    assert_eq!(error.message(), Some("Key [redacted] is unknown"));
    assert!(
        !error
            .body()
            .unwrap()
            .windows(KEY.len())
            .any(|window| window == KEY.as_bytes())
    );
    assert!(error.headers().values().all(|value| value != KEY));
}

#[tokio::test]
async fn an_error_with_a_status_of_200_is_an_error() {
    let error = failure(json(
        200,
        r#"{"error":{"code":"provider_error","message":"Down"}}"#,
    ))
    .await;
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Api, Some("provider_error"))
    );
}

#[tokio::test]
async fn no_content() {
    let error = failure(Reply::status(204, "")).await;
    assert_eq!(error.kind(), ErrorKind::NoContent);
    assert_eq!(error.status().unwrap(), 204);
}

#[tokio::test]
async fn an_answer_of_the_wrong_kind() {
    let html = Reply::status(200, "<html>").header("content-type", "text/html");
    for reply in [html, json(200, "[]"), json(200, "null")] {
        let error = failure(reply).await;
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        assert_eq!(error.retry_advice(), RetryAdvice::Never);
    }
    let error = failure(Reply::json_text(&b"{\"id\":\"\xff\"}"[..])).await;
    assert_eq!(error.kind(), ErrorKind::Decode);
    for cut in ["", r#"{"choices":["#] {
        let error = failure(json(200, cut)).await;
        assert_eq!(error.kind(), ErrorKind::Truncated, "{error}");
        assert_eq!(error.retry_advice(), RetryAdvice::MayDuplicate);
    }
}

#[tokio::test]
async fn a_redirect_is_shown_and_not_followed() {
    let error =
        failure(Reply::status(307, "").header("location", "https://elsewhere.example/v2")).await;
    assert_eq!(
        (error.kind(), error.status().unwrap().as_u16()),
        (ErrorKind::Api, 307)
    );
    assert_eq!(
        error.message(),
        Some("not followed: a redirect to https://elsewhere.example/v2")
    );
}

#[tokio::test]
async fn rate_limits_say_how_long_to_wait_unless_money_ran_out() {
    let limited = json(
        429,
        r#"{"error":{"code":"rate_limit_exceeded","message":"Slow down"}}"#,
    );
    let error = failure(
        limited
            .header("retry-after", "7")
            .header("x-orq-trace-id", "01JTRACE"),
    )
    .await;
    assert!(error.is_rate_limited());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!(error.retry_advice(), RetryAdvice::Safe);
    assert_eq!(error.trace_id(), Some("01JTRACE"));
    assert_eq!(
        error.to_string(),
        "api error 429 [rate_limit_exceeded]: Slow down (trace 01JTRACE)"
    );

    for code in [
        "cost_budget_exceeded",
        "token_budget_exceeded",
        "insufficient_quota",
    ] {
        let body = format!(r#"{{"error":{{"code":"{code}","message":"No"}}}}"#);
        let error = failure(Reply::json_text(body).with_status(429)).await;
        assert_eq!(error.retry_advice(), RetryAdvice::Never, "{code}");
    }
}

#[tokio::test]
async fn the_advice_follows_the_status_and_the_servers_word() {
    use RetryAdvice::{MayDuplicate, Never, Safe};
    let table = [
        (400, Never),
        (401, Never),
        (402, Never),
        (404, Never),
        (408, MayDuplicate),
        (409, MayDuplicate),
        (421, Safe),
        (422, Never),
        (425, Safe),
        (429, Safe),
        (500, MayDuplicate),
        (501, Never),
        (502, MayDuplicate),
        (503, MayDuplicate),
        (504, MayDuplicate),
        (505, Never),
        (507, MayDuplicate),
        (520, MayDuplicate),
        (524, MayDuplicate),
        (529, MayDuplicate),
        (530, MayDuplicate),
        (599, MayDuplicate),
        (600, Never),
        (999, Never),
    ];
    for (status, advice) in table {
        assert_eq!(
            failure(Reply::status(status, "")).await.retry_advice(),
            advice,
            "{status}"
        );
        for (asked, advice) in [
            ("true", Safe),
            ("TRUE", Safe),
            ("false", Never),
            ("False", Never),
        ] {
            let reply = Reply::status(status, "").header("x-should-retry", asked);
            assert_eq!(failure(reply).await.retry_advice(), advice, "{status}");
        }
    }
}

#[tokio::test]
async fn a_503_is_safe_to_repeat_only_where_the_api_itself_answers() {
    let own = r#"{"error":{"code":"service_unavailable","message":"Try again."}}"#;
    for (reply, advice) in [
        (Reply::status(503, own), RetryAdvice::Safe),
        (
            Reply::status(503, "").header("retry-after", "1"),
            RetryAdvice::Safe,
        ),
        (
            Reply::status(503, "<html>upstream failed</html>"),
            RetryAdvice::MayDuplicate,
        ),
        (
            Reply::status(503, r#"{"error":"upstream_failed"}"#),
            RetryAdvice::MayDuplicate,
        ),
        (
            Reply::status(503, r#"{"message":"Service Unavailable"}"#),
            RetryAdvice::MayDuplicate,
        ),
    ] {
        assert_eq!(failure(reply).await.retry_advice(), advice);
    }
    for of_a_gateway in [
        r#"{"error":503}"#,
        r#"{"code":503,"message":"Service Unavailable"}"#,
        r#"{"error":"upstream_timeout","message":"The upstream is too slow."}"#,
        r#"{"error":"upstream_timeout","error_description":"too slow"}"#,
        r#"{"error":{"error":"upstream_timeout","message":"too slow"}}"#,
        r#"{"errorCode":"upstream_timeout"}"#,
        r#"{"errors":[{"code":"upstream_timeout"}]}"#,
        r#"the upstream says: {"error":{"code":"server_error"}}"#,
        r#"{"message":"{\"error\":{\"code\":\"server_error\"}}"}"#,
        r#"{"fault":{"faultstring":"late","detail":{"errorcode":"GatewayTimeout"}}}"#,
        "data: {\"code\":\"server_error\"}\n\n",
    ] {
        let error = failure(Reply::status(503, of_a_gateway)).await;
        let advice = error.retry_advice();
        assert_eq!(advice, RetryAdvice::MayDuplicate, "{of_a_gateway}");
    }
}

#[tokio::test]
async fn a_get_can_be_repeated() {
    let memory = MemoryTransport::new();
    memory.reply_status(500, "");
    let error = memory.client().deployments().list().await.unwrap_err();
    assert_eq!(error.retry_advice(), RetryAdvice::Safe);
}

#[tokio::test]
async fn a_transports_failure_keeps_its_phase_and_delivery() {
    let memory = MemoryTransport::new();
    let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
    memory.fail(
        TransportError::new(
            TransportErrorKind::Connect,
            Phase::Connect,
            Delivery::NotSent,
        )
        .with_source(refused),
    );
    memory.fail(TransportError::new(
        TransportErrorKind::Closed,
        Phase::Headers,
        Delivery::MaybeSent,
    ));
    let client = memory.client();
    let request = DeploymentRequest::new("chat");

    let error = client.deployments().invoke(&request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert_eq!(
        (error.phase(), error.delivery()),
        (Some(Phase::Connect), Some(Delivery::NotSent))
    );
    assert_eq!(error.retry_advice(), RetryAdvice::Safe);
    assert_eq!(
        error.to_string(),
        "connect error while connecting, request not sent: connection refused"
    );

    let error = client.deployments().invoke(&request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Closed);
    assert_eq!(error.retry_advice(), RetryAdvice::MayDuplicate);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_the_transports_failure_with_the_status() {
    let error = failure(json(200, r#"{"choices":[{"mess"#).break_off(Fault::Reset)).await;
    assert_eq!(
        (error.kind(), error.phase()),
        (ErrorKind::Closed, Some(Phase::Body))
    );
    assert_eq!(error.status().unwrap(), 200);
    assert_eq!(error.body().unwrap(), r#"{"choices":[{"mess"#);
}

#[tokio::test]
async fn display_is_one_line() {
    let long = format!(r#"{{"message":"a\nb\u001b[31m{}"}}"#, "x".repeat(1000));
    let shown = failure(Reply::json_text(long).with_status(500))
        .await
        .to_string();
    assert!(shown.starts_with("api error 500: a b [31mxxx"), "{shown}");
    assert!(shown.len() < 400 && !shown.contains('\n'), "{shown}");
}
