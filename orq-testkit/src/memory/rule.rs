//! A reply for requests of a kind.

use std::panic::Location;

use orq_core::transport::TransportError;
use serde::Serialize;

use super::{condition::Condition, expectation::Times, transport::MemoryTransport};
use crate::reply::Reply;

/// The beginning of a rule: which requests it is for, and how often. [`MemoryTransport::on`] makes one, and a reply
/// completes it.
#[derive(Debug)]
#[must_use = "a rule without a reply is none"]
pub struct Rule<'a> {
    memory: &'a MemoryTransport,
    conditions: Vec<Condition>,
    times: Times,
}

impl MemoryTransport {
    /// Begins a rule: a reply for requests of this kind. See [`Condition`] for what it can ask for.
    pub fn on(&self, condition: impl Into<Condition>) -> Rule<'_> {
        Rule {
            memory: self,
            conditions: vec![condition.into()],
            times: Times::Exactly(1),
        }
    }
}

impl<'a> Rule<'a> {
    /// Asks for one more thing.
    pub fn and(mut self, condition: impl Into<Condition>) -> Self {
        self.conditions.push(condition.into());
        self
    }

    /// Is for this many requests, which all must come. Default: one.
    pub fn times(mut self, count: usize) -> Self {
        self.times = Times::Exactly(count);
        self
    }

    /// Is for any number of requests, none included.
    pub fn any_times(mut self) -> Self {
        self.times = Times::Any;
        self
    }

    /// Answers them with `reply`.
    #[track_caller]
    pub fn reply(self, reply: impl Into<Reply>) -> &'a MemoryTransport {
        let at = Location::caller();
        let Self {
            memory,
            conditions,
            times,
        } = self;
        memory.script(Some(conditions), times, reply.into(), at)
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
