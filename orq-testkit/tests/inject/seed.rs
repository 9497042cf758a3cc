//! A run is repeated from its seed, and the log says what happened.

use futures::{executor::block_on, future::join_all};
use orq_core::transport::Operation;
use orq_testkit::{Ending, Fault, FaultInjector, InjectedKind, Injection};

use super::{ANSWER, client, hello, invoke, log, stream};

/// What a hundred calls come to, one after the other.
fn run_of(seed: u64) -> Vec<String> {
    let faults = FaultInjector::seeded(seed)
        .inject(Injection::break_before_head(Fault::Reset).probability(0.2))
        .inject(Injection::break_at(0..500, Fault::EarlyClose).probability(0.3));
    let client = client(&faults);
    for _ in 0..100 {
        let _ = stream(&client);
    }
    log(&faults)
}

#[test]
fn the_same_seed_gives_the_same_faults_and_another_seed_others() {
    let first = run_of(42);
    assert!(first.len() > 20);
    assert_eq!(first, run_of(42));
    assert_ne!(first, run_of(43));
}

#[test]
fn a_request_s_fault_does_not_hang_on_what_else_is_under_way() {
    let rules = || {
        FaultInjector::seeded(5)
            .inject(Injection::status(503).probability(0.3))
            .inject(Injection::cut_at(0..900).probability(0.5))
    };
    let one_by_one = rules();
    let one = client(&one_by_one);
    for _ in 0..40 {
        let _ = stream(&one);
    }
    let at_once = rules();
    let deployments = client(&at_once).deployments();
    // All the heads, and then the bodies from the last to the first.
    let heads = join_all((0..40).map(|_| deployments.stream(&hello())));
    let mut streams: Vec<_> = block_on(heads).into_iter().flatten().collect();
    while let Some(stream) = streams.pop() {
        let _ = block_on(stream.finish());
    }
    assert_eq!(log(&one_by_one), log(&at_once));
}

#[test]
fn a_rule_s_luck_does_not_hang_on_the_rules_before_it() {
    let later = Injection::status(503).probability(0.5);
    let alone = FaultInjector::seeded(3)
        .inject(Injection::refuse().deployment("another"))
        .inject(later.clone());
    let behind = FaultInjector::seeded(3)
        .inject(Injection::refuse().probability(0.0))
        .inject(later);
    let (one, other) = (client(&alone), client(&behind));
    for _ in 0..50 {
        assert_eq!(invoke(&one).is_ok(), invoke(&other).is_ok());
    }
}

#[test]
fn what_did_not_happen_is_not_in_the_log() {
    let faults = FaultInjector::seeded(1).inject(Injection::cut_at(1_000_000));
    assert_eq!(
        stream(&client(&faults)).unwrap().text().as_deref(),
        Some(ANSWER)
    );
    assert!(faults.log().is_empty());
}

#[test]
fn an_entry_of_the_log_can_be_asserted_on() {
    let faults = FaultInjector::seeded(9).inject(Injection::break_at(40, Fault::Garbage));
    let _ = stream(&client(&faults));
    let log = faults.log();
    assert_eq!(log[0].operation(), Some(Operation::Stream));
    assert_eq!(
        (log[0].deployment(), log[0].attempt()),
        (Some("chat"), Some(1))
    );
    assert_eq!(
        (log[0].kind, log[0].byte),
        (
            InjectedKind::Ending(Ending::Break(Fault::Garbage)),
            Some(40)
        )
    );
    let printed =
        "faults of seed 9, 1 in 1 requests\n  #1 stream \"chat\", attempt 1: garbage at byte 40";
    assert_eq!((faults.seed(), faults.to_string()), (9, printed.to_owned()));
}
