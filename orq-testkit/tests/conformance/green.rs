//! Who conforms passes, with every check.

use orq_testkit::conformance::{self, CHECKS, Settings};
use orq_transport_reqwest::ReqwestTransport;

use crate::{hyper, present};

const FOR_LAYERS: [&str; 2] = [
    "layer::the_timer_is_passed_on",
    "layer::the_call_context_is_passed_on",
];

#[test]
fn there_are_91_checks() {
    let mut names = conformance::CHECKS.to_vec();
    assert_eq!(names.len(), 91);
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 91);
}

#[test]
fn the_hyper_transport_passes() {
    let report = present(conformance::transport(hyper)).run();
    report.assert();
    assert!(report.skipped().ends_with(&FOR_LAYERS));
    let count = report.passed().len() + report.skipped().len();
    assert_eq!(count, CHECKS.len());
}

#[test]
fn the_reqwest_transport_passes_but_for_what_it_tells_of() {
    fn reqwest(settings: &Settings) -> ReqwestTransport {
        let mut builder = ReqwestTransport::builder().connect_timeout(settings.connect_timeout);
        for root in &settings.roots {
            builder = builder.add_root_certificate_der(root.as_slice());
        }
        builder.build().unwrap()
    }
    let cut_unseen = "http2::reset_without_an_error_or_a_length";
    let suite = present(conformance::transport(reqwest));
    let report = suite.clone().expecting(cut_unseen, "ok, 4 bytes").run();
    report.assert();
    assert!(report.skipped().ends_with(&FOR_LAYERS));
    assert_eq!(report.deviating(), [cut_unseen]);
    let count = report.passed().len() + report.skipped().len();
    assert_eq!(count, CHECKS.len() - 1);

    assert_eq!(suite.only([cut_unseen]).run().failed(), [cut_unseen]);
}

#[test]
fn a_layer_that_passes_everything_on_passes() {
    let report = conformance::layer(|inner| inner).strict().run();
    report.assert();
    assert_eq!(report.passed().len(), 43);
    assert_eq!(report.skipped().len(), 48);
}
