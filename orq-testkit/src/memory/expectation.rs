//! A reply that waits for its request.

use std::{
    fmt,
    panic::Location,
    sync::atomic::{AtomicUsize, Ordering},
};

use super::condition::Condition;
use crate::{reply::Reply, request::RecordedRequest};

/// How many requests a reply is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Times {
    Exactly(usize),
    Any,
}

/// A reply with its place in the test.
#[derive(Debug)]
pub(super) struct Expectation {
    pub(super) place: Place,
    /// `None` stands in the queue.
    pub(super) conditions: Option<Vec<Condition>>,
    pub(super) times: Times,
    pub(super) used: AtomicUsize,
    pub(super) reply: Reply,
}

/// Which reply it is, and where the test says so.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Counted from 1 over all replies of a transport.
    pub(super) number: usize,
    pub(super) at: &'static Location<'static>,
}

impl Expectation {
    pub(super) fn in_queue(&self) -> bool {
        self.conditions.is_none()
    }

    fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// Counts a request that gets it.
    pub(super) fn use_up(&self) {
        self.used.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn is_left(&self) -> bool {
        match self.times {
            Times::Exactly(count) => self.used() < count,
            Times::Any => true,
        }
    }

    /// What of the request isn't as this rule has it, in the order of its conditions.
    pub(super) fn differences(&self, request: &RecordedRequest) -> Vec<String> {
        let conditions = self.conditions.iter().flatten();
        conditions
            .filter_map(|condition| condition.difference(request))
            .collect()
    }

    /// How many of its conditions hold.
    pub(super) fn nearness(&self, request: &RecordedRequest) -> usize {
        let count = self.conditions.as_ref().map_or(0, Vec::len);
        count - self.differences(request).len()
    }

    /// What is missing at the end of the test.
    pub(super) fn leftover(&self) -> Option<String> {
        match self.times {
            Times::Any => None,
            Times::Exactly(count) if self.used() >= count => None,
            Times::Exactly(1) => Some(format!("{self} was never used; {}", self.place)),
            Times::Exactly(count) => {
                let used = self.used();
                Some(format!(
                    "{self} was used {used} of {count} times; {}",
                    self.place
                ))
            }
        }
    }

    /// Why a request that found no reply didn't get this one.
    pub(super) fn why_not(&self, request: &RecordedRequest) -> String {
        let differences = self.differences(request);
        let why = match differences.is_empty() {
            true => format!("it was used up ({} times)", self.used()),
            false => differences.join(", and "),
        };
        format!("{self}, but {why}; {}", self.place)
    }
}

/// `reply 2 (200 application/json, 14 bytes in 1 chunks) on operation invoke and deployment "greeter"`
impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "reply {} ({})", self.place.number, self.reply)?;
        for (index, condition) in self.conditions.iter().flatten().enumerate() {
            f.write_str(if index == 0 { " on " } else { " and " })?;
            write!(f, "{condition}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "scripted at {}", self.at)
    }
}
