//! Deployments that answer to the byte what a script says.

use std::time::Duration;

use futures::executor::block_on;
use orq_core::{
    DeploymentRequest, ErrorKind, Timer,
    transport::{Delivery, HttpTransport, Phase, TransportError, TransportErrorKind},
};
use orq_testkit::{
    FakeCallEnd, FakeDeployment, FakeOrq, FakeVariant, Fault, Gate, ManualTimer, Reply,
};
use serde_json::json;

use super::{invoke, post, request, send, stream, text};

fn scripted(scripts: impl IntoIterator<Item = Reply>) -> FakeOrq {
    let deployment = FakeDeployment::new("scripted").message("system", "Hello");
    let deployment = scripts.into_iter().fold(deployment, FakeDeployment::script);
    FakeOrq::builder().deployment(deployment).build()
}

#[test]
fn scripts_are_played_in_turn_and_then_from_the_first_again() {
    let busy = Reply::status(503, "busy").header("retry-after", "1");
    let fake = scripted([Reply::json_text(r#"{"b":1, "a":2}"#), busy]);
    let body = json!({"key": "scripted"});
    for verb in ["invoke", "stream"] {
        let first = post(&fake, verb, &body);
        assert_eq!((first.status, &*first.text()), (200, r#"{"b":1, "a":2}"#));
        let second = post(&fake, verb, &body);
        assert_eq!((second.status, &*second.text()), (503, "busy"));
        assert_eq!(second.headers["retry-after"], "1");
    }
}

#[test]
fn nothing_is_added_to_a_script() {
    let fake = scripted([Reply::status(200, "a").header("x-a", "b").chunk("c")]);
    let answer = post(&fake, "invoke", &json!({"key": "scripted"}));
    let headers: Vec<_> = answer.headers.keys().collect();
    assert_eq!(headers, ["x-a"]);
    assert_eq!(answer.chunks, ["a", "c"]);
}

#[test]
fn what_comes_before_the_model_is_not_scripted() {
    let fake = scripted([Reply::status(500, "")]);
    let path = "/v2/deployments/invoke";
    let mut stranger = request("POST", path, r#"{"key": "scripted"}"#);
    stranger.headers_mut().remove("authorization");
    assert_eq!(send(&fake, stranger).status, 401);
    let invalid = request("POST", path, r#"{"key": "scripted", "inputs": 1}"#);
    assert_eq!(send(&fake, invalid).status, 400);

    let config = post(&fake, "get_config", &json!({"key": "scripted"}));
    assert_eq!(config.json()["messages"][0]["content"], "Hello");
    let list = send(&fake, request("GET", "/v2/deployments", ""));
    assert_eq!(list.json()["data"][0]["key"], "scripted");
    let mocked = json!({"key": "scripted", "invoke_options": {"mock_response": "mock"}});
    assert_eq!(text(&invoke(&fake, &mocked)), "mock");
}

#[test]
fn a_variant_has_scripts_of_its_own() {
    let deployment = FakeDeployment::new("a")
        .reply("Hello")
        .variant(FakeVariant::when("environments", "staging").script(Reply::status(502, "down")));
    let fake = FakeOrq::builder().deployment(deployment).build();
    let staging = json!({"key": "a", "context": {"environments": "staging"}});
    assert_eq!(post(&fake, "invoke", &staging).status, 502);
    assert_eq!(stream(&fake, &json!({"key": "a"})).len(), 1);
}

#[test]
fn a_script_plays_in_the_doubles_time() {
    const MINUTE: Duration = Duration::from_secs(60);
    let timer = ManualTimer::auto();
    let chunk = r#"{"choices":[{"message":{"content":"Hello"}}]}"#;
    let script = Reply::sse([chunk, "[DONE]"])
        .paced(MINUTE)
        .head_after(MINUTE);
    let deployment = FakeDeployment::new("slow").script(script);
    let fake = FakeOrq::builder()
        .deployment(deployment)
        .timer(timer.clone());
    let request = DeploymentRequest::new("slow");
    let deployments = fake.build().client().deployments();
    let stream = block_on(deployments.stream(&request)).unwrap();
    // A stream is there with its first event.
    assert_eq!(timer.now(), 2 * MINUTE);
    assert_eq!(
        block_on(stream.finish()).unwrap().text().as_deref(),
        Some("Hello")
    );
    assert_eq!(timer.now(), 3 * MINUTE);
}

#[test]
fn a_script_may_wait_for_the_test_and_break() {
    let gate = Gate::new();
    let script = Reply::sse(["{}"]).gate(&gate).break_off(Fault::Garbage);
    let fake = scripted([script]);
    let request = DeploymentRequest::new("scripted");
    let deployments = fake.client().deployments();
    let mut stream = block_on(deployments.stream(&request)).unwrap();
    block_on(stream.next_chunk()).unwrap().unwrap();
    let opened = async {
        gate.reached().await;
        gate.open();
    };
    let (end, ()) = block_on(futures::future::join(stream.next_chunk(), opened));
    assert_eq!(end.unwrap_err().kind(), ErrorKind::Protocol);
}

#[test]
fn a_script_may_have_no_answer() {
    let fake = scripted([Reply::never()]);
    let request = DeploymentRequest::new("scripted");
    let error = block_on(fake.client().deployments().invoke(&request)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

#[test]
fn an_error_of_ones_own_is_passed_on() {
    let error = TransportError::new(TransportErrorKind::Tls, Phase::Connect, Delivery::NotSent);
    let fake = scripted([Reply::failed(error)]);
    let request = request("POST", "/v2/deployments/invoke", r#"{"key": "scripted"}"#);
    let error = block_on(fake.send(request)).unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Tls);
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert_eq!(fake.calls()[0].end(), FakeCallEnd::Failed);
}
