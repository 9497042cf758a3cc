//! What no fault is due for.

use futures::{FutureExt, StreamExt, executor::block_on};
use orq_core::transport::{HttpTransport, Phase};
use orq_testkit::{FakeOrq, Fault, FaultInjector, Injection, MemoryTransport, Reply};
use proptest::{collection::vec, prelude::*};

use super::{read, request};

#[test]
fn a_stream_is_not_held_up() {
    let memory = MemoryTransport::new();
    memory.reply(Reply::sse_chunks(["abc"]).stall());
    let faults = FaultInjector::seeded(1).inject(Injection::fail_at(5, Fault::Reset));
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

proptest! {
    #[test]
    fn what_comes_before_the_break_is_what_was_sent(
        chunks in vec(vec(any::<u8>(), 0..20), 0..10),
        seed in any::<u64>(),
        from in 0_u64..100,
        width in 1_u64..100,
    ) {
        let memory = MemoryTransport::new();
        memory.reply(Reply::sse_chunks(chunks.clone()));
        let anywhere = Injection::fail_at(from..from + width, Fault::Reset);
        let faults = FaultInjector::seeded(seed).inject(anywhere);
        let response = block_on(faults.wrap(memory.handle()).send(request())).unwrap();
        let (bytes, error) = read(response.into_body());

        let sent = chunks.concat();
        match faults.log().first() {
            Some(fault) => {
                let byte = fault.byte.unwrap();
                prop_assert!((from..from + width).contains(&byte));
                prop_assert_eq!(&bytes, &sent[..usize::try_from(byte).unwrap()]);
                prop_assert_eq!(error.unwrap().phase(), Phase::Body);
            }
            None => {
                prop_assert_eq!(&bytes, &sent);
                prop_assert!(error.is_none() && (sent.len() as u64) < from + width);
            }
        }
    }
}
