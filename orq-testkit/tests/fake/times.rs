//! Deployments that take their time.

use std::time::Duration;

use futures::{FutureExt, StreamExt, executor::block_on};
use orq_core::{Client, DeploymentRequest, Timer, error::Clock, transport::HttpTransport};
use orq_testkit::{FakeDeployment, FakeFault, FakeOrq, FakeVariant, Fault, ManualTimer, Reply};
use serde_json::json;

use super::{post, request};

const SECOND: Duration = Duration::from_secs(1);

/// A double with a deployment `slow` that says three words, and the clock it goes by.
fn slow(deployment: impl FnOnce(FakeDeployment) -> FakeDeployment) -> (FakeOrq, ManualTimer) {
    let timer = ManualTimer::auto();
    let slow = deployment(FakeDeployment::new("slow").reply("one two three"));
    let fake = FakeOrq::builder().deployment(slow).timer(timer.clone());
    (fake.build(), timer)
}

#[test]
fn latency_is_the_time_before_the_head() {
    let (fake, timer) = slow(|it| it.latency(5 * SECOND));
    for (calls, verb) in [(1, "invoke"), (2, "stream")] {
        assert_eq!(post(&fake, verb, &json!({"key": "slow"})).status, 200);
        assert_eq!(timer.now(), calls * 5 * SECOND);
    }
}

#[test]
fn a_head_that_is_late_is_waited_for_or_not() {
    let (fake, timer) = slow(|it| it.latency(15 * SECOND));
    let request = DeploymentRequest::new("slow");
    let deployments = fake.client().deployments();
    let call = deployments.invoke(&request).timeout(10 * SECOND);
    let error = block_on(call).unwrap_err();
    assert_eq!(error.timeout().unwrap().clock, Clock::Call);
    assert_eq!(timer.now(), 10 * SECOND);
}

#[test]
fn pace_is_the_time_of_each_event() {
    let (fake, timer) = slow(|it| it.latency(5 * SECOND).pace(2 * SECOND));
    let body = request("POST", "/v2/deployments/stream", r#"{"key": "slow"}"#);
    let mut body = block_on(fake.send(body)).unwrap().into_body();
    let mut times = Vec::new();
    while let Some(event) = block_on(body.next()) {
        event.unwrap();
        times.push(timer.now().as_secs());
    }
    // Three words and the end mark. The end itself takes no time.
    assert_eq!(times, [7, 9, 11, 13]);
    assert_eq!(timer.now(), 13 * SECOND);
}

#[test]
fn an_answer_in_one_piece_has_no_pace() {
    let (fake, timer) = slow(|it| it.pace(SECOND));
    post(&fake, "invoke", &json!({"key": "slow"}));
    assert_eq!(timer.now(), Duration::ZERO);
}

#[test]
fn a_stream_that_is_too_slow_runs_into_the_idle_timeout() {
    let (fake, _) = slow(|it| it.pace(60 * SECOND));
    let request = DeploymentRequest::new("slow");
    let deployments = fake.client().deployments();
    let call = deployments.stream(&request).idle_timeout(30 * SECOND);
    let error = block_on(call).unwrap_err();
    assert_eq!(error.timeout().unwrap().clock, Clock::Idle);
}

#[test]
fn what_does_not_reach_the_model_takes_no_time() {
    let (fake, timer) = slow(|it| it.latency(SECOND).pace(SECOND));
    let mocked = json!({"key": "slow", "invoke_options": {"mock_response": "a b c"}});
    assert_eq!(post(&fake, "stream", &mocked).status, 200);
    assert_eq!(
        post(&fake, "get_config", &json!({"key": "slow"})).status,
        200
    );
    let invalid = json!({"key": "slow", "inputs": 1});
    assert_eq!(post(&fake, "invoke", &invalid).status, 400);
    assert_eq!(timer.now(), Duration::ZERO);
}

#[test]
fn errors_and_breaks_take_the_latency_too() {
    let (fake, timer) = slow(|it| {
        it.latency(SECOND)
            .fault(FakeFault::error(504, "provider_timeout").nth(1))
            .fault(FakeFault::break_before_head(Fault::Reset).nth(2))
    });
    assert_eq!(post(&fake, "invoke", &json!({"key": "slow"})).status, 504);
    assert_eq!(timer.now(), SECOND);
    let request = request("POST", "/v2/deployments/invoke", r#"{"key": "slow"}"#);
    block_on(fake.send(request)).unwrap_err();
    assert_eq!(timer.now(), 2 * SECOND);
}

#[test]
fn a_script_has_times_of_its_own() {
    let (fake, timer) = slow(|it| {
        let script = Reply::sse(["a", "b"]).head_after(3 * SECOND);
        it.latency(SECOND).pace(SECOND).script(script)
    });
    post(&fake, "stream", &json!({"key": "slow"}));
    assert_eq!(timer.now(), 3 * SECOND);
}

#[test]
fn a_variant_may_be_slower() {
    let (fake, timer) =
        slow(|it| it.variant(FakeVariant::when("locale", "nl").latency(3 * SECOND)));
    post(&fake, "invoke", &json!({"key": "slow"}));
    assert_eq!(timer.now(), Duration::ZERO);
    let dutch = json!({"key": "slow", "context": {"locale": "nl"}});
    post(&fake, "invoke", &dutch);
    assert_eq!(timer.now(), 3 * SECOND);
}

#[test]
fn by_hand_the_test_says_when() {
    let timer = ManualTimer::new();
    let slow = FakeDeployment::new("slow").reply("Hello").latency(SECOND);
    let fake = FakeOrq::builder().deployment(slow).timer(timer.clone());
    let client = Client::new(fake.build(), FakeOrq::DEFAULT_API_KEY).unwrap();
    let request = DeploymentRequest::new("slow");
    let mut call = client.deployments().invoke(&request);
    assert!((&mut call).now_or_never().is_none());
    timer.advance(SECOND);
    let answer = call.now_or_never().unwrap().unwrap();
    assert_eq!(answer.text().as_deref(), Some("Hello"));
}

#[test]
fn a_wait_before_a_retry_passes_by_itself() {
    let flaky = FakeDeployment::new("flaky")
        .reply("at last")
        .fault(FakeFault::error(503, "provider_overloaded").first(2));
    let fake = FakeOrq::builder().deployment(flaky).build();
    let request = DeploymentRequest::new("flaky");
    let answer = block_on(fake.client().deployments().invoke(&request)).unwrap();
    assert_eq!(answer.text().as_deref(), Some("at last"));
    assert_eq!(fake.calls().len(), 3);
    assert!(fake.timer().unwrap().now() > Duration::ZERO);
}
