//! The log of what a double got, and what became of it.

use futures::{StreamExt, executor::block_on, future::join_all};
use orq_core::{
    DeploymentRequest,
    transport::{HttpTransport, Operation},
};
use orq_testkit::{FakeCall, FakeCallEnd, FakeDeployment, FakeFault, FakeOrq, Fault, Gate, Reply};
use serde_json::json;

use super::{post, request, send};

fn lines(fake: &FakeOrq) -> Vec<String> {
    fake.calls().iter().map(FakeCall::to_string).collect()
}

#[test]
fn every_request_is_there_with_its_answer() {
    let fake = FakeOrq::new();
    post(&fake, "invoke", &json!({"key": "chat"}));
    post(&fake, "stream", &json!({"key": "nobody"}));
    send(&fake, request("GET", "/v2/deployments?limit=2", ""));
    send(&fake, request("PUT", "/elsewhere", ""));
    let expected = [
        "1 POST /v2/deployments/invoke 200 chat",
        "2 POST /v2/deployments/stream 404 nobody",
        "3 GET /v2/deployments 200",
        "4 PUT /elsewhere 404",
    ];
    assert_eq!(lines(&fake), expected);
    let calls = fake.calls();
    assert_eq!(calls[1].operation(), Operation::Stream);
    assert_eq!(calls[1].deployment().as_deref(), Some("nobody"));
    assert_eq!(calls[2].status().unwrap(), 200);
    calls[0].request().assert_json(json!({"key": "chat"}));
}

#[test]
fn it_tells_how_the_body_ended() {
    let deployment = FakeDeployment::new("a")
        .reply("one two three")
        .fault(FakeFault::break_at(10, Fault::Reset).nth(3))
        .fault(FakeFault::break_before_head(Fault::EarlyClose).nth(4));
    let fake = FakeOrq::builder().deployment(deployment).build();
    let begin = || {
        let request = request("POST", "/v2/deployments/stream", r#"{"key": "a"}"#);
        block_on(fake.send(request))
    };

    let mut dropped = begin().unwrap().into_body();
    block_on(dropped.next()).unwrap().unwrap();
    assert_eq!(fake.calls()[0].end(), FakeCallEnd::Open);
    block_on(dropped.next()).unwrap().unwrap();
    drop(dropped);
    assert_eq!(block_on(begin().unwrap().into_body().count()), 4);
    assert_eq!(block_on(begin().unwrap().into_body().count()), 2);
    begin().unwrap_err();

    let ends: Vec<_> = fake
        .calls()
        .iter()
        .map(|call| (call.end(), call.chunks()))
        .collect();
    let expected = [
        (FakeCallEnd::Dropped, 2),
        (FakeCallEnd::Read, 4),
        (FakeCallEnd::Broken(Fault::Reset), 1),
        (FakeCallEnd::Broken(Fault::EarlyClose), 0),
    ];
    assert_eq!(ends, expected);
    let expected = [
        "1 POST /v2/deployments/stream 200 a, dropped after 2 chunks",
        "2 POST /v2/deployments/stream 200 a",
        "3 POST /v2/deployments/stream 200 a, reset after 1 chunk",
        "4 POST /v2/deployments/stream a, early_close before the head",
    ];
    assert_eq!(lines(&fake), expected);
}

#[test]
fn who_goes_away_before_the_head_is_seen() {
    let deployment = FakeDeployment::new("a").script(Reply::never());
    let fake = FakeOrq::builder().deployment(deployment).build();
    let call = fake
        .client()
        .deployments()
        .invoke(&DeploymentRequest::new("a"));
    assert_eq!(
        lines(&fake),
        [""; 0],
        "nothing happens before it is awaited"
    );
    block_on(call).unwrap_err();
    assert_eq!(
        lines(&fake),
        ["1 POST /v2/deployments/invoke a, dropped before the head"]
    );
}

#[test]
fn calls_that_go_on_together_are_seen() {
    let gate = Gate::new();
    let script = Reply::json(json!({"choices": []})).head_gate(&gate);
    let fake = FakeOrq::builder()
        .deployment(FakeDeployment::new("a").script(script))
        .build();
    let deployments = fake.client().deployments();
    let calls = [(); 3].map(|()| deployments.invoke(&DeploymentRequest::new("a")));
    let test = async {
        gate.reached().await;
        gate.open();
    };
    let (answers, ()) = block_on(futures::future::join(join_all(calls), test));
    assert!(answers.iter().all(Result::is_ok));
    let in_flight: Vec<_> = fake
        .calls()
        .iter()
        .map(|call| call.request().in_flight())
        .collect();
    assert_eq!(in_flight, [1, 2, 3]);
}

#[test]
fn it_tells_the_key_and_never_shows_it() {
    let fake = FakeOrq::builder()
        .api_key("sk-orq-one")
        .api_key("sk-orq-two")
        .build();
    let client = fake.client();
    let request = DeploymentRequest::new("chat").input("leak", "sk-orq-two");
    let with_key = |key: &str| client.with_api_key(key).unwrap();
    let clients = [
        client.clone(),
        with_key("sk-orq-two"),
        with_key("sk-orq-three"),
    ];
    for client in clients {
        let _ = block_on(client.deployments().invoke(&request));
    }
    let calls = fake.calls();
    let keys: Vec<_> = calls.iter().map(FakeCall::api_key).collect();
    assert_eq!(keys, [Some(0), Some(1), None]);
    let printed = format!("{:?}", calls[1]);
    assert!(!printed.contains("sk-orq-two"), "{printed}");
    // Not even where it was taken for a deployment's key.
    let mistaken = DeploymentRequest::new("sk-orq-one");
    block_on(client.deployments().invoke(&mistaken)).unwrap_err();
    assert_eq!(
        lines(&fake)[3],
        "4 POST /v2/deployments/invoke 404 <redacted>"
    );
}

#[test]
fn clones_are_one_double_and_the_log_has_an_end() {
    let fake = FakeOrq::builder().keep_calls(2).build();
    for key in ["chat", "rag", "image"] {
        post(&fake.clone(), "invoke", &json!({"key": key}));
    }
    let calls = fake.calls();
    let keys: Vec<_> = calls.iter().filter_map(FakeCall::deployment).collect();
    assert_eq!(keys, ["rag", "image"]);
    assert_eq!(calls[1].number(), 3);

    let fake = FakeOrq::builder().keep_calls(0).build();
    post(&fake, "invoke", &json!({"key": "chat"}));
    assert!(fake.calls().is_empty());
}

#[test]
fn a_thousand_are_kept_if_nothing_else_is_said() {
    let fake = FakeOrq::new();
    for _ in 0..1001 {
        send(&fake, request("GET", "/nowhere", ""));
    }
    let calls = fake.calls();
    assert_eq!((calls.len(), calls[0].number()), (1000, 2));
}
