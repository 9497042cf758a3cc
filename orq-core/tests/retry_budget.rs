//! The budget for the retries of all calls of a client, in virtual time.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::time::Duration;

use futures::poll;
use orq_core::{
    Client, ClientBuilder, DeploymentRequest, Error, ErrorKind,
    http::Method,
    retry::{BudgetLevel, FailedAttempt, RetryBudget, RetryDecision, RetryPolicy, StandardRetry},
};
use orq_testkit::{Condition, MemoryTransport, Reply};

const HELLO: &str = r#"{"choices":[{"index":0,"message":{"content":"Hello"}}]}"#;

fn busy() -> Reply {
    Reply::status(503, "").header("retry-after", "0")
}

fn builder(memory: &MemoryTransport) -> ClientBuilder {
    Client::builder(memory.handle()).api_key("test-key")
}

fn request() -> DeploymentRequest {
    DeploymentRequest::new("chat")
}

/// A server that is down.
fn outage() -> MemoryTransport {
    let memory = MemoryTransport::new();
    memory
        .on(Condition::matching(|_| true))
        .any_times()
        .reply(busy());
    memory
}

fn replies(memory: &MemoryTransport, replies: [Reply; 3]) {
    for reply in replies {
        memory.reply(reply);
    }
}

async fn fail(client: &Client) -> Error {
    client.deployments().invoke(&request()).await.unwrap_err()
}

fn figures(level: Option<BudgetLevel>) -> Option<(u32, u32)> {
    level.map(|level| (level.available, level.capacity))
}

/// Why there was no further attempt.
fn why(error: &Error) -> &str {
    match error.attempts().last().map(|attempt| &attempt.decision) {
        Some(RetryDecision::Stop { why, .. }) => why,
        other => panic!("unexpected: {other:?}"),
    }
}

/// Repeats everything at once, and for ever.
#[derive(Debug)]
struct Stubborn;

impl RetryPolicy for Stubborn {
    fn decide(&self, _: &Error, _: &[FailedAttempt]) -> RetryDecision {
        RetryDecision::repeat(Duration::ZERO)
    }
}

#[tokio::test]
async fn an_outage_makes_as_many_requests_as_calls_and_the_budget_has() {
    let memory = outage();
    let client = builder(&memory).build().unwrap();
    for call in 0..200 {
        let error = fail(&client).await;
        let left = 100_u32.saturating_sub(2 * (call + 1));
        assert_eq!(figures(error.retry_budget()), Some((left, 100)));
        assert_eq!(error.attempts().len(), if call < 50 { 3 } else { 1 });
        if call >= 50 {
            assert_eq!(why(&error), "the retry budget of 100 is used up");
            assert_eq!(
                (error.kind(), error.status().unwrap().as_u16()),
                (ErrorKind::Api, 503)
            );
        }
    }
    assert_eq!(memory.requests().len(), 200 + 100);
}

#[tokio::test]
async fn a_call_in_the_middle_of_its_retries_stops_where_the_budget_ends() {
    let memory = outage();
    let client = builder(&memory)
        .retry_budget(RetryBudget::new(1))
        .build()
        .unwrap();
    let error = fail(&client).await;
    assert_eq!(error.attempts().len(), 2);
    assert!(error.attempts()[0].waited().is_some());
    assert_eq!(why(&error), "the retry budget of 1 is used up");
}

#[tokio::test]
async fn calls_that_succeed_give_a_budget_back() {
    let memory = MemoryTransport::new();
    let client = builder(&memory)
        .retry_budget(RetryBudget::new(4))
        .build()
        .unwrap();
    replies(&memory, [busy(), busy(), busy()]);
    assert_eq!(figures(fail(&client).await.retry_budget()), Some((2, 4)));
    // Its two retries are taken, and the last is given back.
    replies(&memory, [busy(), busy(), Reply::json_text(HELLO)]);
    let answer = client.deployments().invoke(&request()).await.unwrap();
    assert_eq!(figures(answer.meta().retry_budget()), Some((1, 4)));
    for success in 1..=30 {
        memory.reply_json_text(HELLO);
        let answer = client.deployments().invoke(&request()).await.unwrap();
        let available = (1 + success / 5).min(4);
        assert_eq!(figures(answer.meta().retry_budget()), Some((available, 4)));
    }
}

#[tokio::test]
async fn every_operation_uses_the_budget_and_gives_back() {
    let memory = MemoryTransport::new();
    let budget = RetryBudget::new(10);
    let client = builder(&memory)
        .retry_budget(budget.clone())
        .build()
        .unwrap();
    let deployments = client.deployments();
    macro_rules! each {
        ($($call:expr => $reply:expr;)*) => {$(
            let before = budget.level().available;
            replies(&memory, [busy(), busy(), $reply]);
            let answer = $call.await.unwrap();
            let left = Some((before - 1, 10));
            assert_eq!(figures(answer.meta().retry_budget()), left);
            assert_eq!(budget.level().available, before - 1);
        )*};
    }
    each! {
        deployments.invoke(&request()) => Reply::json_text(HELLO);
        deployments.get_config(&request()) => Reply::json_text(r#"{"model":"gpt"}"#);
        deployments.list() => Reply::json_text(r#"{"data":[]}"#);
        client.request(Method::GET, "/v2/prompts") => Reply::status(204, "");
    }
}

#[tokio::test]
async fn a_stream_succeeds_when_the_call_returns_it() {
    let memory = MemoryTransport::new();
    let budget = RetryBudget::new(10);
    let client = builder(&memory)
        .retry_budget(budget.clone())
        .build()
        .unwrap();
    replies(&memory, [busy(), busy(), Reply::sse([HELLO])]);
    let mut stream = client.deployments().stream(&request()).await.unwrap();
    assert_eq!(figures(stream.meta().retry_budget()), Some((9, 10)));
    assert_eq!(budget.level().available, 9);
    // Its end changes nothing, and the error has the figures of the call.
    while stream.next_text().await.is_ok_and(|text| text.is_some()) {}
    replies(&memory, [busy(), busy(), busy()]);
    fail(&client).await;
    let error = stream.finish().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated);
    assert_eq!(figures(error.retry_budget()), Some((9, 10)));
    assert_eq!(budget.level().available, 7);
}

#[tokio::test]
async fn a_call_that_is_dropped_while_it_waits_gives_nothing_back() {
    let memory = MemoryTransport::new();
    memory.timer().stop();
    let budget = RetryBudget::new(10);
    let client = builder(&memory)
        .retry_budget(budget.clone())
        .build()
        .unwrap();
    memory.reply(busy());
    let mut call = client.deployments().invoke(&request());
    assert!(poll!(&mut call).is_pending());
    assert_eq!(budget.level().available, 9);
    drop(call);
    assert_eq!(budget.level().available, 9);
}

#[tokio::test]
async fn clients_can_share_a_budget_and_otherwise_have_their_own() {
    let memory = outage();
    let budget = RetryBudget::new(3);
    let one = builder(&memory)
        .retry_budget(budget.clone())
        .build()
        .unwrap();
    let two = builder(&memory)
        .retry_budget(budget.clone())
        .build()
        .unwrap();
    assert_eq!(fail(&one).await.attempts().len(), 3);
    assert_eq!(fail(&two).await.attempts().len(), 2);
    assert_eq!(fail(&one).await.attempts().len(), 1);
    // Clients that are made of another one share its budget.
    let derived = one.to_builder().build().unwrap();
    let other_key = one.with_api_key("other-key").unwrap();
    for client in [derived, other_key, one.clone()] {
        assert_eq!(fail(&client).await.attempts().len(), 1);
    }
    let own = one
        .to_builder()
        .retry_budget(RetryBudget::new(1))
        .build()
        .unwrap();
    assert_eq!(fail(&own).await.attempts().len(), 2);
    assert_eq!(
        fail(&builder(&memory).build().unwrap())
            .await
            .attempts()
            .len(),
        3
    );
}

#[tokio::test]
async fn a_policy_of_the_callers_own_is_bound_by_it_too() {
    let memory = outage();
    let stubborn = builder(&memory).retry(Stubborn).build().unwrap();
    let error = fail(&stubborn).await;
    assert_eq!(error.attempts().len(), 101);
    assert_eq!(figures(error.retry_budget()), Some((0, 100)));
    let call = stubborn.deployments().invoke(&request());
    let error = call.retry(StandardRetry::new()).await.unwrap_err();
    assert_eq!(error.attempts().len(), 1);
}

#[tokio::test]
async fn without_a_budget_retries_are_unlimited_and_there_are_no_figures() {
    let memory = outage();
    let client = builder(&memory).retry_budget(None).build().unwrap();
    for _ in 0..150 {
        let error = fail(&client).await;
        assert_eq!((error.attempts().len(), error.retry_budget()), (3, None));
    }
    let memory = MemoryTransport::new();
    memory.reply_json_text(HELLO);
    let client = builder(&memory).retry_budget(None).build().unwrap();
    let answer = client.deployments().invoke(&request()).await.unwrap();
    assert_eq!(answer.meta().retry_budget(), None);
}

#[tokio::test]
async fn only_a_retry_that_is_made_is_taken() {
    let memory = outage();
    let budget = RetryBudget::new(10);
    let client = builder(&memory)
        .retry_budget(budget.clone())
        .build()
        .unwrap();
    let deployments = client.deployments();
    // The wait would exceed the timeout of the call.
    let short = Duration::from_nanos(1);
    memory.timer().stop();
    let call = deployments.invoke(&request()).timeout(short);
    let error = call.await.unwrap_err();
    assert!(
        why(&error).contains("timeout of the whole call"),
        "{error:?}"
    );
    deployments
        .invoke(&request())
        .max_attempts(1)
        .await
        .unwrap_err();
    assert_eq!(budget.level().available, 10);
    // What was refused before an attempt has no figures.
    let refused = deployments.invoke(&DeploymentRequest::new("")).await;
    assert_eq!(refused.unwrap_err().retry_budget(), None);
}
