//! What no fault is due for.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures::{FutureExt, StreamExt, executor::block_on, future, stream};
use http::{Request, Response};
use orq_core::{
    Timer,
    transport::{Body, HttpTransport, Phase, TransportError},
};
use orq_testkit::{FakeOrq, Fault, FaultInjector, Injection, ManualTimer, MemoryTransport, Reply};
use proptest::{collection::vec, prelude::*};

use super::{read, request};

/// A transport that holds on to a value for as long as an exchange lasts: for ever, if nobody ends it.
#[derive(Debug)]
struct Endless {
    exchanges: Arc<()>,
    has_head: bool,
}

#[async_trait::async_trait]
impl HttpTransport for Endless {
    async fn send(&self, _: Request<Bytes>) -> Result<Response<Body>, TransportError> {
        let exchange = Arc::clone(&self.exchanges);
        if !self.has_head {
            future::pending::<()>().await;
        }
        let bytes = stream::repeat_with(move || {
            let _ = &exchange;
            Ok(Bytes::from("abc"))
        });
        Ok(Response::new(Body::from_stream(bytes)))
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        Some(Arc::new(ManualTimer::new()))
    }
}

/// Every injection that asks the transport underneath.
fn injections() -> [Injection; 6] {
    [
        Injection::refuse().nth(2),
        Injection::break_before_head(Fault::Reset),
        Injection::break_at(10, Fault::Reset),
        Injection::stall_at(0),
        Injection::head_after(Duration::from_secs(1)),
        Injection::paced(Duration::from_secs(1)),
    ]
}

#[test]
fn dropping_a_request_ends_the_exchange() {
    for injection in injections() {
        let exchanges = Arc::new(());
        let endless = Endless {
            exchanges: Arc::clone(&exchanges),
            has_head: false,
        };
        let transport = FaultInjector::seeded(1).inject(injection).wrap(endless);
        let mut response = transport.send(request());
        assert!((&mut response).now_or_never().is_none());
        assert_eq!(Arc::strong_count(&exchanges), 3);
        drop(response);
        assert_eq!(Arc::strong_count(&exchanges), 2);
    }
}

#[test]
fn dropping_a_body_ends_the_exchange() {
    for injection in injections() {
        let exchanges = Arc::new(());
        let endless = Endless {
            exchanges: Arc::clone(&exchanges),
            has_head: true,
        };
        let transport = FaultInjector::seeded(1).inject(injection).wrap(endless);
        if let Some(Ok(response)) = transport.send(request()).now_or_never() {
            let mut body = response.into_body();
            let _ = body.next().now_or_never();
            assert_eq!(Arc::strong_count(&exchanges), 3);
        }
        assert_eq!(Arc::strong_count(&exchanges), 2);
    }
}

#[test]
fn a_fault_ends_the_exchange_and_a_stall_does_not() {
    let endings = [
        (Injection::break_at(3, Fault::Reset), 2),
        (Injection::cut_at(3), 2),
        (Injection::stall_at(3), 3),
    ];
    for (injection, left) in endings {
        let exchanges = Arc::new(());
        let endless = Endless {
            exchanges: Arc::clone(&exchanges),
            has_head: true,
        };
        let transport = FaultInjector::seeded(1).inject(injection).wrap(endless);
        let mut body = block_on(transport.send(request())).unwrap().into_body();
        assert_eq!(block_on(body.next()).unwrap().unwrap(), "abc");
        let _ = body.next().now_or_never();
        assert_eq!(Arc::strong_count(&exchanges), left);
        drop(body);
    }
}

#[test]
fn a_stream_is_not_held_up() {
    let memory = MemoryTransport::new();
    memory.reply(Reply::sse_chunks(["abc"]).stall());
    let faults = FaultInjector::seeded(1).inject(Injection::break_at(5, Fault::Reset));
    let response = block_on(faults.wrap(memory.handle()).send(request())).unwrap();
    let mut body = response.into_body();
    assert_eq!(body.next().now_or_never().unwrap().unwrap().unwrap(), "abc");
    assert!(
        body.next().now_or_never().is_none(),
        "two bytes are still to come"
    );
}

#[test]
fn timer_and_name_are_those_underneath_and_no_key_is_shown() {
    let busy = Injection::status(503).header("x-secret", "sk-orq-test");
    let faults = FaultInjector::seeded(1).inject(busy.every(2));
    let transport = faults.wrap(FakeOrq::new());
    assert_eq!(transport.name(), "fake-orq");
    assert!(transport.timer().is_some());
    let shown = format!("{transport:?}");
    assert!(shown.contains("Injection(status 503 every=2)"), "{shown}");
    assert!(!shown.contains("sk-orq-test"), "{shown}");
}

#[test]
fn a_double_that_wants_its_replies_used_is_content() {
    let lost = [
        Injection::break_before_head(Fault::EarlyClose),
        Injection::break_at(0, Fault::Reset),
        Injection::cut_at(0),
        Injection::stall_at(0),
    ];
    for injection in lost {
        let memory = MemoryTransport::new();
        memory.reply_json("lost");
        let faults = FaultInjector::seeded(1).inject(injection);
        let answer = block_on(faults.wrap(memory.handle()).send(request()));
        if let Ok(response) = answer {
            let _ = response.into_body().next().now_or_never();
        }
        memory.verify();
    }
}

proptest! {
    #[test]
    fn what_comes_before_the_break_is_what_was_sent(
        chunks in vec(vec(any::<u8>(), 0..20), 0..10),
        seed in any::<u64>(),
        from in 0_usize..100,
        width in 1_usize..100,
    ) {
        let memory = MemoryTransport::new();
        memory.reply(Reply::sse_chunks(chunks.clone()));
        let anywhere = Injection::break_at(from..from + width, Fault::Reset);
        let faults = FaultInjector::seeded(seed).inject(anywhere);
        let response = block_on(faults.wrap(memory.handle()).send(request())).unwrap();
        let (bytes, error) = read(response.into_body());

        let sent = chunks.concat();
        let byte = faults.log()[0].byte.unwrap();
        prop_assert!((from..from + width).contains(&byte));
        prop_assert_eq!(&bytes, &sent[..byte.min(sent.len())]);
        prop_assert_eq!(error.unwrap().phase(), Phase::Body);
    }
}
