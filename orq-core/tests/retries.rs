//! What is tried again, how long it is waited for, and what is told of it; in virtual time.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::{future::Future, pin::pin, task::Poll, time::Duration};

use futures::poll;
use http::StatusCode;
use orq_core::{
    Client, Delta, DeploymentRequest, Error, ErrorKind, Response,
    model::Completion,
    retry::{Backoff, FailedAttempt, NoRetry, RetryDecision, RetryPolicy, StandardRetry},
    transport::{Delivery, Phase, TransportError, TransportErrorKind},
};
use orq_testkit::{Fault, MemoryTransport, Reply};
use serde_json::json;

fn standard() -> StandardRetry {
    StandardRetry::new().backoff(Backoff::default().jitter(|| 1.0))
}

fn client(memory: &MemoryTransport, policy: impl RetryPolicy + 'static) -> Client {
    let builder = Client::builder(memory.handle()).api_key("test-key");
    builder.retry(policy).build().unwrap()
}

fn hello() -> Reply {
    Reply::json(json!({ "choices": [{ "index": 0, "message": { "content": "Hello" } }] }))
}

/// A 503 that the API itself answers.
fn overloaded() -> Reply {
    Reply::status(
        503,
        r#"{"error":{"code":"provider_overloaded","message":""}}"#,
    )
}

fn unsent() -> TransportError {
    TransportError::new(
        TransportErrorKind::Connect,
        Phase::Connect,
        Delivery::NotSent,
    )
}

fn unanswered() -> TransportError {
    TransportError::new(
        TransportErrorKind::Closed,
        Phase::Headers,
        Delivery::MaybeSent,
    )
}

/// Runs the future to its end, letting the waits that the client asks for pass at once. Returns how long they were.
async fn run<T>(memory: &MemoryTransport, future: impl Future<Output = T>) -> (T, Vec<Duration>) {
    let timer = memory.timer();
    let mut future = pin!(future);
    let mut waits = Vec::new();
    loop {
        if let Poll::Ready(output) = poll!(&mut future) {
            return (output, waits);
        }
        waits.push(timer.advance_to_next_sleep().unwrap());
    }
}

async fn invoke(
    memory: &MemoryTransport,
    policy: impl RetryPolicy + 'static,
) -> (Result<Response<Completion>, Error>, Vec<Duration>) {
    let call = client(memory, policy)
        .deployments()
        .invoke(&DeploymentRequest::new("chat"));
    run(memory, call).await
}

fn millis<const N: usize>(millis: [u64; N]) -> Vec<Duration> {
    millis.map(Duration::from_millis).to_vec()
}

fn why(attempt: &FailedAttempt) -> &str {
    match &attempt.decision {
        RetryDecision::Stop { why, .. } => why,
        other => panic!("unexpected: {other:?}"),
    }
}

#[tokio::test]
async fn what_was_not_sent_is_sent_again_and_the_response_tells_of_it() {
    let memory = MemoryTransport::new();
    memory.fail(unsent()).reply(overloaded()).reply(hello());
    let (answer, waits) = invoke(&memory, standard()).await;
    let answer = answer.unwrap();
    assert_eq!(answer.text().as_deref(), Some("Hello"));
    assert_eq!(waits, millis([500, 1000]));

    let told = answer.meta().failed_attempts();
    assert_eq!(
        (told[0].kind, told[0].delivery),
        (ErrorKind::Connect, Some(Delivery::NotSent))
    );
    assert_eq!(
        (told[1].kind, told[1].status),
        (ErrorKind::Api, Some(StatusCode::SERVICE_UNAVAILABLE))
    );
    assert_eq!(told[1].waited(), Some(Duration::from_secs(1)));
    let attempts: Vec<_> = memory
        .requests()
        .iter()
        .map(|sent| sent.context().unwrap().attempt())
        .collect();
    assert_eq!(attempts, [1, 2, 3]);
    assert!(
        memory
            .requests()
            .iter()
            .all(|sent| sent.text() == r#"{"key":"chat"}"#)
    );
}

#[tokio::test]
async fn after_the_last_attempt_the_error_tells_of_all() {
    let memory = MemoryTransport::new();
    memory
        .reply(overloaded())
        .reply_status(429, "")
        .reply(overloaded());
    let (answer, waits) = invoke(&memory, standard()).await;
    let error = answer.unwrap_err();
    assert_eq!(waits, millis([500, 1000]));
    let statuses: Vec<_> = error
        .attempts()
        .iter()
        .map(|attempt| attempt.status.unwrap().as_u16())
        .collect();
    assert_eq!(statuses, [503, 429, 503]);
    assert_eq!(why(&error.attempts()[2]), "attempt 3 was the last");
}

/// Each status once, answered to a POST: how many requests are made?
async fn posts(reply: Reply, policy: StandardRetry) -> usize {
    let memory = MemoryTransport::new();
    memory.reply(reply).reply(hello()).allow_unused();
    let _ = invoke(&memory, policy).await;
    memory.requests().len()
}

#[tokio::test]
async fn a_post_is_repeated_only_where_the_server_cannot_have_begun() {
    for (status, requests) in [
        (400, 1),
        (401, 1),
        (404, 1),
        (408, 1),
        (409, 1),
        (421, 2),
        (425, 2),
        (429, 2),
        (500, 1),
        (502, 1),
        (503, 1),
        (504, 1),
        (307, 1),
    ] {
        let reply = || Reply::status(status, "");
        assert_eq!(posts(reply(), standard()).await, requests, "{status}");
        assert_eq!(
            posts(reply().header("x-should-retry", "true"), standard()).await,
            2,
            "{status}"
        );
        assert_eq!(
            posts(reply().header("x-should-retry", "false"), standard()).await,
            1,
            "{status}"
        );
    }
    for of_the_api in [
        overloaded(),
        Reply::status(503, "").header("retry-after", "1"),
    ] {
        assert_eq!(posts(of_the_api, standard()).await, 2);
    }
    let broke = Reply::status(
        429,
        r#"{"error":{"code":"cost_budget_exceeded","message":""}}"#,
    );
    assert_eq!(posts(broke, standard()).await, 1);
    assert_eq!(posts(Reply::status(204, ""), standard()).await, 1);
    assert_eq!(posts(Reply::json_text("nonsense"), standard()).await, 1);
    assert_eq!(
        posts(Reply::json_text("{").break_off(Fault::Reset), standard()).await,
        1
    );
}

#[tokio::test]
async fn the_rest_is_repeated_if_asked_for_by_name() {
    for status in [
        404, 408, 409, 500, 501, 502, 503, 504, 505, 520, 524, 529, 530, 307,
    ] {
        let code = StatusCode::from_u16(status).unwrap();
        let reply = || Reply::status(status, "");
        assert_eq!(
            posts(reply(), standard().retry_on_status(code)).await,
            2,
            "{status}"
        );
        assert_eq!(
            posts(reply(), standard().retry_on_status(StatusCode::IM_A_TEAPOT)).await,
            1,
            "{status}"
        );
        assert_eq!(
            posts(reply(), standard().retry_on_broken()).await,
            1,
            "{status}"
        );
    }
    // Unless the server excludes it.
    let named = |status| standard().retry_on_status(StatusCode::from_u16(status).unwrap());
    let refused = Reply::status(529, "").header("x-should-retry", "false");
    assert_eq!(posts(refused, named(529)).await, 1);
    let broke = Reply::status(429, r#"{"error":"cost_budget_exceeded"}"#);
    assert_eq!(posts(broke, named(429)).await, 1);
    assert_eq!(posts(Reply::status(204, ""), named(204)).await, 1);
    assert_eq!(posts(Reply::json_text("[]"), named(200)).await, 1);
    assert_eq!(
        posts(
            Reply::json_text("{").break_off(Fault::Reset),
            standard().retry_on_broken()
        )
        .await,
        2
    );
}

#[tokio::test]
async fn an_unknown_delivery_is_not_repeated_unless_asked_for() {
    let memory = MemoryTransport::new();
    memory.fail(unanswered());
    let (answer, _) = invoke(&memory, standard()).await;
    let error = answer.unwrap_err();
    assert_eq!(
        why(&error.attempts()[0]),
        "the server may have done the work"
    );

    let memory = MemoryTransport::new();
    memory.fail(unanswered()).reply(hello());
    assert!(
        invoke(&memory, standard().retry_on_broken())
            .await
            .0
            .is_ok()
    );
}

#[tokio::test]
async fn a_get_is_repeated_after_any_passing_failure() {
    for failure in [500, 502, 504, 408, 429, 503, 520, 524, 529, 530] {
        let memory = MemoryTransport::new();
        memory
            .reply_status(failure, "")
            .reply_json(json!({ "data": [], "has_more": false }));
        let list = client(&memory, standard()).deployments().list();
        assert!(run(&memory, list).await.0.is_ok(), "{failure}");
    }
    let memory = MemoryTransport::new();
    memory
        .fail(unanswered())
        .reply(Reply::json_text("{").break_off(Fault::Reset));
    memory.reply_json(json!({ "data": [], "has_more": false }));
    let list = client(&memory, standard()).deployments().list();
    let (page, waits) = run(&memory, list).await;
    assert_eq!(page.unwrap().meta().failed_attempts().len(), 2);
    assert_eq!(waits, millis([500, 1000]));

    let memory = MemoryTransport::new();
    memory.reply_status(404, "");
    let list = client(&memory, standard()).deployments().list();
    assert!(run(&memory, list).await.0.unwrap_err().is_not_found());
}

#[tokio::test]
async fn the_servers_wait_is_kept_up_to_a_cap() {
    let memory = MemoryTransport::new();
    let limited =
        |name: &'static str, value: &'static str| Reply::status(429, "").header(name, value);
    memory
        .reply(limited("retry-after", "7"))
        .reply(limited("retry-after-ms", "1500"))
        .reply(hello());
    let (answer, waits) = invoke(&memory, standard()).await;
    assert!(answer.is_ok());
    assert_eq!(waits, millis([7000, 1500]));

    let memory = MemoryTransport::new();
    memory.reply(limited("retry-after", "61"));
    let (answer, waits) = invoke(&memory, standard()).await;
    let error = answer.unwrap_err();
    assert!(waits.is_empty());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(61)));
    assert_eq!(
        why(&error.attempts()[0]),
        "the server asks to wait 61s, longer than 60s"
    );

    let memory = MemoryTransport::new();
    memory.reply(limited("retry-after", "61")).reply(hello());
    let patient = standard().max_wait(Duration::from_secs(61));
    assert!(invoke(&memory, patient).await.0.is_ok());
}

#[tokio::test]
async fn a_wait_of_nothing_does_not_replace_the_backoff() {
    let dated = |value| {
        let reply = Reply::status(429, "").header("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        reply.header("retry-after", value)
    };
    for limited in [
        Reply::status(429, "").header("retry-after", "0"),
        Reply::status(429, "").header("retry-after", "0s"),
        Reply::status(429, "").header("retry-after", "0.001"),
        Reply::status(429, "").header("retry-after-ms", "0"),
        dated("Sun, 06 Nov 1994 08:00:00 GMT"),
        dated("Sun, 06 Nov 1994 08:49:37 GMT"),
    ] {
        let memory = MemoryTransport::new();
        memory.reply(limited).reply(hello());
        let (answer, waits) = invoke(&memory, standard()).await;
        assert!(answer.is_ok());
        assert_eq!(waits, millis([500]));
    }
}

#[tokio::test]
async fn no_wait_runs_past_the_clock_on_the_whole_call() {
    let memory = MemoryTransport::new();
    memory.reply(Reply::status(503, "").header("retry-after", "10"));
    let call = client(&memory, standard())
        .deployments()
        .invoke(&DeploymentRequest::new("chat"));
    let (answer, waits) = run(&memory, call.timeout(Duration::from_secs(10))).await;
    let error = answer.unwrap_err();
    assert_eq!(error.status().unwrap(), 503);
    assert!(waits.is_empty());
    assert_eq!(
        why(&error.attempts()[0]),
        "a wait of 10s would exceed the timeout of the whole call"
    );
}

#[tokio::test]
async fn the_clock_on_the_whole_call_goes_on_over_all_attempts() {
    let memory = MemoryTransport::new();
    memory
        .reply(Reply::status(503, "").header("retry-after", "6"))
        .no_answer();
    let call = client(&memory, standard())
        .deployments()
        .invoke(&DeploymentRequest::new("chat"));
    let (answer, waits) = run(&memory, call.timeout(Duration::from_secs(10))).await;
    let error = answer.unwrap_err();
    assert_eq!(error.timeout().unwrap().clock, orq_core::error::Clock::Call);
    assert_eq!(waits, millis([6000, 4000]));
    assert_eq!(error.attempts().len(), 2);
}

#[tokio::test]
async fn a_stream_is_repeated_until_its_first_event_is_handed_out() {
    const HEL: &str = r#"{"choices":[{"index":0,"message":{"content":"Hel"}}]}"#;
    let memory = MemoryTransport::new();
    memory
        .reply(overloaded())
        .reply(Reply::sse([HEL]).break_off(Fault::Reset));
    let call = client(&memory, standard().retry_on_broken())
        .deployments()
        .stream(&DeploymentRequest::new("chat"));
    let (stream, _) = run(&memory, call).await;
    let error = stream.unwrap().finish().await.unwrap_err();
    assert_eq!(error.partial().unwrap().text().as_deref(), Some("Hel"));
    assert_eq!(error.attempts().len(), 2);
    assert_eq!(why(&error.attempts()[1]), "the stream had begun");

    // Before the first event, but after the head: only if asked for.
    let empty = || Reply::sse_chunks([": ping\n\n"]).break_off(Fault::Reset);
    let memory = MemoryTransport::new();
    memory.reply(empty());
    let call = client(&memory, standard())
        .deployments()
        .stream(&DeploymentRequest::new("chat"));
    let (stream, _) = run(&memory, call).await;
    assert_eq!(stream.unwrap_err().attempts().len(), 1);

    let memory = MemoryTransport::new();
    memory.reply(empty()).reply_sse([HEL, "[DONE]"]);
    let call = client(&memory, standard().retry_on_broken())
        .deployments()
        .stream(&DeploymentRequest::new("chat"));
    let (stream, _) = run(&memory, call).await;
    let answer = stream.unwrap().finish().await.unwrap();
    assert_eq!(
        (
            answer.text().as_deref(),
            answer.meta().failed_attempts().len()
        ),
        (Some("Hel"), 1)
    );
}

#[tokio::test]
async fn the_calls_policy_wins_and_nothing_is_asked_about_what_was_not_sent() {
    let memory = MemoryTransport::new();
    memory.reply_status(503, "");
    let request = DeploymentRequest::new("chat");
    let error = client(&memory, standard())
        .deployments()
        .invoke(&request)
        .retry(NoRetry)
        .await
        .unwrap_err();
    assert_eq!(error.attempts().len(), 1);
    assert_eq!(why(&error.attempts()[0]), "retries are off");

    let error = client(&memory, standard())
        .deployments()
        .list()
        .limit(0)
        .await
        .unwrap_err();
    assert!(error.attempts().is_empty());
}

#[tokio::test]
async fn deltas_of_a_repeated_stream_come_once() {
    use futures::TryStreamExt;
    let memory = MemoryTransport::new();
    memory.reply(overloaded()).reply_sse([
        r#"{"choices":[{"index":0,"message":{"content":"A"}}]}"#,
        "[DONE]",
    ]);
    let call = client(&memory, standard())
        .deployments()
        .stream(&DeploymentRequest::new("chat"));
    let (stream, _) = run(&memory, call).await;
    let deltas: Vec<_> = stream.unwrap().into_deltas().try_collect().await.unwrap();
    assert!(matches!(&deltas[..], [Delta::Text { text, .. }] if text == "A"));
}

#[tokio::test]
async fn as_many_attempts_are_made_as_were_asked_for() {
    for (asked, made) in [(0, 1), (1, 1), (2, 2), (5, 5)] {
        let memory = MemoryTransport::new();
        memory.on("chat").times(made).reply(overloaded());
        let (result, _) = invoke(&memory, standard().max_attempts(asked)).await;
        let error = result.unwrap_err();
        assert_eq!(error.attempts().len(), made, "{asked}");
        let expected = format!("attempt {made} was the last");
        assert_eq!(why(error.attempts().last().unwrap()), expected);
    }
}

#[tokio::test]
async fn the_reason_for_stopping_tells_the_hopeless_from_the_risky() {
    for (status, expected) in [
        (404, "it would fail again"),
        (500, "the server may have done the work"),
    ] {
        let memory = MemoryTransport::new();
        memory.reply_status(status, "");
        let (result, _) = invoke(&memory, standard()).await;
        assert_eq!(why(&result.unwrap_err().attempts()[0]), expected);
    }
}

#[tokio::test]
async fn a_status_429_in_the_body_is_repeated_after_the_wait_that_was_asked_for() {
    const SLOW: &str = r#"{"error":{"message":"Slow down","code":429}}"#;
    for slow in [Reply::json_text(SLOW), Reply::sse([SLOW])] {
        let memory = MemoryTransport::new();
        memory.reply(slow.header("retry-after", "7"));
        memory.reply(hello());
        let (answer, waits) = invoke(&memory, standard()).await;
        assert_eq!(answer.unwrap().text().as_deref(), Some("Hello"));
        assert_eq!(waits, [Duration::from_secs(7)]);
    }
}
