//! Keys that are supplied for each attempt.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use futures::{FutureExt, poll};
use orq_core::{
    Client, ClientBuilder, Error, ErrorKind, Timer,
    error::Clock,
    retry::{FailedAttempt, RetryDecision, RetryPolicy},
    secret::{ApiKey, ApiKeyProvider, ProviderError},
    transport::{Delivery, Phase},
};
use orq_testkit::{ManualTimer, MemoryTransport, Reply};

use super::{answer, expired, request, secs};

/// Supplies one key after the other, then fails.
#[derive(Clone, Debug)]
struct Keys(Arc<Mutex<VecDeque<&'static str>>>);

impl Keys {
    fn new<const N: usize>(keys: [&'static str; N]) -> Self {
        Self(Arc::new(Mutex::new(keys.into())))
    }

    fn left(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

#[async_trait::async_trait]
impl ApiKeyProvider for Keys {
    async fn api_key(&self) -> Result<ApiKey, ProviderError> {
        let key = self.0.lock().unwrap().pop_front();
        let key = key.filter(|key| !key.is_empty());
        Ok(ApiKey::new(key.ok_or("the vault is sealed")?)?)
    }
}

/// Takes its time.
#[derive(Debug)]
struct Slow(ManualTimer, u64);

#[async_trait::async_trait]
impl ApiKeyProvider for Slow {
    async fn api_key(&self) -> Result<ApiKey, ProviderError> {
        self.0.sleep(secs(self.1)).await;
        Ok(ApiKey::new("key-1")?)
    }
}

/// Repeats whatever failed, three times.
#[derive(Debug)]
struct Stubborn;

impl RetryPolicy for Stubborn {
    fn decide(&self, _: &Error, earlier: &[FailedAttempt]) -> RetryDecision {
        match earlier.len() {
            0..3 => RetryDecision::repeat(secs(0)),
            _ => RetryDecision::stop("three times is enough"),
        }
    }
}

fn client(memory: &MemoryTransport, provider: impl ApiKeyProvider + 'static) -> ClientBuilder {
    Client::builder(memory.handle()).api_key_provider(provider)
}

fn bearers(memory: &MemoryTransport) -> Vec<String> {
    let requests = memory.requests();
    let keys = requests.iter().map(|sent| sent.bearer().unwrap_or("none"));
    keys.map(str::to_owned).collect()
}

#[tokio::test]
async fn each_attempt_asks_for_its_key() {
    let memory = MemoryTransport::new();
    memory.reply_status(429, "").reply(answer()).reply(answer());
    let client = client(&memory, Keys::new(["key-1", "key-2", "key-3"]));
    let client = client.build().unwrap();
    client.deployments().invoke(&request()).await.unwrap();
    client.deployments().list().await.unwrap();
    assert_eq!(bearers(&memory), ["key-1", "key-2", "key-3"]);
    assert!(memory.requests()[1].headers()["authorization"].is_sensitive());
}

#[tokio::test]
async fn no_key_is_asked_for_before_the_call_is_polled() {
    let memory = MemoryTransport::new();
    let keys = Keys::new(["key-1"]);
    let client = client(&memory, keys.clone()).build().unwrap();
    drop(client.deployments().invoke(&request()));
    assert_eq!(keys.left(), 1);
}

#[tokio::test]
async fn what_is_set_last_counts() {
    let memory = MemoryTransport::new();
    memory.reply(answer()).reply(answer()).reply(answer());
    let provided = client(&memory, Keys::new(["key-1", "key-2"]));
    let fixed = provided.api_key("fixed").build().unwrap();
    let provided = fixed.to_builder().api_key_provider(Keys::new(["key-3"]));
    let provided = provided.build().unwrap();
    let other = provided.with_api_key("other").unwrap();
    for client in [fixed, provided, other] {
        client.deployments().list().await.unwrap();
    }
    assert_eq!(bearers(&memory), ["fixed", "key-3", "other"]);
}

#[tokio::test]
async fn a_provider_without_a_key_fails_the_call_as_a_configuration_does() {
    let memory = MemoryTransport::new();
    let client = client(&memory, Keys::new([])).build().unwrap();
    for (name, call) in each_call!(client, |call| call) {
        let error = call.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{name}");
        assert!(error.to_string().contains("the vault is sealed"), "{error}");
        assert_eq!((error.delivery(), error.status()), (None, None));
    }
    assert!(memory.requests().is_empty());
}

#[tokio::test]
async fn no_policy_repeats_a_call_that_has_no_key() {
    let memory = MemoryTransport::new();
    let keys = Keys::new(["", "key-2", "key-3"]);
    let client = client(&memory, keys.clone()).retry(Stubborn);
    let call = client.build().unwrap().deployments().invoke(&request());
    assert_eq!(call.await.unwrap_err().kind(), ErrorKind::Config);
    assert_eq!(keys.left(), 2, "asked again");
}

#[tokio::test]
async fn a_provider_that_fails_later_leaves_the_earlier_attempts_known() {
    let memory = MemoryTransport::new();
    memory.reply_status(429, "");
    let keys = Keys::new(["key-secret-1", ""]);
    let client = client(&memory, keys).build().unwrap();
    let error = client.deployments().invoke(&request()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let kinds: Vec<_> = error.attempts().iter().map(|it| it.kind).collect();
    assert_eq!(kinds, [ErrorKind::Api, ErrorKind::Config]);
    let shown = format!("{error} {error:?} {:?}", error.attempts());
    assert!(!shown.contains("key-secret-1"), "{shown}");
}

#[tokio::test]
async fn a_key_that_takes_too_long_is_a_timeout_of_the_call_and_nothing_was_sent() {
    let memory = MemoryTransport::new();
    let slow = Slow(memory.timer(), 10);
    let client = client(&memory, slow).timeout(secs(3)).build().unwrap();
    for (name, call) in each_call!(client, |call| call) {
        let error = call.await.unwrap_err();
        assert_eq!(expired(&error), (Clock::Call, Some(secs(3))), "{name}");
        assert_eq!(error.delivery(), Some(Delivery::NotSent), "{name}");
        assert_eq!(error.phase(), Some(Phase::Connect), "{name}");
    }
    assert!(memory.requests().is_empty());
}

#[tokio::test]
async fn the_time_of_the_provider_is_part_of_the_calls_but_not_of_the_heads() {
    let memory = MemoryTransport::new();
    memory.no_answer().reply(answer().head_after(secs(4)));
    let timer = memory.timer();
    let client = client(&memory, Slow(timer.clone(), 2)).build().unwrap();
    let call = client.deployments().invoke(&request());
    let error = call.timeout(secs(3)).await.unwrap_err();
    assert_eq!(expired(&error), (Clock::Call, Some(secs(3))));
    assert_eq!(error.delivery(), Some(Delivery::MaybeSent));
    assert_eq!(timer.now(), secs(3));
    let call = client.deployments().invoke(&request());
    call.head_timeout(secs(5)).await.unwrap();
    assert_eq!(timer.now(), secs(9));
}

#[tokio::test]
async fn a_call_that_is_dropped_while_it_waits_for_a_key_sends_nothing() {
    let memory = MemoryTransport::new();
    memory.timer().stop();
    let client = client(&memory, Slow(memory.timer(), 2)).build().unwrap();
    let mut call = client.deployments().invoke(&request()).boxed();
    assert!(poll!(&mut call).is_pending());
    drop(call);
    memory.timer().advance(secs(10));
    assert!(memory.requests().is_empty());
}

#[tokio::test]
async fn a_key_that_was_supplied_is_hidden_wherever_a_fixed_one_is() {
    const KEYS: [&str; 2] = ["sk-orq-rotated-0001", "sk-orq-rotated-0002"];
    let echo = |status: u16, key: &str| {
        let body = format!(r#"{{"error":{{"code":"{key}","message":"no {key}"}}}}"#);
        let reply = Reply::status(status, body).header("content-type", "application/json");
        reply.header("x-echo", key.to_owned())
    };
    let memory = MemoryTransport::new();
    memory.reply(echo(429, KEYS[0])).reply(echo(401, KEYS[1]));
    let client_of_two = client(&memory, Keys::new(KEYS)).build().unwrap();
    let call = client_of_two.deployments().invoke(&request());
    let error = call.await.unwrap_err();
    assert_eq!(bearers(&memory), KEYS);
    assert_eq!(error.headers()["x-echo"], "[redacted]");
    let body = String::from_utf8_lossy(error.body().unwrap()).into_owned();
    let shown = format!("{error} {error:?} {body} {:?}", error.attempts());
    assert!(KEYS.iter().all(|key| !shown.contains(key)), "{shown}");
    assert_eq!(error.message(), Some("no [redacted]"));

    let event = format!(r#"{{"error":{{"message":"no {}"}}}}"#, KEYS[0]);
    memory.reply(Reply::sse([event]).header("x-echo", KEYS[0]));
    memory.reply(answer().header("x-echo", KEYS[1]));
    let client_of_two = client(&memory, Keys::new(KEYS)).build().unwrap();
    let stream = client_of_two.deployments().stream(&request()).await;
    assert_eq!(stream.unwrap_err().message(), Some("no [redacted]"));
    let good = client_of_two.deployments().list().await.unwrap();
    assert_eq!(good.meta().headers()["x-echo"], "[redacted]");
}

#[tokio::test]
async fn the_key_of_an_earlier_attempt_is_hidden_from_what_follows() {
    const KEYS: [&str; 3] = [
        "sk-orq-rotated-0001",
        "sk-orq-rotated-0002",
        "sk-orq-rotated-0003",
    ];
    let body = |echo: &str| {
        format!(r#"{{"error":{{"code":"{echo}","message":"no {echo}","type":"{echo}"}}}}"#)
    };
    let refusal = |status: u16, seen: usize| {
        let echo = KEYS[..seen].join(" and ");
        let reply = Reply::status(status, body(&echo));
        let reply = reply.header("content-type", "application/json");
        reply
            .header("x-echo", echo.clone())
            .header("x-orq-trace-id", echo)
    };
    let all = KEYS.join(" and ");
    let trace = format!(r#"{{"choices":[],"telemetry":{{"trace_id":"{all}"}}}}"#);
    // The last reply of each row comes after three keys, so that all of them are known.
    let rows = [
        ("refusal", refusal(401, 3)),
        (
            "in a 200",
            Reply::json_text(body(&all)).header("x-echo", all.clone()),
        ),
        ("not JSON", Reply::json_text(format!("{all} \"{all}"))),
        ("event", Reply::sse([body(&all)])),
        ("trace", Reply::json_text(trace)),
    ];
    for (row, last) in rows {
        let memory = MemoryTransport::new();
        memory.reply(refusal(429, 1)).reply(refusal(429, 2));
        memory.reply(last);
        let client = client(&memory, Keys::new(KEYS)).build().unwrap();
        let shown = match client.deployments().invoke(&request()).await {
            Ok(answer) => format!("{answer:?} {:?}", answer.meta().headers()),
            Err(error) => {
                let body = String::from_utf8_lossy(error.body().unwrap()).into_owned();
                format!("{error} {error:?} {body} {:?}", error.headers())
            }
        };
        assert_eq!(bearers(&memory), KEYS, "{row}");
        for key in KEYS {
            assert!(!shown.contains(key), "{row}: {shown}");
        }
        assert!(
            shown.contains("[redacted] and [redacted]"),
            "{row}: {shown}"
        );
    }
}
