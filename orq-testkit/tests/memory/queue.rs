//! The queue: the n-th request takes the n-th reply.

use http::Method;
use orq_core::transport::{Delivery, HttpTransport, Phase, TransportError, TransportErrorKind};
use orq_testkit::MemoryTransport;
use serde_json::json;

use super::{send, text};

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
    assert_eq!(text(send(&transport, "/5").unwrap()).len(), 33);
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
fn a_failure_for_several_requests_is_the_same_for_each() {
    let memory = MemoryTransport::new();
    let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
    let error = TransportError::new(
        TransportErrorKind::Connect,
        Phase::Connect,
        Delivery::NotSent,
    );
    memory
        .on((Method::POST, "/"))
        .times(2)
        .fail(error.with_source(refused));
    for _ in 0..2 {
        let error = send(&memory.handle(), "/").unwrap_err();
        assert_eq!(error.delivery(), Delivery::NotSent);
        let source = std::error::Error::source(&error).unwrap();
        assert_eq!(source.to_string(), "connection refused");
    }
}

#[test]
fn the_transport_has_a_name() {
    assert_eq!(MemoryTransport::new().handle().name(), "memory");
}
