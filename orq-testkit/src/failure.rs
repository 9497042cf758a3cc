//! How a test double makes its test fail.

/// Fails the running test with `message`, at the caller's line.
#[track_caller]
#[expect(
    clippy::panic,
    reason = "a test double reports to the test harness, and a panic is how that is done"
)]
pub(crate) fn fail(message: &str) -> ! {
    panic!("{message}")
}
