//! What the observer of one call is told.

use std::{
    fmt,
    sync::{Arc, Mutex},
};

use orq_core::observe::{CallReport, Observer, Outcome};

use crate::{ledger::Ledger, tally::lock};

/// The outcomes that were reported, in order.
#[derive(Clone)]
pub(crate) struct Reports {
    outcomes: Arc<Mutex<Vec<&'static str>>>,
    ledger: Arc<Ledger>,
}

impl Reports {
    pub(crate) fn new(ledger: &Arc<Ledger>) -> Self {
        Self {
            outcomes: Arc::default(),
            ledger: Arc::clone(ledger),
        }
    }

    /// Returns what was reported so far.
    pub(crate) fn outcomes(&self) -> Vec<&'static str> {
        lock(&self.outcomes).clone()
    }
}

impl Observer for Reports {
    fn call_ended(&self, _: &CallReport, outcome: Outcome<'_>) {
        self.ledger.tally.reported(outcome.as_str());
        lock(&self.outcomes).push(outcome.as_str());
    }
}

impl fmt::Debug for Reports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.outcomes()).finish()
    }
}
