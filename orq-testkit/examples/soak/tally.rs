//! The figures of a run.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use crate::{
    fault::{Fault, NAMES},
    said::Difference,
};

/// How many violations are told in words; the others are only counted.
const TOLD: u64 = 20;

/// Counts what happened. All of it is one allocation or none, whatever happens.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) calls: AtomicU64,
    faults: [AtomicU64; NAMES.len()],
    lost: AtomicU64,
    doubled: AtomicU64,
    hung: AtomicU64,
    told: AtomicU64,
    outcomes: Mutex<BTreeMap<&'static str, u64>>,
}

impl Tally {
    /// Counts a fault that the server, or the way to it, had.
    pub(crate) fn fault(&self, fault: Fault) {
        if let Some(number) = fault.number() {
            self.faults[number].fetch_add(1, Relaxed);
        }
    }

    /// Counts how a call ended, as its caller sees it.
    pub(crate) fn outcome(&self, name: &'static str) {
        let mut outcomes = self.outcomes.lock().unwrap_or_else(PoisonError::into_inner);
        *outcomes.entry(name).or_default() += 1;
    }

    /// Something was lost.
    pub(crate) fn lost(&self, call: u64, how: impl fmt::Display) {
        self.violation(&self.lost, "lost", call, how);
    }

    /// Something was done, said or sent twice, or could have been.
    pub(crate) fn doubled(&self, call: u64, how: impl fmt::Display) {
        self.violation(&self.doubled, "doubled", call, how);
    }

    /// Something never ended.
    pub(crate) fn hung(&self, call: u64, how: impl fmt::Display) {
        self.violation(&self.hung, "hung", call, how);
    }

    /// An answer, or a part of one, isn't what was meant.
    pub(crate) fn difference(&self, call: u64, difference: Difference, how: impl fmt::Display) {
        match difference {
            Difference::Lost => self.lost(call, how),
            Difference::Doubled => self.doubled(call, how),
        }
    }

    #[allow(clippy::print_stderr, reason = "the program's report")]
    fn violation(&self, count: &AtomicU64, name: &str, call: u64, how: impl fmt::Display) {
        count.fetch_add(1, Relaxed);
        if self.told.fetch_add(1, Relaxed) < TOLD {
            eprintln!("{name}: call {call}: {how}");
        }
    }

    /// Whether nothing was lost, nothing doubled, and nothing hung.
    pub(crate) fn is_clean(&self) -> bool {
        [&self.lost, &self.doubled, &self.hung]
            .iter()
            .all(|count| count.load(Relaxed) == 0)
    }

    /// How often each outcome was, and each fault: two lines.
    pub(crate) fn details(&self) -> String {
        let outcomes = self.outcomes.lock().unwrap_or_else(PoisonError::into_inner);
        let outcomes: String = outcomes
            .iter()
            .map(|(name, count)| format!(" {name}={count}"))
            .collect();
        let faults: String = NAMES
            .iter()
            .zip(&self.faults)
            .map(|(name, count)| format!(" {name}={}", count.load(Relaxed)))
            .collect();
        format!("outcomes{outcomes}\nfaults{faults}")
    }
}

/// `calls=1 faults=0 lost=0 doubled=0 hung=0`
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let faults: u64 = self.faults.iter().map(|count| count.load(Relaxed)).sum();
        let [calls, lost, doubled, hung] =
            [&self.calls, &self.lost, &self.doubled, &self.hung].map(|count| count.load(Relaxed));
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
    fn each_violation_is_counted_in_its_place() {
        let tally = Tally::default();
        tally.fault(Fault::None);
        tally.fault(Fault::Split);
        assert!(tally.is_clean());
        assert_eq!(
            tally.to_string(),
            "calls=0 faults=1 lost=0 doubled=0 hung=0"
        );
        tally.difference(1, Difference::Lost, "a word");
        tally.difference(1, Difference::Doubled, "a word");
        tally.hung(1, "for ever");
        assert!(!tally.is_clean());
        assert_eq!(
            tally.to_string(),
            "calls=0 faults=1 lost=1 doubled=1 hung=1"
        );
    }
}
