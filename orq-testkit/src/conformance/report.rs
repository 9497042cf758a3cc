//! What became of each check.

use std::fmt;

use crate::guard;

/// The result of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// The transport does what the check requires.
    Passed,
    /// The transport does something else, which was declared with [`Suite::expecting`](super::Suite::expecting).
    Deviates(String),
    /// The transport does something else, or the check could not be run.
    Failed(String),
    /// The check was not run, for this reason.
    Skipped(String),
}

/// One check of a [`Report`].
#[derive(Clone, Debug)]
pub struct Checked {
    name: &'static str,
    status: Status,
}

impl Checked {
    pub(super) fn new(name: &'static str, status: Status) -> Self {
        Self { name, status }
    }

    /// Returns the check's name, such as `faults::refused`. It doesn't change between versions.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the result of the check.
    pub fn status(&self) -> &Status {
        &self.status
    }
}

/// The results of a [`Suite`](super::Suite): each check by its name.
///
/// Its [`Display`](fmt::Display) is a list with a line for each check.
#[derive(Clone, Debug)]
#[must_use = "a report fails no test by itself: call `assert`"]
pub struct Report {
    pub(super) checks: Vec<Checked>,
}

impl Report {
    /// Returns every check that was requested, in the suite's order.
    pub fn checks(&self) -> &[Checked] {
        &self.checks
    }

    /// Returns the names of the checks that passed.
    pub fn passed(&self) -> Vec<&'static str> {
        self.names(|status| matches!(status, Status::Passed))
    }

    /// Returns the names of the checks that deviate as declared.
    pub fn deviating(&self) -> Vec<&'static str> {
        self.names(|status| matches!(status, Status::Deviates(_)))
    }

    /// Returns the names of the checks that failed.
    pub fn failed(&self) -> Vec<&'static str> {
        self.names(|status| matches!(status, Status::Failed(_)))
    }

    /// Returns the names of the checks that were not run.
    pub fn skipped(&self) -> Vec<&'static str> {
        self.names(|status| matches!(status, Status::Skipped(_)))
    }

    /// Asserts that no check failed. The message has the name of each failed check and the reason.
    ///
    /// # Panics
    ///
    /// If a check failed.
    #[track_caller]
    pub fn assert(&self) {
        let failed: Vec<_> = self
            .checks
            .iter()
            .filter(|check| matches!(check.status, Status::Failed(_)))
            .map(|check| format!("\n{check}"))
            .collect();
        if !failed.is_empty() {
            let (count, all) = (failed.len(), self.checks.len());
            guard::fail(&format!(
                "{count} of {all} checks failed:{}",
                failed.concat()
            ));
        }
    }

    fn names(&self, wanted: impl Fn(&Status) -> bool) -> Vec<&'static str> {
        let wanted = self.checks.iter().filter(|check| wanted(&check.status));
        wanted.map(Checked::name).collect()
    }
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name;
        match &self.status {
            Status::Passed => write!(f, "passed   {name}"),
            Status::Deviates(how) => write!(f, "deviates {name}: {how}"),
            Status::Failed(why) => write!(f, "failed   {name}: {why}"),
            Status::Skipped(why) => write!(f, "skipped  {name}: {why}"),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for check in &self.checks {
            writeln!(f, "{check}")?;
        }
        write!(
            f,
            "{} passed, {} deviating, {} failed, {} skipped",
            self.passed().len(),
            self.deviating().len(),
            self.failed().len(),
            self.skipped().len()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let checks = vec![
            Checked::new("flow::one", Status::Passed),
            Checked::new("flow::two", Status::Deviates("ok, 4 bytes".into())),
            Checked::new("tls::three", Status::Skipped("no tls".into())),
            Checked::new("tls::four", Status::Failed("it hangs".into())),
        ];
        Report { checks }
    }

    #[test]
    fn it_is_a_readable_list() {
        let expected = "passed   flow::one\n\
                        deviates flow::two: ok, 4 bytes\n\
                        skipped  tls::three: no tls\n\
                        failed   tls::four: it hangs\n\
                        1 passed, 1 deviating, 1 failed, 1 skipped";
        assert_eq!(report().to_string(), expected);
        assert_eq!(report().checks()[3].name(), "tls::four");
    }

    #[test]
    #[should_panic(expected = "1 of 4 checks failed:\nfailed   tls::four: it hangs")]
    fn a_failed_check_fails_the_test_with_its_name() {
        report().assert();
    }
}
