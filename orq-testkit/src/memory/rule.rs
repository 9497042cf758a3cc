//! A reply for requests of a kind.

use std::{ops::RangeInclusive, panic::Location};

use orq_core::transport::TransportError;
use serde::Serialize;

use super::{condition::Condition, expectation::Answer, transport::MemoryTransport};
use crate::{reply::Reply, request::RecordedRequest};

/// The beginning of a rule: which requests it is for, and how often. [`MemoryTransport::on`] makes one, and a reply
/// completes it.
#[derive(Debug)]
#[must_use = "a rule does nothing until it has a reply"]
pub struct Rule<'a> {
    memory: &'a MemoryTransport,
    conditions: Vec<Condition>,
    times: RangeInclusive<usize>,
}

impl MemoryTransport {
    /// Begins a rule: a reply for requests of this kind. See [`Condition`] for what it can ask for.
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

    /// Answers any number of requests, also none.
    pub fn any_times(mut self) -> Self {
        self.times = 0..=usize::MAX;
        self
    }

    /// Answers them with `reply`.
    #[track_caller]
    pub fn reply(self, reply: impl Into<Reply>) -> &'a MemoryTransport {
        self.script(reply.into().into(), Location::caller())
    }

    /// Answers them with the reply that `reply` computes from each request: [`MemoryTransport::reply_with`].
    #[track_caller]
    pub fn reply_with<R: Into<Reply>>(
        self,
        reply: impl Fn(&RecordedRequest) -> R + Send + Sync + 'static,
    ) -> &'a MemoryTransport {
        self.script(Answer::computed(reply), Location::caller())
    }

    /// Says that no such request may come: one that does gets an error, and fails the test.
    ///
    /// Rules are tried in their order, so this one goes before a rule that would answer such a request.
    #[track_caller]
    pub fn never(mut self) -> &'a MemoryTransport {
        self.times = 0..=usize::MAX;
        self.script(Answer::Forbidden, Location::caller())
    }

    fn script(self, answer: Answer, at: &'static Location<'static>) -> &'a MemoryTransport {
        self.memory
            .script(Some(self.conditions), self.times, answer, at)
    }

    /// Answers with a 200 and `value` as JSON: [`Reply::json`].
    ///
    /// # Panics
    ///
    /// If `value` can't be written as JSON.
    #[track_caller]
    pub fn reply_json(self, value: impl Serialize) -> &'a MemoryTransport {
        self.reply(Reply::json(value))
    }

    /// Answers with a 200 and an event stream, one event for each item: [`Reply::sse`].
    #[track_caller]
    pub fn reply_sse<I>(self, events: I) -> &'a MemoryTransport
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        self.reply(Reply::sse(events))
    }

    /// Gives them no response, but `error`. For memory alone: [`Reply::failed`].
    #[track_caller]
    pub fn fail(self, error: TransportError) -> &'a MemoryTransport {
        self.reply(Reply::failed(error))
    }
}
