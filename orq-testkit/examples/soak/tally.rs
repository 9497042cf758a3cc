//! The figures of a run.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use crate::fault::Kind;

/// How many violations are told in words; the others are only counted.
const TOLD: u64 = 20;

/// What must not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Violation {
    /// Something was lost.
    Lost,
    /// Something was done, said or sent twice, or could have been.
    Doubled,
    /// Something never ended.
    Hung,
}

/// How often each of these was seen.
type Counts<T> = Mutex<BTreeMap<T, u64>>;

/// Counts what happened, in memory that hardly grows.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) calls: AtomicU64,
    violations: [AtomicU64; 3],
    faults: Counts<Kind>,
    outcomes: Counts<&'static str>,
    /// How each call that was polled has ended, by what its caller saw, and by what its observer was told.
    polled: Counts<&'static str>,
    reported: Counts<&'static str>,
}

impl Tally {
    /// Counts a fault of the server, or of the way to it.
    pub(crate) fn fault(&self, fault: Kind) {
        *lock(&self.faults).entry(fault).or_default() += 1;
    }

    /// Counts how a call ended, as its caller sees it.
    pub(crate) fn outcome(&self, name: &'static str) {
        *lock(&self.outcomes).entry(name).or_default() += 1;
    }

    /// Counts how a call that was polled has ended. One for a listing is one for each page.
    pub(crate) fn polled(&self, outcome: &'static str) {
        *lock(&self.polled).entry(outcome).or_default() += 1;
    }

    /// Counts what an observer was told.
    pub(crate) fn reported(&self, outcome: &'static str) {
        *lock(&self.reported).entry(outcome).or_default() += 1;
    }

    /// Counts a violation in a call, and tells it.
    #[allow(clippy::print_stderr, reason = "the program's report")]
    pub(crate) fn found(&self, violation: Violation, call: u64, how: impl fmt::Display) {
        self.violations[violation as usize].fetch_add(1, Relaxed);
        if self.violations().iter().sum::<u64>() <= TOLD {
            eprintln!("{violation:?}: call {call}: {how}");
        }
    }

    /// Returns whether nothing was lost, nothing doubled, nothing hung, and each call was reported once.
    pub(crate) fn is_clean(&self) -> bool {
        self.violations() == [0; 3] && *lock(&self.polled) == *lock(&self.reported)
    }

    /// Returns how often each outcome was, each fault, and each outcome of a call that was polled and of a report: four
    /// lines.
    pub(crate) fn details(&self) -> String {
        let (outcomes, faults) = (lock(&self.outcomes), lock(&self.faults));
        let (polled, reported) = (lock(&self.polled), lock(&self.reported));
        let count = |counts: &BTreeMap<_, u64>| counts.values().sum::<u64>();
        format!(
            "outcomes {outcomes:?}\nfaults {faults:?}\npolled {}: {polled:?}\nreported {}: {reported:?}",
            count(&polled),
            count(&reported),
        )
    }

    fn violations(&self) -> [u64; 3] {
        [0, 1, 2].map(|index| self.violations[index].load(Relaxed))
    }
}

/// Locks a mutex, also after a thread has panicked with it.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `calls=1 faults=0 lost=0 doubled=0 hung=0`
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let faults = lock(&self.faults);
        let faults = faults.iter().filter(|(kind, _)| **kind != Kind::Nothing);
        let faults: u64 = faults.map(|(_, count)| count).sum();
        let (calls, [lost, doubled, hung]) = (self.calls.load(Relaxed), self.violations());
        write!(
            f,
            "calls={calls} faults={faults} lost={lost} doubled={doubled} hung={hung}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_polled_is_to_be_reported() {
        let tally = Tally::default();
        tally.polled("complete");
        assert!(!tally.is_clean());
        tally.reported("complete");
        assert!(tally.is_clean());
        tally.reported("dropped");
        assert!(!tally.is_clean());
        let details = tally.details();
        assert!(details.contains("polled 1: ") && details.contains("reported 2: "));
    }

    #[test]
    fn each_violation_is_counted_in_its_place() {
        let tally = Tally::default();
        tally.fault(Kind::Nothing);
        tally.fault(Kind::Split);
        assert!(tally.is_clean());
        let figures = "calls=0 faults=1 lost=0 doubled=0 hung=0";
        assert_eq!(tally.to_string(), figures);
        for violation in [Violation::Lost, Violation::Doubled, Violation::Hung] {
            tally.found(violation, 1, "a word");
        }
        assert!(!tally.is_clean());
        let figures = "calls=0 faults=1 lost=1 doubled=1 hung=1";
        assert_eq!(tally.to_string(), figures);
    }
}
