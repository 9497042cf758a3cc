//! What the server executed and what the client was told, call by call.

use std::sync::{Mutex, MutexGuard};

use crate::{
    said::Said,
    tally::{Tally, Violation, lock},
};

/// How many calls are remembered. A call is judged when its place is needed for another, long after it has ended, or
/// when the run is over; so what the server does late counts too. The memory is taken once.
const REMEMBERED: usize = 1 << 15;

/// How many requests one call can make: a listing of five pages, each tried three times.
pub(crate) const MOST_SENDS: usize = 16;

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// With an answer.
    Answered,
    /// With an error that must have a cause on the way.
    Failed,
    /// Because a clock ran out.
    TimedOut,
    /// With the GOAWAY of an HTTP/2 connection. hyper reports it to a request that was just sent, whatever the server
    /// makes of it.
    SentAway,
    /// Because its caller dropped it.
    GivenUp,
}

#[derive(Default)]
struct Record {
    call: u64,
    /// Whether the call may be executed more than once.
    may_repeat: bool,
    /// How often each of its requests was executed.
    executed: [u8; MOST_SENDS],
    /// Bit by bit, which of its requests were answered well and wholly.
    answered: u16,
    /// Bit by bit, which of its requests the client says were not sent.
    not_sent: u16,
    /// How many requests it made, and how it ended.
    end: Option<(usize, End)>,
    /// What the server answered, until the call has ended.
    said: Option<Box<Said>>,
}

/// Remembers the calls of the last while, and judges those that it forgets.
pub(crate) struct Ledger {
    records: Box<[Mutex<Option<Record>>]>,
    pub(crate) tally: Tally,
}

impl Ledger {
    pub(crate) fn new() -> Self {
        Self {
            records: (0..REMEMBERED).map(|_| Mutex::new(None)).collect(),
            tally: Tally::default(),
        }
    }

    /// A call begins. `false` if the one in its place has not ended; try again later.
    pub(crate) fn begin(&self, call: u64, may_repeat: bool) -> bool {
        let mut place = self.place(call);
        if let Some(record) = place.as_ref() {
            if record.end.is_none() {
                return false;
            }
            self.judge(record);
        }
        *place = Some(Record {
            call,
            may_repeat,
            ..Record::default()
        });
        true
    }

    /// The server has executed a call's request number `send`, and answers this.
    pub(crate) fn executed(&self, call: u64, send: usize, said: Option<Said>) {
        let known = self.change(call, |record| {
            let count = record.executed.get_mut(send)?;
            *count = count.saturating_add(1);
            if record.end.is_none() && said.is_some() {
                record.said = said.map(Box::new);
            }
            Some(())
        });
        if known.flatten().is_none() {
            let how = "executed a request that nobody makes (any more)";
            self.tally.found(Violation::Doubled, call, how);
        }
    }

    /// The server has sent a whole good answer to a call's request number `send`.
    pub(crate) fn answered(&self, call: u64, send: usize) {
        self.change(call, |record| record.answered |= bit(send));
    }

    /// The client says that a call's request number `send` was not sent.
    pub(crate) fn not_sent(&self, call: u64, send: usize) {
        self.change(call, |record| record.not_sent |= bit(send));
    }

    /// The call has ended, after this many requests. Returns what the server answered, if it did.
    pub(crate) fn end(&self, call: u64, sends: usize, end: End) -> Option<Said> {
        let said = self.change(call, |record| {
            record.end = Some((sends, end));
            record.said.take()
        });
        said.flatten().map(|said| *said)
    }

    /// Judges all that is left. The calls have ended, and the server is at rest.
    pub(crate) fn close(&self) {
        for place in &self.records {
            if let Some(record) = lock(place).take() {
                self.judge(&record);
            }
        }
    }

    fn judge(&self, record: &Record) {
        let found = |violation, how: &str| self.tally.found(violation, record.call, how);
        let total: u32 = record.executed.iter().map(|&times| u32::from(times)).sum();
        for (send, &times) in record.executed.iter().enumerate() {
            if times > 1 {
                found(Violation::Doubled, "a request was executed more than once");
            }
            if times > 0 && record.not_sent & bit(send) != 0 {
                found(Violation::Doubled, "executed, and said to be not sent");
            }
        }
        if total > 1 && !record.may_repeat {
            found(
                Violation::Doubled,
                "executed again, and nobody asked for that",
            );
        }
        let Some((sends, end)) = record.end else {
            return found(Violation::Hung, "it never ended");
        };
        let last = sends.saturating_sub(1);
        let executed = record.executed.get(last).is_some_and(|&times| times > 0);
        if end == End::Answered && !executed {
            found(Violation::Lost, "answered, but never executed");
        }
        if end == End::Failed && record.answered & bit(last) != 0 {
            found(Violation::Lost, "answered well and wholly, but it failed");
        }
    }

    fn place(&self, call: u64) -> MutexGuard<'_, Option<Record>> {
        lock(&self.records[call as usize % REMEMBERED])
    }

    fn change<T>(&self, call: u64, change: impl FnOnce(&mut Record) -> T) -> Option<T> {
        let mut place = self.place(call);
        let record = place.as_mut().filter(|record| record.call == call);
        record.map(change)
    }
}

fn bit(send: usize) -> u16 {
    1_u16.checked_shl(send as u32).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a ledger finds in one call.
    fn judged(may_repeat: bool, call: impl FnOnce(&Ledger)) -> String {
        let ledger = Ledger::new();
        assert!(ledger.begin(0, may_repeat));
        call(&ledger);
        ledger.close();
        let figures = ledger.tally.to_string();
        figures
            .strip_prefix("calls=0 faults=0 ")
            .unwrap()
            .to_owned()
    }

    const CLEAN: &str = "lost=0 doubled=0 hung=0";
    const LOST: &str = "lost=1 doubled=0 hung=0";
    const DOUBLED: &str = "lost=0 doubled=1 hung=0";

    #[test]
    fn an_answer_is_executed_once_or_more_where_that_was_asked_for() {
        let executed = |sends: &'static [usize]| {
            move |ledger: &Ledger| {
                sends
                    .iter()
                    .for_each(|send| ledger.executed(0, *send, None));
                ledger.end(0, 2, End::Answered);
            }
        };
        assert_eq!(judged(false, executed(&[1])), CLEAN);
        assert_eq!(judged(false, executed(&[0, 1])), DOUBLED);
        assert_eq!(judged(true, executed(&[0, 1])), CLEAN);
        assert_eq!(judged(true, executed(&[1, 1])), DOUBLED);
        assert_eq!(judged(false, executed(&[])), LOST);
        assert_eq!(judged(true, executed(&[0])), LOST);
    }

    #[test]
    fn what_was_not_sent_is_not_executed() {
        let not_sent = |executed| {
            judged(true, move |ledger| {
                ledger.not_sent(0, 0);
                ledger.executed(0, executed, None);
                ledger.end(0, 2, End::GivenUp);
            })
        };
        assert_eq!(not_sent(0), DOUBLED);
        assert_eq!(not_sent(1), CLEAN);
    }

    #[test]
    fn what_was_answered_does_not_fail() {
        let failed = |end| {
            judged(false, move |ledger| {
                ledger.executed(0, 0, None);
                ledger.end(0, 1, end);
                ledger.answered(0, 0);
            })
        };
        assert_eq!(failed(End::Failed), LOST);
        assert_eq!(failed(End::TimedOut), CLEAN);
        assert_eq!(failed(End::SentAway), CLEAN);
        assert_eq!(failed(End::GivenUp), CLEAN);
        assert_eq!(judged(false, |_| ()), "lost=0 doubled=0 hung=1");
    }

    #[test]
    fn a_place_is_not_taken_from_a_call_that_goes_on() {
        let ledger = Ledger::new();
        let later = REMEMBERED as u64;
        assert!(ledger.begin(0, false));
        assert!(!ledger.begin(later, false));
        ledger.executed(0, 0, Some(Said::default()));
        assert_eq!(ledger.end(0, 1, End::Answered), Some(Said::default()));
        assert!(ledger.begin(later, false));
        assert!(ledger.tally.is_clean());
        ledger.executed(0, 0, None);
        assert!(!ledger.tally.is_clean());
    }
}
