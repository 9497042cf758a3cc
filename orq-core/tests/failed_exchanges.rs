//! What an error tells of the exchange that failed, beyond the body.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::{error::Error as _, time::Duration};

use orq_core::{
    Client, DeploymentRequest, Error, RetryAdvice,
    error::Clock,
    http::StatusCode,
    retry::{FailedAttempt, RetryDecision, RetryPolicy},
    transport::{Delivery, Phase, TransportError, TransportErrorKind},
};
use orq_testkit::{Fault, MemoryTransport, Reply};

#[path = "hostile/timeless.rs"]
mod timeless;

use timeless::Timeless;

async fn failed(reply: Reply) -> Error {
    let memory = MemoryTransport::new();
    memory.reply(reply);
    let call = memory.client().deployments();
    call.invoke(&DeploymentRequest::new("chat"))
        .await
        .unwrap_err()
}

fn transport(kind: TransportErrorKind, phase: Phase, delivery: Delivery) -> Reply {
    Reply::failed(TransportError::new(kind, phase, delivery))
}

#[tokio::test]
async fn the_headers_of_the_response() {
    let error = failed(Reply::status(500, "").header("x-a", "b")).await;
    assert_eq!(error.headers()["x-a"], "b");
}

#[tokio::test]
async fn each_question_about_the_status_has_its_own_answer() {
    for (status, limited, auth, not_found) in [
        (401, false, true, false),
        (403, false, true, false),
        (404, false, false, true),
        (429, true, false, false),
        (500, false, false, false),
    ] {
        let error = failed(Reply::status(status, "")).await;
        assert_eq!(error.is_rate_limited(), limited, "{status}");
        assert_eq!(error.is_auth(), auth, "{status}");
        assert_eq!(error.is_not_found(), not_found, "{status}");
    }
}

#[tokio::test]
async fn a_timeout_while_connecting_is_the_clock_on_connecting() {
    use TransportErrorKind::{Closed, Timeout};
    for (kind, phase, clock) in [
        (Timeout, Phase::Connect, Some(Clock::Connect)),
        (Timeout, Phase::Headers, None),
        (Closed, Phase::Connect, None),
    ] {
        let error = failed(transport(kind, phase, Delivery::NotSent)).await;
        assert_eq!(
            error.timeout().map(|timeout| timeout.clock),
            clock,
            "{kind} {phase}"
        );
    }
}

#[tokio::test]
async fn the_transports_error_is_the_source() {
    let error = failed(transport(
        TransportErrorKind::Tls,
        Phase::Connect,
        Delivery::NotSent,
    ))
    .await;
    let source = error.source().unwrap().downcast_ref::<TransportError>();
    assert_eq!(source.unwrap().kind(), TransportErrorKind::Tls);
}

#[tokio::test]
async fn what_a_transport_refuses_it_would_refuse_again() {
    let other = |delivery| transport(TransportErrorKind::Other, Phase::Connect, delivery);
    let advice = failed(other(Delivery::NotSent)).await.retry_advice();
    assert_eq!(advice, RetryAdvice::Never);
    let advice = failed(other(Delivery::MaybeSent)).await.retry_advice();
    assert_eq!(advice, RetryAdvice::MayDuplicate);
}

#[tokio::test]
async fn json_that_just_ends_was_cut_and_json_that_is_wrong_stays_wrong() {
    for (body, advice) in [("{", RetryAdvice::Safe), ("{]", RetryAdvice::Never)] {
        let memory = MemoryTransport::new();
        memory.reply_json_text(body);
        let error = memory.client().deployments().list().await.unwrap_err();
        assert_eq!(error.retry_advice(), advice, "{body}");
    }
}

/// Repeats once, after this many milliseconds.
#[derive(Debug)]
struct After(u64);

impl RetryPolicy for After {
    fn decide(&self, _: &Error, earlier: &[FailedAttempt]) -> RetryDecision {
        match earlier.len() {
            0 => RetryDecision::repeat(Duration::from_millis(self.0)),
            _ => RetryDecision::stop("once is enough"),
        }
    }
}

#[tokio::test]
async fn without_a_timer_only_what_need_not_wait_is_repeated() {
    for (millis, requests) in [(0, 2), (1, 1)] {
        let memory = MemoryTransport::new();
        memory
            .on("chat")
            .times(requests)
            .reply(Reply::status(503, ""));
        let client = Client::builder(Timeless(memory.handle())).api_key("test-key");
        let client = client.retry(After(millis)).build().unwrap();
        let call = client.deployments().invoke(&DeploymentRequest::new("chat"));
        let error = call.await.unwrap_err();
        assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
        assert_eq!(error.attempts().len(), requests);
    }
}

#[tokio::test]
async fn debug_shows_what_is_known_and_of_the_body_its_length() {
    let body = r#"{"error":{"code":"provider_error","message":"Sorry"}}"#;
    let reply = Reply::json_text(body)
        .with_status(502)
        .header("x-orq-trace-id", "trace-1");
    let shown = format!("{:?}", failed(reply).await);
    for part in [
        "kind: Api",
        "502",
        "provider_error",
        "Sorry",
        "trace-1",
        "53 bytes",
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    assert!(!shown.contains("timeout"), "{shown}");
}

/// How far an exchange came matters where the connection failed. A cut stream was answered, and says so by itself.
#[tokio::test]
async fn display_tells_how_far_it_came_where_the_connection_failed() {
    let memory = MemoryTransport::new();
    let chunk = r#"{"choices":[{"message":{"content":"Hel"}}]}"#;
    memory
        .reply_sse([chunk])
        .reply(Reply::sse([chunk]).break_off(Fault::Reset));
    let mut shown = Vec::new();
    for _ in 0..2 {
        let call = memory.client().deployments();
        let stream = call.stream(&DeploymentRequest::new("chat")).await.unwrap();
        shown.push(stream.finish().await.unwrap_err().to_string());
    }
    let expected = [
        "truncated error 200: the stream ended before its end mark",
        "closed error 200 while reading the response body, request answered: the connection was reset",
    ];
    assert_eq!(shown, expected);
}
