//! How a test double makes its test fail.

use std::{error::Error, fmt, thread};

/// Why a client got an error that the test didn't script. Its lines stay lines when the error is unwrapped.
pub(crate) struct Explanation(pub(crate) String);

impl fmt::Debug for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Explanation {}

/// Ends a guard: fails the test with the complaint. If the test is failing already, prints what went wrong, which may
/// be the reason; a second panic would abort the process and hide both.
#[track_caller]
pub(crate) fn end_guard(
    complaint: impl FnOnce() -> Option<String>,
    went_wrong: impl FnOnce() -> Option<String>,
) {
    if thread::panicking() {
        if let Some(wrong) = went_wrong() {
            note(&wrong);
        }
    } else if let Some(complaint) = complaint() {
        fail(&complaint);
    }
}

/// Prints something in addition to a failure that the test has already.
#[expect(
    clippy::print_stderr,
    reason = "the test harness shows it with the failure; a second panic would abort"
)]
fn note(message: &str) {
    eprintln!("Also, for the same test: {message}");
}

/// Fails the running test with `message`, at the caller's line.
#[track_caller]
#[expect(
    clippy::panic,
    reason = "a test double reports to the test harness, and a panic is how that is done"
)]
pub(crate) fn fail(message: &str) -> ! {
    panic!("{message}")
}
