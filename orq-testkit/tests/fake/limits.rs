//! Rate limits, and what the headers tell of them.

use std::time::Duration;

use futures::executor::block_on;
use orq_core::DeploymentRequest;
use orq_testkit::{FakeDeployment, FakeOrq, FakeOrqBuilder, FakeRateLimit, ManualTimer};
use serde_json::json;

use super::{Answer, post, request, send};

const SECOND: Duration = Duration::from_secs(1);

fn by_hand(fake: FakeOrqBuilder) -> (FakeOrq, ManualTimer) {
    let timer = ManualTimer::new();
    (fake.timer(timer.clone()).build(), timer)
}

fn chat(fake: &FakeOrq) -> Answer {
    post(fake, "invoke", &json!({"key": "chat"}))
}

/// The status, and the headers limit, remaining and reset.
fn told(answer: &Answer) -> (u16, [&str; 3]) {
    let header = |name| answer.headers[&format!("x-ratelimit-{name}")].to_str();
    let headers = ["limit", "remaining", "reset"].map(|name| header(name).unwrap());
    (answer.status, headers)
}

#[test]
fn what_is_over_the_limit_is_refused_as_orq_documents_it() {
    let (fake, timer) = by_hand(FakeOrq::builder().rate_limit(FakeRateLimit::per_minute(2)));
    assert_eq!(told(&chat(&fake)), (200, ["2", "1", "60s"]));
    timer.advance(14 * SECOND + SECOND / 2);
    assert_eq!(told(&chat(&fake)), (200, ["2", "0", "46s"]));

    let refused = chat(&fake);
    assert_eq!(told(&refused), (429, ["2", "0", "46s"]));
    assert_eq!(refused.headers["retry-after"], "46");
    assert!(refused.headers.contains_key("x-orq-trace-id"));
    let error = &refused.json()["error"];
    assert_eq!(error["code"], "requests_per_minute_exceeded");
    assert!(error["message"].is_string() && error["doc_url"].is_string());
}

#[test]
fn who_waits_for_as_long_as_it_is_told_gets_through() {
    let (fake, timer) = by_hand(FakeOrq::builder().rate_limit(FakeRateLimit::per_minute(1)));
    assert_eq!(chat(&fake).status, 200);
    for _ in 0..3 {
        let refused = chat(&fake);
        assert_eq!(refused.headers["retry-after"], "60");
    }
    timer.advance(60 * SECOND - Duration::from_nanos(1));
    assert_eq!(chat(&fake).headers["retry-after"], "1");
    timer.advance(Duration::from_nanos(1));
    assert_eq!(told(&chat(&fake)), (200, ["1", "0", "60s"]));
}

#[test]
fn the_default_client_waits_and_gets_all_its_answers() {
    let fake = FakeOrq::builder().rate_limit(FakeRateLimit::new(2, 30 * SECOND));
    let fake = fake.build();
    let deployments = fake.client().deployments();
    let request = DeploymentRequest::new("chat");
    for _ in 0..5 {
        block_on(deployments.invoke(&request)).unwrap();
    }
    let statuses: Vec<_> = fake
        .calls()
        .iter()
        .map(|call| call.status().unwrap().as_u16())
        .collect();
    assert_eq!(statuses, [200, 200, 429, 200, 200, 429, 200]);
    let times: Vec<_> = fake
        .calls()
        .iter()
        .map(|call| call.request().at().as_secs())
        .collect();
    assert_eq!(times, [0, 0, 0, 30, 30, 30, 60]);
}

#[test]
fn each_key_has_a_window_of_its_own() {
    let fake = FakeOrq::builder().api_key("one").api_key("two");
    let fake = fake.rate_limit(FakeRateLimit::per_minute(1)).build();
    let statuses = ["one", "two", "one", "two"].map(|key| {
        let mut request = request("POST", "/v2/deployments/invoke", r#"{"key": "chat"}"#);
        let value = format!("Bearer {key}").parse().unwrap();
        request.headers_mut().insert("authorization", value);
        send(&fake, request).status
    });
    assert_eq!(statuses, [200, 200, 429, 429]);
    let keys: Vec<_> = fake.calls().iter().map(|call| call.api_key()).collect();
    assert_eq!(keys, [Some(0), Some(1), Some(0), Some(1)]);
}

#[test]
fn the_doubles_limit_counts_every_operation() {
    let fake = FakeOrq::builder()
        .rate_limit(FakeRateLimit::per_minute(3))
        .build();
    let list = || send(&fake, request("GET", "/v2/deployments", ""));
    assert_eq!(told(&list()).1, ["3", "2", "60s"]);
    let config = post(&fake, "get_config", &json!({"key": "chat"}));
    assert_eq!(told(&config).1, ["3", "1", "60s"]);
    assert_eq!(post(&fake, "invoke", &json!({"key": "nobody"})).status, 404);
    assert_eq!(list().status, 429);
}

#[test]
fn a_deployments_limit_counts_its_calls_alone() {
    let busy = FakeDeployment::new("busy").rate_limit(FakeRateLimit::new(1, 10 * SECOND));
    let fake = FakeOrq::builder().builtins().deployment(busy).build();
    let busy = json!({"key": "busy"});
    assert_eq!(post(&fake, "get_config", &busy).status, 200);
    assert_eq!(post(&fake, "stream", &busy).status, 200);
    let refused = post(&fake, "invoke", &busy);
    assert_eq!(told(&refused), (429, ["1", "0", "10s"]));
    assert_eq!(refused.json()["error"]["code"], "rate_limit_exceeded");
    assert_eq!(post(&fake, "get_config", &busy).status, 200);
    assert_eq!(chat(&fake).status, 200);
}

#[test]
fn of_two_limits_the_one_that_is_nearer_is_told() {
    let narrow = FakeDeployment::new("narrow").rate_limit(FakeRateLimit::per_minute(2));
    let wide = FakeDeployment::new("wide").rate_limit(FakeRateLimit::per_minute(9));
    let fake = FakeOrq::builder().rate_limit(FakeRateLimit::new(4, 10 * SECOND));
    let fake = fake.deployment(narrow).deployment(wide).build();
    let ask = |key: &str| post(&fake, "invoke", &json!({"key": key}));
    assert_eq!(told(&ask("narrow")).1, ["2", "1", "60s"]);
    assert_eq!(told(&ask("wide")).1, ["4", "2", "10s"]);
}

#[test]
fn without_a_limit_the_headers_tell_of_one_that_refuses_nobody() {
    let (fake, timer) = by_hand(FakeOrq::builder());
    for used in 1..=1000 {
        let left = (1000 - used).to_string();
        assert_eq!(told(&chat(&fake)), (200, ["1000", &left, "60s"]));
    }
    timer.advance(59 * SECOND);
    assert_eq!(told(&chat(&fake)), (200, ["1000", "0", "1s"]));
    timer.advance(SECOND);
    assert_eq!(told(&chat(&fake)), (200, ["1000", "999", "60s"]));
}

#[test]
fn other_errors_tell_nothing() {
    let fake = FakeOrq::builder()
        .rate_limit(FakeRateLimit::per_minute(9))
        .build();
    let answer = post(&fake, "invoke", &json!({"key": "nobody"}));
    assert_eq!(answer.status, 404);
    assert!(!answer.headers.contains_key("x-ratelimit-limit"));
    assert!(!answer.headers.contains_key("retry-after"));
}
