//! What can be injected.

use std::sync::Arc;

use bytes::Bytes;
use futures::{FutureExt, StreamExt, executor::block_on};
use http::Request;
use orq_core::{
    Client, ErrorKind, Timer,
    error::Clock,
    transport::{
        Body, Delivery, HttpTransport, Operation, Phase, TransportError, TransportErrorKind,
    },
};
use orq_testkit::{FakeOrq, Fault, FaultInjector, Injection, ManualTimer, MemoryTransport, Reply};

use super::{ANSWER, SECOND, client, hello, invoke, log, read, request, run, stream};

#[test]
fn a_refused_connection_sends_nothing() {
    let memory = MemoryTransport::new();
    let faults = FaultInjector::seeded(1).inject(Injection::refuse());
    let refused = block_on(faults.wrap(memory.handle()).send(request())).unwrap_err();
    assert_eq!(refused.kind(), TransportErrorKind::Connect);
    assert_eq!(
        (refused.phase(), refused.delivery()),
        (Phase::Connect, Delivery::NotSent)
    );
    assert!(memory.requests().is_empty());
}

#[test]
fn a_break_before_the_head_loses_an_answer_that_was_given() {
    for fault in Fault::ALL {
        let memory = MemoryTransport::new();
        memory.reply_json("never seen");
        let faults = FaultInjector::seeded(1).inject(Injection::break_before_head(fault));
        let error = block_on(faults.wrap(memory.handle()).send(request())).unwrap_err();
        assert_eq!(error.kind(), fault.before_head().kind());
        assert_eq!(
            (error.phase(), error.delivery()),
            (Phase::Headers, Delivery::MaybeSent)
        );
        assert_eq!(memory.requests().len(), 1, "the server did the work");
    }
}

#[test]
fn a_transport_that_fails_by_itself_keeps_its_own_error() {
    let memory = MemoryTransport::new();
    memory.fail(TransportError::new(
        TransportErrorKind::Tls,
        Phase::Connect,
        Delivery::NotSent,
    ));
    let faults = FaultInjector::seeded(1).inject(Injection::break_before_head(Fault::Reset));
    let error = block_on(faults.wrap(memory.handle()).send(request())).unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Tls);
    assert!(faults.log().is_empty(), "nothing was injected");
}

#[test]
fn an_error_answer_looks_as_orq_documents_it() {
    let busy = Injection::status(429).header("retry-after", "7");
    let faults = FaultInjector::seeded(1).inject(busy);
    let error = invoke(&client(&faults)).unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!(error.code(), Some("rate_limit_exceeded"));
    assert_eq!(error.retry_after(), Some(7 * SECOND));
    assert_eq!(log(&faults), [r#"#1 invoke "chat", attempt 1: status 429"#]);
}

#[test]
fn a_reset_in_the_body_leaves_what_had_arrived() {
    let reset = Injection::break_at(700, Fault::Reset).operation(Operation::Stream);
    let faults = FaultInjector::seeded(1).inject(reset);
    let error = stream(&client(&faults)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Closed);
    let partial = error.partial().unwrap().text().unwrap();
    assert!(
        ANSWER.starts_with(&*partial) && !partial.is_empty() && partial != ANSWER,
        "{partial}"
    );
    assert_eq!(
        log(&faults),
        [r#"#1 stream "chat", attempt 1: reset at byte 700"#]
    );
}

#[test]
fn a_clean_cut_is_truncated() {
    let faults = FaultInjector::seeded(1).inject(Injection::cut_at(700));
    let error = stream(&client(&faults)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated);
    assert!(error.partial().unwrap().text().is_some());
}

#[test]
fn a_cut_is_not_given_away_by_a_length() {
    let memory = MemoryTransport::new();
    memory.reply(Reply::json_text("[1,2,3]").header("content-length", "7"));
    let faults = FaultInjector::seeded(1).inject(Injection::cut_at(3));
    let response = block_on(faults.wrap(memory.handle()).send(request())).unwrap();
    assert!(!response.headers().contains_key("content-length"));
    let (bytes, error) = read(response.into_body());
    assert_eq!((&*bytes, error.is_none()), (&b"[1,"[..], true));
}

#[test]
fn a_stall_lasts_until_the_client_has_enough() {
    let timer = ManualTimer::new();
    let faults = FaultInjector::seeded(1).inject(Injection::stall_at(700));
    let client = Client::builder(FakeOrq::builder().timer(timer.clone()).build())
        .api_key(FakeOrq::DEFAULT_API_KEY)
        .layer(faults.layer())
        .build()
        .unwrap();
    let error = run(&timer, async {
        client.deployments().stream(&hello()).await?.finish().await
    });
    assert_eq!(error.unwrap_err().timeout().unwrap().clock, Clock::Idle);
    assert_eq!(
        log(&faults),
        [r#"#1 stream "chat", attempt 1: stall at byte 700"#]
    );
}

#[test]
fn a_late_head_comes_after_a_request_that_was_sent() {
    let memory = MemoryTransport::new();
    memory.reply_json(1);
    let faults = FaultInjector::seeded(1).inject(Injection::head_after(3 * SECOND));
    let transport = faults.wrap(memory.handle());
    let mut response = transport.send(request());
    assert!((&mut response).now_or_never().is_none());
    assert_eq!(memory.requests().len(), 1);
    memory.timer().advance(2 * SECOND);
    assert!((&mut response).now_or_never().is_none());
    memory.timer().advance(SECOND);
    let response = response.now_or_never().unwrap().unwrap();
    assert_eq!(read(response.into_body()).0, b"1");
    assert_eq!(log(&faults), ["#1: head 3s late"]);
}

#[test]
fn paced_chunks_come_one_by_one_and_the_end_at_once() {
    let memory = MemoryTransport::new();
    memory.reply(Reply::sse_chunks(["a", "b", "c"]));
    let faults = FaultInjector::seeded(1).inject(Injection::paced(SECOND));
    let transport = faults.wrap(memory.handle());
    let mut body = block_on(transport.send(request())).unwrap().into_body();
    let mut next = || {
        body.next()
            .now_or_never()
            .map(|chunk| chunk.map(Result::unwrap))
    };

    assert_eq!(next().unwrap().unwrap(), "a");
    for chunk in ["b", "c"] {
        assert!(next().is_none());
        memory.timer().advance(SECOND);
        assert_eq!(next().unwrap().unwrap(), chunk);
    }
    assert!(next().unwrap().is_none());
    assert_eq!(log(&faults), ["#1: chunks 1s late"]);
}

#[test]
fn latency_without_a_timer_is_an_error_that_says_so() {
    #[derive(Debug)]
    struct Timeless;

    #[async_trait::async_trait]
    impl HttpTransport for Timeless {
        async fn send(&self, _: Request<Bytes>) -> Result<http::Response<Body>, TransportError> {
            unreachable!("nothing is sent")
        }
        fn timer(&self) -> Option<Arc<dyn Timer>> {
            None
        }
    }

    for latency in [Injection::head_after(SECOND), Injection::paced(SECOND)] {
        let faults = FaultInjector::seeded(1).inject(latency);
        let error = block_on(faults.wrap(Timeless).send(request())).unwrap_err();
        assert_eq!(error.delivery(), Delivery::NotSent);
        let why = std::error::Error::source(&error).unwrap().to_string();
        assert!(why.contains("needs a timer"), "{why}");
    }
}
