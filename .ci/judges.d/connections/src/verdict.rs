//! What a check found: the figures beyond their limits.

use std::{error::Error, process::ExitCode};

/// The result of anything that can fail. An error ends the program, as a figure beyond its limit does.
pub(crate) type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// The figures of one check that are beyond their limits, in words.
#[derive(Default)]
pub(crate) struct Verdict(Vec<String>);

impl Verdict {
    /// Notes `finding` unless `holds`.
    pub(crate) fn require(&mut self, holds: bool, finding: impl FnOnce() -> String) {
        if !holds {
            self.0.push(finding());
        }
    }

    /// Prints the findings, and returns the program's exit code: a failure if there are any.
    pub(crate) fn conclude(self) -> ExitCode {
        for finding in &self.0 {
            eprintln!("beyond the limit: {finding}");
        }
        if self.0.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}
