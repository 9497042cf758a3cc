//! What a `MemoryTransport` promises: replies in order, a record of the requests, and a failing test when they
//! don't meet.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "these are tests")]

use std::{
    panic::{self, AssertUnwindSafe},
    time::Duration,
};

use bytes::Bytes;
use futures::{FutureExt, StreamExt, executor::block_on};
use http::{Request, Response};
use orq_core::transport::{
    Body, CallContext, Delivery, HttpTransport, Operation, Phase, TransportError,
    TransportErrorKind,
};
use orq_testkit::{MemoryTransport, Reply};
use serde_json::json;

fn request(path: &str) -> Request<Bytes> {
    Request::post(format!("https://my.orq.ai{path}"))
        .body(Bytes::from("{}"))
        .unwrap()
}

fn send(transport: &impl HttpTransport, path: &str) -> Result<Response<Body>, TransportError> {
    block_on(transport.send(request(path)))
}

fn text(response: Response<Body>) -> String {
    let chunks = block_on(response.into_body().map(Result::unwrap).collect::<Vec<_>>());
    String::from_utf8(chunks.concat()).unwrap()
}

/// The message of the panic that `test` ends in.
fn failure(test: impl FnOnce()) -> String {
    let payload = panic::catch_unwind(AssertUnwindSafe(test)).expect_err("the test should fail");
    match payload.downcast::<String>() {
        Ok(message) => *message,
        Err(payload) => payload.downcast_ref::<&str>().unwrap().to_string(),
    }
}

#[test]
fn replies_come_in_the_order_in_which_they_were_scripted() {
    let memory = MemoryTransport::new();
    memory
        .reply_json(json!({"a": 1}))
        .reply_json_text(r#"{"b": 2, "a"#)
        .reply_sse(["x", "[DONE]"])
        .reply_status(503, "busy");
    let transport = memory.handle();

    let first = send(&transport, "/1").unwrap();
    assert_eq!(first.status(), 200);
    assert_eq!(first.headers()["content-type"], "application/json");
    assert_eq!(text(first), r#"{"a":1}"#);

    assert_eq!(text(send(&transport, "/2").unwrap()), r#"{"b": 2, "a"#);

    let third = send(&transport, "/3").unwrap();
    assert_eq!(third.headers()["content-type"], "text/event-stream");
    assert_eq!(text(third), "data: x\n\ndata: [DONE]\n\n");

    let fourth = send(&transport, "/4").unwrap();
    assert_eq!(fourth.status(), 503);
    assert!(fourth.headers().is_empty());
    assert_eq!(text(fourth), "busy");

    memory.reply_json(json!("added in the middle of the test"));
    assert!(send(&transport, "/5").is_ok());
    memory.verify();
}

#[test]
fn clones_of_the_handle_share_the_queue() {
    let memory = MemoryTransport::new();
    memory.reply_status(201, "").reply_status(202, "");
    let transport = memory.handle();
    assert_eq!(send(&transport.clone(), "/").unwrap().status(), 201);
    assert_eq!(send(&transport, "/").unwrap().status(), 202);
}

#[test]
fn a_failure_is_given_as_it_was_scripted() {
    let memory = MemoryTransport::new();
    let refused = TransportError::new(
        TransportErrorKind::Connect,
        Phase::Connect,
        Delivery::NotSent,
    );
    memory.fail(refused);
    let error = send(&memory.handle(), "/").unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Connect);
    assert_eq!(error.phase(), Phase::Connect);
    assert_eq!(error.delivery(), Delivery::NotSent);
}

#[test]
fn an_answer_that_never_comes_stays_pending() {
    let memory = MemoryTransport::new();
    memory.never();
    let transport = memory.handle();
    let mut answer = transport.send(request("/"));
    assert!((&mut answer).now_or_never().is_none());
    memory.timer().advance(Duration::from_secs(3600));
    assert!((&mut answer).now_or_never().is_none());
}

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
fn the_transport_has_the_tests_own_clock_and_name() {
    let memory = MemoryTransport::new();
    let transport = memory.handle();
    assert_eq!(transport.name(), "memory");
    memory.timer().advance(Duration::from_secs(5));
    assert_eq!(transport.timer().unwrap().now(), Duration::from_secs(5));
}

#[test]
fn an_unused_reply_fails_the_test_when_the_guard_is_dropped() {
    let line = line!() + 4;
    let message = failure(|| {
        let memory = MemoryTransport::new();
        memory.reply_status(200, "used");
        memory.reply(Reply::status(418, "teapot"));
        send(&memory.handle(), "/").unwrap();
    });
    assert!(message.contains("reply 2 (418"), "{message}");
    assert!(
        message.contains(&format!("tests/memory.rs:{line}")),
        "{message}"
    );
    assert!(!message.contains("reply 1"), "{message}");
}

#[test]
fn every_way_to_script_names_the_tests_own_line() {
    let message = failure(|| {
        let memory = MemoryTransport::new();
        memory.reply_json(json!(1));
        memory.reply_json_text("1");
        memory.reply_sse(["1"]);
        memory.reply_status(200, "1");
        memory.never();
        memory.fail(TransportError::new(
            TransportErrorKind::Closed,
            Phase::Headers,
            Delivery::MaybeSent,
        ));
    });
    assert_eq!(message.matches("tests/memory.rs:").count(), 6, "{message}");
}

#[test]
fn an_unused_reply_fails_the_test_while_a_handle_is_still_alive_elsewhere() {
    let memory = MemoryTransport::new();
    memory.reply_status(200, "");
    let elsewhere = memory.handle();
    let message = failure(|| drop(memory));
    assert!(message.contains("never used"), "{message}");
    drop(elsewhere);
}

#[test]
fn a_request_without_a_reply_fails_the_client_and_the_test() {
    let memory = MemoryTransport::new();
    let transport = memory.handle();
    let mut asked = request("/v2/deployments/invoke");
    let context = CallContext::new(Operation::Invoke, Some("chat"));
    asked.extensions_mut().insert(context);
    asked
        .headers_mut()
        .insert("authorization", "Bearer sk-orq-secret".parse().unwrap());
    let error = block_on(transport.send(asked)).unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Other);
    assert_eq!(error.delivery(), Delivery::MaybeSent);
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("no reply left"), "{source}");

    assert_eq!(memory.requests().len(), 1);
    let message = failure(|| drop(memory));
    let expected = r#"request 1 found no reply left: POST https://my.orq.ai/v2/deployments/invoke (invoke "chat", attempt 1)"#;
    assert!(message.contains(expected), "{message}");
    assert!(!message.contains("secret"), "{message}");
}

#[test]
fn unused_replies_can_be_allowed_but_not_requests_without_a_reply() {
    let memory = MemoryTransport::new();
    memory.allow_unused().reply_status(200, "");
    memory.verify();

    let memory = MemoryTransport::new();
    memory.allow_unused();
    let _ = send(&memory.handle(), "/");
    let message = failure(|| drop(memory));
    assert!(message.contains("found no reply left"), "{message}");
}

#[test]
fn a_test_that_fails_already_keeps_its_own_message() {
    let message = failure(|| {
        let memory = MemoryTransport::new();
        memory.reply_status(200, "");
        panic!("the test's own failure");
    });
    assert_eq!(message, "the test's own failure");
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
