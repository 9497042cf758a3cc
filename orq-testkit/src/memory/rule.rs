//! A reply for requests of a kind.

use std::{ops::RangeInclusive, panic::Location};

use bytes::Bytes;
use orq_core::transport::TransportError;
use serde::Serialize;

use super::{
    condition::Condition, expectation::Answer, replies::replies, transport::MemoryTransport,
};
use crate::{reply::Reply, request::RecordedRequest};

/// The beginning of a rule: which requests it is for, and how many. [`MemoryTransport::on`] returns it, and a reply
/// completes it.
#[derive(Debug)]
#[must_use = "a rule does nothing until it has a reply"]
pub struct Rule<'a> {
    memory: &'a MemoryTransport,
    conditions: Vec<Condition>,
    times: RangeInclusive<usize>,
}

impl MemoryTransport {
    /// Begins a rule: a reply for the requests that meet this [`Condition`].
    pub fn on(&self, condition: impl Into<Condition>) -> Rule<'_> {
        Rule {
            memory: self,
            conditions: vec![condition.into()],
            times: 1..=1,
        }
    }
}

impl<'a> Rule<'a> {
    /// Adds a condition. All of them must hold.
    pub fn and(mut self, condition: impl Into<Condition>) -> Self {
        self.conditions.push(condition.into());
        self
    }

    /// Answers exactly `count` requests: fewer fail the test, and later ones look for another reply. Default 1.
    pub fn times(mut self, count: usize) -> Self {
        self.times = count..=count;
        self
    }

    /// Answers `count` requests or more: fewer fail the test.
    pub fn at_least(mut self, count: usize) -> Self {
        self.times = count..=usize::MAX;
        self
    }

    /// Answers any number of requests, including none.
    pub fn any_times(mut self) -> Self {
        self.times = 0..=usize::MAX;
        self
    }

    /// Forbids such requests: one that arrives gets an error and fails the test.
    ///
    /// These rules are checked before all others, wherever they are in the test.
    #[track_caller]
    pub fn never(mut self) -> &'a MemoryTransport {
        self.times = 0..=usize::MAX;
        self.script(Answer::Forbidden, Location::caller())
    }

    fn script(self, answer: Answer, at: &'static Location<'static>) -> &'a MemoryTransport {
        self.memory
            .expect(Some(self.conditions), self.times, answer, at)
    }
}

replies!([impl<'a> Rule<'a>] self: Self => &'a MemoryTransport);
