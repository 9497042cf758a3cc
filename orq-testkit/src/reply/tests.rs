//! What heads are scripted as, and what is refused.

use futures::executor::block_on;
use http::{Request, Response};
use orq_core::transport::{Body, Delivery, HttpTransport, Phase, TransportErrorKind};
use serde_json::json;

use super::*;
use crate::memory::MemoryTransport;

fn played(reply: Reply) -> Result<Response<Body>, TransportError> {
    let memory = MemoryTransport::new();
    memory.reply(reply).allow_unread();
    block_on(memory.handle().send(Request::new(Bytes::new())))
}

#[test]
fn heads_are_as_scripted() {
    let reply = Reply::json(json!({}))
        .with_status(429)
        .header("x-a", "1")
        .header("x-a", "2")
        .header("content-type", "text/html");
    let response = played(reply).unwrap();
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["content-type"], "text/html");
    let values: Vec<_> = response.headers().get_all("x-a").iter().collect();
    assert_eq!(values, ["1", "2"]);
}

#[test]
fn a_broken_reply_is_the_faults_error() {
    let error = played(Reply::break_before_head(Fault::Garbage)).unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Protocol);
    assert_eq!(error.phase(), Phase::Headers);
    assert_eq!(error.delivery(), Delivery::MaybeSent);
}

#[test]
#[should_panic(expected = "is not an HTTP status")]
fn a_wrong_status_fails_the_test() {
    let _ = Reply::status(1, "");
}

#[test]
#[should_panic(expected = "has no head")]
fn what_has_no_head_takes_no_header() {
    let _ = Reply::never().header("x-a", "1");
}

#[test]
#[should_panic(expected = "can't be written as JSON")]
fn what_is_no_json_fails_the_test() {
    let _ = Reply::json(std::collections::BTreeMap::from([((1, 2), 3)]));
}
