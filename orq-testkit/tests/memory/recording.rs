//! Every request is recorded, in order, and can be asked for.

use std::time::Duration;

use futures::{StreamExt, executor::block_on, future::join_all};
use http::Method;
use orq_core::{
    DeploymentRequest,
    transport::{CallContext, HttpTransport, Operation},
};
use orq_testkit::{Gate, MemoryTransport, Reply};
use serde_json::json;

use super::{answer, chat, failure, request, says, send};

#[test]
fn requests_are_recorded_in_order_with_their_context_and_time() {
    let memory = MemoryTransport::new();
    memory.reply_status(200, "").reply_status(200, "");
    let transport = memory.handle();
    send(&transport, "/first").unwrap();
    memory.timer().advance(Duration::from_secs(2));
    let mut second = request("/second");
    second
        .headers_mut()
        .insert("authorization", "Bearer sk-orq-1".parse().unwrap());
    let context = CallContext::new(Operation::Stream, Some("chat"));
    second.extensions_mut().insert(context.with_attempt(2));
    block_on(transport.send(second)).unwrap();

    let requests = memory.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].path(), "/first");
    assert_eq!(requests[0].context(), None);
    assert_eq!(requests[0].at(), Duration::ZERO);
    assert_eq!(requests[1].path(), "/second");
    assert_eq!(requests[1].bearer(), Some("sk-orq-1"));
    assert_eq!(requests[1].context().unwrap().attempt(), 2);
    assert_eq!(requests[1].at(), Duration::from_secs(2));
}

#[test]
fn debug_output_holds_no_request() {
    let memory = MemoryTransport::new();
    memory.reply_status(200, "");
    let mut asked = request("/");
    asked
        .headers_mut()
        .insert("authorization", "Bearer sk-orq-secret".parse().unwrap());
    block_on(memory.handle().send(asked)).unwrap();
    let printed = format!("{memory:?} {:?}", memory.handle());
    assert!(!printed.contains("secret"), "{printed}");
}

#[test]
fn a_request_can_be_asked_what_it_is() {
    let memory = MemoryTransport::new();
    memory.reply(answer("Hello Jane"));
    let asked = DeploymentRequest::new("greeter").input("firstname", "Jane");
    block_on(memory.client().deployments().invoke(&asked)).unwrap();

    let sent = memory.only_request();
    assert_eq!(
        (sent.method(), sent.path()),
        (&Method::POST, "/v2/deployments/invoke")
    );
    assert_eq!(sent.operation(), Operation::Invoke);
    assert_eq!(sent.deployment().as_deref(), Some("greeter"));
    assert_eq!(sent.deployment_request(), asked);
    assert_eq!(sent.json()["inputs"]["firstname"], "Jane");
    sent.assert_json_contains(json!({"inputs": {"firstname": "Jane"}}));
}

#[test]
fn a_difference_is_printed_and_the_secret_is_not() {
    let memory = MemoryTransport::new();
    memory.reply(answer("Hello"));
    let asked = DeploymentRequest::new("greeter")
        .input("firstname", "Jane")
        .input("k", "test-key");
    block_on(memory.client().deployments().invoke(&asked)).unwrap();
    let sent = memory.only_request();
    let message =
        failure(|| sent.assert_json_contains(json!({"inputs": {"firstname": "Joan", "k": ""}})));
    for part in [
        r#"path ".inputs.firstname""#,
        r#""Joan""#,
        r#""Jane""#,
        "<redacted>",
    ] {
        assert!(message.contains(part), "{message}");
    }
    assert!(
        !format!("{message} {sent:?}").contains("test-key"),
        "{message}"
    );
}

#[test]
fn only_one_request_is_only_one() {
    let memory = MemoryTransport::new();
    let message = failure(|| drop(memory.only_request()));
    assert_eq!(message, "there should be one request, and there are 0");
}

#[tokio::test]
async fn order_and_concurrency_can_be_seen() {
    let memory = MemoryTransport::new();
    let gate = Gate::new();
    memory.on("chat").times(3).reply(
        Reply::sse([says("Hel")])
            .gate(&gate)
            .events([says("lo"), "[DONE]".into()]),
    );
    memory.on("greeter").reply(answer("alone"));
    let client = memory.client();
    let stream = || async {
        let stream = client.deployments().stream(&chat()).await.unwrap();
        stream.finish().await.unwrap().text().unwrap().into_owned()
    };
    let test = async {
        gate.reached().await;
        while memory.requests().len() < 3 {
            tokio::task::yield_now().await;
        }
        gate.open();
    };
    let (texts, ()) = tokio::join!(join_all((0..3).map(|_| stream())), test);
    assert_eq!(texts, ["Hello"; 3]);
    client
        .deployments()
        .invoke(&DeploymentRequest::new("greeter"))
        .await
        .unwrap();

    let requests = memory.requests();
    let numbers: Vec<_> = requests
        .iter()
        .map(|sent| (sent.number(), sent.in_flight()))
        .collect();
    assert_eq!(numbers, [(1, 1), (2, 2), (3, 3), (4, 1)]);
    assert_eq!(memory.most_in_flight(), 3);
}

#[test]
fn an_exchange_goes_on_until_its_body_is_over_or_dropped() {
    let memory = MemoryTransport::new();
    for _ in 0..4 {
        memory.reply_sse(["1"]);
    }
    let transport = memory.handle();
    let mut read = send(&transport, "/").unwrap().into_body();
    while block_on(read.next()).is_some() {}
    let mut dropped = send(&transport, "/").unwrap().into_body();
    block_on(dropped.next()).unwrap().unwrap();
    drop(dropped);
    let held: Vec<_> = (0..2).map(|_| send(&transport, "/").unwrap()).collect();
    let in_flight: Vec<_> = memory
        .requests()
        .iter()
        .map(|sent| sent.in_flight())
        .collect();
    assert_eq!(in_flight, [1, 1, 1, 2]);
    memory.allow_unread();
    drop((read, held));
}
