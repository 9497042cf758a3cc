//! How a suite is told what to run, and what it tells.

use std::time::Duration;

use orq_testkit::conformance::{self, Ability, Settings, Status};

use crate::hyper;

const REFUSED: &str = "faults::refused";

#[test]
fn only_what_was_asked_for_is_reported_in_the_order_of_the_list() {
    let asked = ["faults::garbage", REFUSED];
    let report = conformance::transport(hyper).only(asked).run();
    assert_eq!(report.passed(), [REFUSED, "faults::garbage"]);
    assert_eq!(report.checks().len(), 2);
    let expected = "passed   faults::refused\npassed   faults::garbage\n\
                    2 passed, 0 deviating, 0 failed, 0 skipped";
    assert_eq!(report.to_string(), expected);
}

#[test]
fn what_the_transport_is_without_is_skipped_by_name() {
    let asked = ["tls::expired", "http2::refused_stream", REFUSED];
    let report = conformance::transport(hyper)
        .without(Ability::Tls)
        .only(asked)
        .skip(REFUSED, "somebody always listens here")
        .run();
    assert_eq!(
        report.skipped(),
        [REFUSED, "tls::expired", "http2::refused_stream"]
    );
    let list = report.to_string();
    assert!(list.contains("skipped  tls::expired: the transport is without tls\n"));
    assert!(list.contains("skipped  faults::refused: somebody always listens here\n"));
}

#[test]
fn another_outcome_can_be_expected_and_a_deviation_is_told() {
    let lucky = "faults::refused";
    let suite = conformance::transport(hyper).only([lucky]);
    let report = suite
        .clone()
        .expecting(lucky, "connect connect not_sent")
        .run();
    assert_eq!(report.passed(), [lucky]);
    let report = suite.expecting(lucky, "ok, 0 bytes").run();
    let reason = "`connect connect not_sent` instead of `ok, 0 bytes`";
    assert_eq!(
        report.checks()[0].status(),
        &Status::Failed(reason.to_owned())
    );
}

#[test]
fn what_hangs_is_ended_and_named() {
    let stalls = "tls::a_handshake_that_stalls";
    // It keeps to no timeout at all.
    let suite = conformance::transport(|_| hyper(&Settings::default()));
    let report = suite
        .only([stalls])
        .hanging_after(Duration::from_millis(50))
        .run();
    let reason = "it hangs: no end after 50ms".to_owned();
    assert_eq!(report.checks()[0].status(), &Status::Failed(reason));
}

#[test]
#[should_panic(expected = "1 of 1 checks failed:\nfailed   faults::refused: ")]
fn a_failed_check_fails_the_test() {
    let suite = conformance::transport(hyper).only([REFUSED]);
    suite.expecting(REFUSED, "ok, 0 bytes").run().assert();
}

#[test]
#[should_panic(expected = "there is no check called `faults::refuse`")]
fn a_name_that_no_check_has_is_a_mistake() {
    let _ = conformance::transport(hyper).only(["faults::refuse"]);
}

/// A test of tokio's has a runtime already, and the checks bring their own.
#[tokio::test]
async fn it_runs_inside_of_a_runtime_too() {
    conformance::layer(|inner| inner)
        .only([REFUSED])
        .run()
        .assert();
}
