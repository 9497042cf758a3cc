//! What goes wrong with one request.

use std::time::Duration;

use crate::{
    chance::{one_of, percent, seeded},
    refusal::Refusal,
};

/// Names for the report, by [`Fault::number`].
pub(crate) const NAMES: [&str; 12] = [
    "refused",
    "closed_at_once",
    "request_cut",
    "no_answer",
    "head_cut",
    "status",
    "body_cut",
    "stall",
    "slow",
    "split",
    "error_event",
    "closed_after",
];

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Closed,
    Reset,
}

/// What goes wrong with one request. The numbers `at` are thousandths of the answer's body on the wire, and 0 is
/// its first byte.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    None,
    /// Nobody listens.
    Refused,
    /// The connection ends as soon as it was accepted.
    ClosedAtOnce(Ending),
    /// The connection ends when the request's head was read, and not its body.
    RequestCut(Ending),
    /// The connection ends when the request was read, and perhaps executed.
    NoAnswer {
        executed: bool,
        ending: Ending,
    },
    /// The connection ends within the answer's head.
    HeadCut {
        executed: bool,
        ending: Ending,
    },
    /// Another answer than a good one.
    Status(Refusal),
    /// The connection ends within the answer's body.
    BodyCut {
        at: usize,
        ending: Ending,
    },
    /// The answer's body ends too soon, but in the way that HTTP asks for.
    BodyShort {
        at: usize,
    },
    /// No byte comes for longer than the client waits, and none of the head before.
    HeadStall {
        executed: bool,
    },
    /// No byte comes for longer than the client waits, within the body.
    BodyStall {
        at: usize,
    },
    /// The answer comes with pauses.
    Slow {
        pieces: usize,
        pause: Duration,
    },
    /// The answer comes in the smallest pieces, and an event stream has comments.
    Split,
    /// The server reports an error in the middle of an event stream.
    ErrorEvent {
        at: usize,
    },
    /// The connection ends after the whole answer, before another request or under it.
    ClosedAfter {
        ending: Ending,
        pause: Duration,
    },
}

impl Fault {
    /// What goes wrong with a call's request number `send`, counted from 0.
    pub(crate) fn of_request(seed: u64, call: u64, send: u64) -> Self {
        let rng = &mut seeded([seed, call, send + 1]);
        let executed = percent(rng, 50);
        let ending = one_of(rng, [Ending::Closed, Ending::Reset]);
        // Half of the cuts are near an end, where bugs are.
        let at = match rng.usize(0..=3) {
            0 => 0,
            1 => rng.usize(900..=999),
            _ => rng.usize(1..=999),
        };
        match rng.usize(1..=100) {
            1..=2 => Self::Refused,
            3..=4 => Self::RequestCut(ending),
            5..=9 => Self::NoAnswer { executed, ending },
            10..=11 => Self::HeadCut { executed, ending },
            12..=20 => Self::Status(Refusal::draw(rng)),
            21..=26 => Self::BodyCut { at, ending },
            27..=28 => Self::BodyShort { at },
            29 => Self::HeadStall { executed },
            30 => Self::BodyStall { at },
            31..=34 => Self::Slow {
                pieces: rng.usize(2..=8),
                pause: Duration::from_millis(rng.u64(1..=20)),
            },
            35..=39 => Self::Split,
            40..=42 => Self::ErrorEvent { at },
            43..=49 => Self::ClosedAfter {
                ending,
                pause: Duration::from_millis(one_of(rng, [0, 0, 1, 5, 20])),
            },
            _ => Self::None,
        }
    }

    /// What goes wrong with a connection before any request: of a hundred, two end at once.
    pub(crate) fn of_connection(seed: u64, number: u64) -> Self {
        let rng = &mut seeded([seed, u64::MAX, number]);
        let ending = one_of(rng, [Ending::Closed, Ending::Reset]);
        if percent(rng, 2) {
            Self::ClosedAtOnce(ending)
        } else {
            Self::None
        }
    }

    /// Whether the server does what the request asks for.
    pub(crate) fn executes(self) -> bool {
        match self {
            Self::Refused | Self::ClosedAtOnce(_) | Self::RequestCut(_) => false,
            Self::NoAnswer { executed, .. }
            | Self::HeadCut { executed, .. }
            | Self::HeadStall { executed } => executed,
            Self::Status(refusal) => refusal.executed,
            _ => true,
        }
    }

    /// Whether the whole answer reaches a client that waits for it.
    pub(crate) fn is_harmless(self) -> bool {
        matches!(
            self,
            Self::None
                | Self::Slow { .. }
                | Self::Split
                | Self::ClosedAfter {
                    ending: Ending::Closed,
                    ..
                }
        )
    }

    /// The index of its name in [`NAMES`]; nothing for no fault.
    pub(crate) fn number(self) -> Option<usize> {
        Some(match self {
            Self::None => return None,
            Self::Refused => 0,
            Self::ClosedAtOnce(_) => 1,
            Self::RequestCut(_) => 2,
            Self::NoAnswer { .. } => 3,
            Self::HeadCut { .. } => 4,
            Self::Status(_) => 5,
            Self::BodyCut { .. } | Self::BodyShort { .. } => 6,
            Self::HeadStall { .. } | Self::BodyStall { .. } => 7,
            Self::Slow { .. } => 8,
            Self::Split => 9,
            Self::ErrorEvent { .. } => 10,
            Self::ClosedAfter { .. } => 11,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_drawn_and_half_of_all_requests_have_none() {
        let mut drawn = [0; NAMES.len()];
        let mut none = 0;
        for call in 0..4000 {
            match Fault::of_request(1, call, 0).number() {
                Some(number) => drawn[number] += 1,
                None => none += 1,
            }
        }
        drawn[1] = (0..4000)
            .filter(|number| Fault::of_connection(1, *number).number() == Some(1))
            .count();
        assert!(drawn.iter().all(|times| *times > 30), "{drawn:?}");
        assert!((1800..2300).contains(&none), "{none}");
    }

    #[test]
    fn what_is_not_executed_is_not_answered_well() {
        for call in 0..4000 {
            let fault = Fault::of_request(2, call, 0);
            assert!(fault.executes() || !fault.is_harmless(), "{fault:?}");
        }
    }
}
