//! What goes wrong with a deployment's calls.

use futures::{FutureExt, StreamExt, executor::block_on};
use orq_core::transport::{Body, HttpTransport, TransportErrorKind};
use orq_core::{DeploymentRequest, ErrorKind};
use orq_testkit::{FakeDeployment, FakeFault, FakeOrq, Fault, Reply};
use serde_json::{Value, json};

use super::{invoke, post, request, text};

fn faulty(faults: impl IntoIterator<Item = FakeFault>) -> FakeOrq {
    let deployment = FakeDeployment::new("faulty").reply("one").reply("two");
    let deployment = faults.into_iter().fold(deployment, FakeDeployment::fault);
    FakeOrq::builder().deployment(deployment).build()
}

fn body() -> Value {
    json!({"key": "faulty"})
}

/// The body of an answer whose head is fine.
fn begun(fake: &FakeOrq, verb: &str) -> Body {
    let path = format!("/v2/deployments/{verb}");
    let response = block_on(fake.send(request("POST", &path, body().to_string())));
    let response = response.unwrap();
    assert_eq!(response.status(), 200);
    response.into_body()
}

/// What arrived of a body, and how it ended.
fn read(mut body: Body) -> (String, Option<TransportErrorKind>) {
    let mut text = String::new();
    loop {
        match block_on(body.next()) {
            Some(Ok(bytes)) => text.push_str(std::str::from_utf8(&bytes).unwrap()),
            Some(Err(error)) => return (text, Some(error.kind())),
            None => return (text, None),
        }
    }
}

#[test]
fn an_error_has_orqs_documented_shape() {
    let fake = faulty([FakeFault::error(402, "quota_exceeded")]);
    for verb in ["invoke", "stream"] {
        let answer = post(&fake, verb, &body());
        assert_eq!(answer.status, 402);
        assert_eq!(answer.json()["error"]["code"], "quota_exceeded");
        assert!(answer.json()["error"]["message"].is_string());
        assert!(answer.headers.contains_key("x-orq-trace-id"));
        assert!(!answer.headers.contains_key("x-ratelimit-limit"));
    }
}

#[test]
fn faults_are_for_certain_calls_and_use_up_no_reply() {
    let fake = faulty([
        FakeFault::error(500, "internal_error").nth(2),
        FakeFault::reply(Reply::status(502, "<html>")).every(2),
        FakeFault::error(504, "provider_timeout").first(1),
    ]);
    let statuses = [1, 2, 3, 4, 5, 6].map(|_| post(&fake, "invoke", &body()).status);
    assert_eq!(statuses, [504, 500, 200, 502, 200, 502]);
    assert_eq!(
        text(&invoke(&fake, &body())),
        "one",
        "the third of its replies"
    );
}

#[test]
fn the_connection_breaks_before_the_head() {
    for fault in Fault::ALL {
        let fake = faulty([FakeFault::break_before_head(fault)]);
        let request = request("POST", "/v2/deployments/invoke", body().to_string());
        let error = block_on(fake.send(request)).unwrap_err();
        assert_eq!(error.to_string(), fault.before_head().to_string());
    }
}

#[test]
fn a_body_breaks_or_ends_at_its_byte() {
    let whole = read(begun(&faulty([]), "stream")).0;
    for verb in ["stream", "invoke"] {
        for byte in [0, 1, 70] {
            let fake = faulty([FakeFault::break_at(byte, Fault::Garbage)]);
            let (text, error) = read(begun(&fake, verb));
            assert_eq!(
                (text.len(), error),
                (byte, Some(TransportErrorKind::Protocol))
            );
            let fake = faulty([FakeFault::cut_at(byte)]);
            let (text, error) = read(begun(&fake, verb));
            assert_eq!((text.len(), error), (byte, None));
            assert!(verb == "invoke" || whole.starts_with(&text));
        }
    }
}

#[test]
fn a_body_stands_still_at_its_byte() {
    let fake = faulty([FakeFault::stall_at(7)]);
    let mut stalled = begun(&fake, "stream");
    assert_eq!(block_on(stalled.next()).unwrap().unwrap(), r#"data: {"#);
    for _ in 0..100 {
        assert!(stalled.next().now_or_never().is_none());
    }
    let request = DeploymentRequest::new("faulty");
    let call = fake.client().deployments().stream(&request);
    let error = block_on(call).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

#[test]
fn a_shorter_body_breaks_in_place_of_its_end() {
    let (whole, _) = read(begun(&faulty([]), "invoke"));
    let fake = faulty([FakeFault::break_at(usize::MAX, Fault::Reset)]);
    let closed = Some(TransportErrorKind::Closed);
    assert_eq!(read(begun(&fake, "invoke")), (whole.clone(), closed));
    let fake = faulty([FakeFault::cut_at(usize::MAX)]);
    assert_eq!(read(begun(&fake, "invoke")), (whole, None));
}

#[test]
fn a_stream_that_breaks_late_keeps_its_text() {
    let deployment = FakeDeployment::new("faulty")
        .reply("Hello my dear")
        .fault(FakeFault::cut_at(900));
    let fake = FakeOrq::builder().deployment(deployment).build();
    let request = DeploymentRequest::new("faulty");
    let stream = block_on(fake.client().deployments().stream(&request)).unwrap();
    let error = block_on(stream.finish()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated);
    let text = error.partial().unwrap().text().unwrap();
    assert!(
        "Hello my dear".starts_with(&*text) && !text.is_empty(),
        "{text}"
    );
}

#[test]
fn a_fault_in_the_body_meets_a_script_too() {
    let deployment = FakeDeployment::new("faulty")
        .script(Reply::status(200, "abc").chunk("def"))
        .fault(FakeFault::break_at(4, Fault::EarlyClose));
    let fake = FakeOrq::builder().deployment(deployment).build();
    let closed = Some(TransportErrorKind::Closed);
    assert_eq!(read(begun(&fake, "invoke")), ("abcd".to_owned(), closed));
}

#[test]
fn only_calls_that_reach_the_model_are_counted() {
    let fake = faulty([FakeFault::error(500, "internal_error").nth(1)]);
    assert_eq!(post(&fake, "get_config", &body()).status, 200);
    let mocked = json!({"key": "faulty", "invoke_options": {"mock_response": "mock"}});
    assert_eq!(text(&invoke(&fake, &mocked)), "mock");
    let invalid = json!({"key": "faulty", "inputs": 1});
    assert_eq!(post(&fake, "invoke", &invalid).status, 400);
    assert_eq!(post(&fake, "invoke", &body()).status, 500);
    assert_eq!(post(&fake, "invoke", &body()).status, 200);
}
