//! What goes wrong with one request.

use std::time::Duration;

use crate::{
    chance::{one_of, percent, seeded},
    refusal::Refusal,
};

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Closed,
    Reset,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Nothing,
    /// Nobody listens.
    Refused,
    /// The connection ends as soon as it was accepted.
    ClosedAtOnce,
    /// The connection ends when the request's head was read, and not its body.
    RequestCut,
    /// The connection ends when the request was read, and perhaps executed.
    NoAnswer,
    /// The connection ends within the answer's head.
    HeadCut,
    /// Another answer than a good one.
    Status,
    /// The connection ends within the answer's body.
    BodyCut,
    /// The answer's body ends too soon, but in the way that HTTP asks for.
    BodyShort,
    /// No byte comes for longer than the client waits, and none of the head before.
    HeadStall,
    /// No byte comes for longer than the client waits, within the body.
    BodyStall,
    /// The answer comes with pauses.
    Slow,
    /// The answer comes in the smallest pieces, and an event stream has comments.
    Split,
    /// The server reports an error in the middle of an event stream.
    ErrorEvent,
    /// The connection ends after the whole answer, before another request or during it.
    ClosedAfter,
}

/// What goes wrong with one request, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    pub(crate) ending: Ending,
    /// Where in the answer's body, in thousandths; 0 is its first byte.
    pub(crate) at: usize,
    pub(crate) pause: Duration,
    pub(crate) refusal: Refusal,
    pub(crate) executed: bool,
}

impl Fault {
    /// Draws what goes wrong with a call's request number `send`, counted from 0.
    pub(crate) fn of_request(seed: u64, call: u64, send: u64) -> Self {
        let rng = &mut seeded([seed, call, send + 1]);
        let (kind, longest_pause) = match rng.u8(1..=100) {
            1..=2 => (Kind::Refused, 0),
            3..=4 => (Kind::RequestCut, 0),
            5..=9 => (Kind::NoAnswer, 0),
            10..=11 => (Kind::HeadCut, 0),
            12..=20 => (Kind::Status, 0),
            21..=26 => (Kind::BodyCut, 0),
            27..=28 => (Kind::BodyShort, 0),
            29 => (Kind::HeadStall, 0),
            30 => (Kind::BodyStall, 0),
            31..=34 => (Kind::Slow, 20),
            35..=39 => (Kind::Split, 0),
            40..=42 => (Kind::ErrorEvent, 0),
            43..=49 => (Kind::ClosedAfter, one_of(rng, [0, 0, 1, 5, 20])),
            _ => (Kind::Nothing, 0),
        };
        Self {
            kind,
            ending: one_of(rng, [Ending::Closed, Ending::Reset]),
            // Half of the cuts are near an end, where bugs are.
            at: match rng.u8(0..4) {
                0 => 0,
                1 => rng.usize(900..1000),
                _ => rng.usize(1..1000),
            },
            pause: Duration::from_millis(rng.u64(0..=longest_pause)),
            refusal: Refusal::draw(rng),
            executed: percent(rng, 50),
        }
    }

    /// Draws how a connection ends before any request: of a hundred, two do.
    pub(crate) fn of_connection(seed: u64, number: u64) -> Option<Ending> {
        let rng = &mut seeded([seed, u64::MAX, number]);
        percent(rng, 2).then(|| one_of(rng, [Ending::Closed, Ending::Reset]))
    }

    /// Returns whether the server does what the request asks for.
    pub(crate) fn executes(&self) -> bool {
        match self.kind {
            Kind::Refused | Kind::RequestCut => false,
            Kind::NoAnswer | Kind::HeadCut | Kind::HeadStall => self.executed,
            Kind::Status => self.refusal.executed,
            _ => true,
        }
    }

    /// Returns whether the whole answer reaches a client that waits for it.
    pub(crate) fn is_harmless(&self) -> bool {
        match self.kind {
            Kind::Nothing | Kind::Slow | Kind::Split => true,
            Kind::ClosedAfter => self.ending == Ending::Closed,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_fault_is_drawn_and_half_of_all_requests_have_none() {
        let mut drawn = BTreeMap::<_, usize>::new();
        for call in 0..4000 {
            *drawn.entry(Fault::of_request(1, call, 0).kind).or_default() += 1;
        }
        let none = drawn.remove(&Kind::Nothing).unwrap();
        assert!((1800..2300).contains(&none), "{none}");
        assert_eq!(drawn.len(), 13, "{drawn:?}");
        assert!(drawn.values().all(|times| *times > 20), "{drawn:?}");
        let closed = (0..4000).filter_map(|number| Fault::of_connection(1, number));
        assert!(closed.count() > 30);
    }

    #[test]
    fn what_is_not_executed_is_not_answered_well() {
        for call in 0..4000 {
            let fault = Fault::of_request(2, call, 0);
            assert!(fault.executes() || !fault.is_harmless(), "{fault:?}");
        }
    }
}
