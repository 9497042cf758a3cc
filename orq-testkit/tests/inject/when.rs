//! Which requests it is injected into.

use std::{
    cell::Cell,
    panic::{self, UnwindSafe},
};

use futures::executor::block_on;
use orq_core::{Client, DeploymentRequest, ErrorKind, transport::Operation};
use orq_testkit::{FakeOrq, FaultInjector, Injection, ManualTimer};

use super::{ANSWER, client, hello, invoke, log, run, stream};

#[test]
fn every_third_request_is_broken() {
    let faults = FaultInjector::seeded(1).inject(Injection::status(503).every(3));
    let client = client(&faults);
    let outcomes: Vec<_> = (0..7).map(|_| invoke(&client).is_ok()).collect();
    assert_eq!(outcomes, [true, true, false, true, true, false, true]);
    assert_eq!(faults.requests(), 7);
}

#[test]
fn the_second_request_alone_is_broken() {
    let faults = FaultInjector::seeded(1).inject(Injection::status(503).nth(2));
    let client = client(&faults);
    let outcomes: Vec<_> = (0..4).map(|_| invoke(&client).is_ok()).collect();
    assert_eq!(outcomes, [true, false, true, true]);
}

#[test]
fn the_second_stream_is_the_second_of_the_streams() {
    let second = Injection::cut_at(0).operation(Operation::Stream).nth(2);
    let faults = FaultInjector::seeded(1).inject(second);
    let client = client(&faults);
    assert!(invoke(&client).is_ok() && stream(&client).is_ok() && invoke(&client).is_ok());
    assert!(stream(&client).is_err());
    assert_eq!(
        log(&faults),
        [r#"#4 stream "chat", attempt 1: cut at byte 0"#]
    );
}

#[test]
fn only_the_deployment_in_question_is_broken() {
    let down = Injection::refuse().deployment("reasoning");
    let faults = FaultInjector::seeded(1).inject(down);
    let client = client(&faults);
    assert!(invoke(&client).is_ok());
    let reasoning = client
        .deployments()
        .invoke(&DeploymentRequest::new("reasoning"));
    assert_eq!(block_on(reasoning).unwrap_err().kind(), ErrorKind::Connect);
    assert!(block_on(client.deployments().list()).is_ok());
}

#[test]
fn the_first_rule_that_fits_wins() {
    let faults = FaultInjector::seeded(1)
        .inject(Injection::status(429).nth(1))
        .inject(Injection::status(503).every(2))
        .inject(Injection::status(500));
    let client = client(&faults);
    let statuses: Vec<_> = (0..4)
        .map(|_| invoke(&client).unwrap_err().status().unwrap().as_u16())
        .collect();
    assert_eq!(statuses, [429, 503, 500, 503]);
}

#[test]
fn probability_0_is_never_and_1_is_always() {
    let faults = FaultInjector::seeded(1)
        .inject(Injection::status(429).probability(0.0))
        .inject(Injection::status(503).probability(1.0));
    let client = client(&faults);
    for _ in 0..200 {
        assert_eq!(invoke(&client).unwrap_err().status().unwrap(), 503);
    }
}

#[test]
fn probability_is_kept_about() {
    let faults = FaultInjector::seeded(7).inject(Injection::status(503).probability(0.25));
    let client = client(&faults);
    let broken = (0..1000).filter(|_| invoke(&client).is_err()).count();
    assert!((200..300).contains(&broken), "{broken}");
}

#[test]
fn a_retry_gets_past_what_breaks_the_first_attempts() {
    let timer = ManualTimer::new();
    let faults = FaultInjector::seeded(1)
        .inject(Injection::refuse().attempt(1))
        .inject(Injection::status(503).attempt(2));
    let client = Client::builder(FakeOrq::builder().timer(timer.clone()).build())
        .api_key(FakeOrq::DEFAULT_API_KEY)
        .layer(faults.layer())
        .build()
        .unwrap();
    let answer = run(&timer, client.deployments().invoke(&hello())).unwrap();
    assert_eq!(answer.text().as_deref(), Some(ANSWER));
    let expected = [
        r#"#1 invoke "chat", attempt 1: refused"#,
        r#"#2 invoke "chat", attempt 2: status 503"#,
    ];
    assert_eq!(log(&faults), expected);
}

thread_local! {
    /// Where the last panic of this thread was.
    static PANICKED_AT: Cell<Option<(String, u32)>> = const { Cell::new(None) };
}

/// The message that this misuse fails its test with, and the line.
fn failure(misuse: impl FnOnce() -> Injection + UnwindSafe) -> (String, u32) {
    let others = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        let at = panic.location().map(|at| (at.file().to_owned(), at.line()));
        PANICKED_AT.set(at);
        others(panic);
    }));
    let payload = panic::catch_unwind(misuse).expect_err("the test should fail");
    let (file, line) = PANICKED_AT.take().unwrap();
    assert!(file.ends_with("when.rs"), "{file}");
    (payload.downcast_ref::<String>().unwrap().clone(), line)
}

#[test]
fn a_wrong_value_fails_the_test_at_its_line() {
    for wrong in [-0.1, 1.1, f64::NAN] {
        let (message, line) = failure(move || Injection::refuse().probability(wrong));
        assert_eq!(line, line!() - 1);
        assert!(message.contains("is no probability"), "{message}");
    }
    type Misuse = fn() -> Injection;
    let here = line!();
    let cases: [(Misuse, &str); 7] = [
        (|| Injection::refuse().nth(0), "requests are counted from 1"),
        (
            || Injection::refuse().every(0),
            "requests are counted from 1",
        ),
        (
            || Injection::refuse().attempt(0),
            "attempts are counted from 1",
        ),
        (|| Injection::cut_at(5..5), "the range 5..5 is empty"),
        (|| Injection::stall_at(0..0), "the range 0..0 is empty"),
        (|| Injection::status(200), "200 is not an error status"),
        (
            || Injection::refuse().header("a", "b"),
            "Injection(refused) gives no answer that a header could go into",
        ),
    ];
    for (misuse, expected) in cases {
        let (message, line) = failure(misuse);
        assert_eq!(message, expected);
        assert!((here..line!()).contains(&line), "{line}");
    }
}
