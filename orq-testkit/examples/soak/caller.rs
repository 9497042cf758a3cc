//! One call after another.

use std::{sync::atomic::Ordering::Relaxed, time::Duration};

use orq_core::{Error, transport::Operation};
use tokio::time::{sleep, timeout};

use crate::{
    call::{Call, GIVEN_UP, Run, Target},
    chance::{percent, seeded},
    ledger::End,
    tally::Violation,
};

/// When a call counts as hung, though its own clocks should have ended it long before.
const WATCHDOG: Duration = Duration::from_secs(40);

/// Makes calls.
pub(crate) struct Caller {
    pub(crate) targets: Vec<Target>,
    pub(crate) run: Run,
}

impl Caller {
    /// Makes call number `number`, whose nature depends on nothing but this and the seed.
    pub(crate) async fn call(&self, number: u64) -> Result<(), Error> {
        let ledger = &self.run.ledger;
        let rng = &mut seeded([self.run.seed, number, 0]);
        let operation = match rng.u8(0..6) {
            0..=2 => Operation::Stream,
            3..=4 => Operation::Invoke,
            _ => Operation::List,
        };
        let opted_in = number & 2 != 0;
        let may_repeat = opted_in || operation == Operation::List;
        while !ledger.begin(number, may_repeat) {
            sleep(Duration::from_millis(10)).await;
        }
        ledger.tally.calls.fetch_add(1, Relaxed);
        let target = &self.targets[number as usize % self.targets.len()];
        let call = Call::new(&self.run, target, number, opted_in, rng)?;
        let given_up = percent(rng, 4).then(|| rng.u64(0..=30));
        let limit = given_up.map_or(WATCHDOG, Duration::from_millis);
        let outcome = match timeout(limit, call.make(operation, rng)).await {
            Ok(outcome) => outcome,
            Err(_) => {
                call.end(End::GivenUp);
                if given_up.is_none() {
                    let met = call.faults();
                    let how = format_args!("{operation:?}, whose requests met {met:?}");
                    call.found(Violation::Hung, how);
                }
                GIVEN_UP
            }
        };
        call.check_reports(outcome);
        ledger.tally.outcome(outcome);
        Ok(())
    }
}
