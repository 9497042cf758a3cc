//! The checks by number, and a layer that passes them. The transports' own tests run them too.

use orq_testkit::conformance;

#[test]
fn there_are_93_checks() {
    let mut names = conformance::CHECKS.to_vec();
    assert_eq!(names.len(), 93);
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 93);
}

#[test]
fn a_layer_that_passes_everything_on_passes() {
    let report = conformance::layer(|inner| inner).strict().run();
    report.assert();
    assert_eq!(report.passed().len(), 49);
    assert_eq!(report.skipped().len(), 44);
}
