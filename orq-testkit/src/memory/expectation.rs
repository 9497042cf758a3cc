//! A reply that waits for its request.

use std::{
    cmp::Reverse,
    fmt::{self, Write},
    ops::RangeInclusive,
    panic::Location,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::condition::Condition;
use crate::{reply::Reply, request::RecordedRequest};

/// A reply with its place in the test.
#[derive(Debug)]
pub(super) struct Expectation {
    pub(super) place: Place,
    /// `None` stands in the queue.
    pub(super) conditions: Option<Vec<Condition>>,
    /// How many requests it is for.
    pub(super) times: RangeInclusive<usize>,
    pub(super) used: AtomicUsize,
    pub(super) answer: Answer,
}

/// Which reply it is, and where the test says so.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Counted from 1 over all replies of a transport.
    pub(super) number: usize,
    pub(super) at: &'static Location<'static>,
}

/// What a request gets.
pub(super) enum Answer {
    Reply(Box<Reply>),
    Computed(Arc<dyn Fn(&RecordedRequest) -> Reply + Send + Sync>),
    /// Such a request fails the test.
    Forbidden,
}

impl Answer {
    pub(super) fn computed<R: Into<Reply>>(
        reply: impl Fn(&RecordedRequest) -> R + Send + Sync + 'static,
    ) -> Self {
        Self::Computed(Arc::new(move |request| reply(request).into()))
    }
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self::Reply(Box::new(reply))
    }
}

impl Expectation {
    pub(super) fn in_queue(&self) -> bool {
        self.conditions.is_none()
    }

    fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// Counts a request, and returns its reply.
    ///
    /// # Errors
    ///
    /// If such a request is forbidden: the rule, in words.
    pub(super) fn answer(&self, request: &RecordedRequest) -> Result<Reply, String> {
        let reply = match &self.answer {
            Answer::Reply(reply) => Reply::clone(reply),
            Answer::Computed(reply) => reply(request),
            Answer::Forbidden => return Err(format!("{self}; {}", self.place)),
        };
        self.used.fetch_add(1, Ordering::Relaxed);
        Ok(reply)
    }

    pub(super) fn is_left(&self) -> bool {
        self.used() < *self.times.end()
    }

    pub(super) fn is_forbidden(&self) -> bool {
        matches!(self.answer, Answer::Forbidden)
    }

    /// Returns how the request differs from this rule, in the order of its conditions.
    pub(super) fn differences(&self, request: &RecordedRequest) -> Vec<String> {
        let conditions = self.conditions.iter().flatten();
        conditions
            .filter_map(|condition| condition.difference(request))
            .collect()
    }

    /// Returns how many of its conditions hold.
    pub(super) fn nearness(&self, request: &RecordedRequest) -> usize {
        let count = self.conditions.as_ref().map_or(0, Vec::len);
        count - self.differences(request).len()
    }

    /// Returns what is missing at the end of the test.
    pub(super) fn leftover(&self) -> Option<String> {
        let (used, least) = (self.used(), *self.times.start());
        let missing = match used {
            _ if used >= least => return None,
            0 if *self.times.end() == 1 => "never used".to_owned(),
            _ if *self.times.end() == least => format!("used {used} of {least} times"),
            _ => format!("used {used} of at least {least} times"),
        };
        Some(format!("{self} was {missing}; {}", self.place))
    }

    /// Returns why a request that found no reply didn't get this one.
    pub(super) fn why_not(&self, request: &RecordedRequest) -> String {
        let differences = self.differences(request);
        let why = match differences.is_empty() {
            true => format!(
                "that was used up (`.times({})` or `.any_times()` would answer this request too)",
                self.used() + 1
            ),
            false => differences.join(", and "),
        };
        format!("{self}, but {why}; {}", self.place)
    }
}

/// Finds the reply for a request: a rule that forbids it, or else the first rule that fits, or else the next of the
/// queue.
pub(super) fn find<'a>(
    expectations: &'a [Arc<Expectation>],
    request: &RecordedRequest,
) -> Option<&'a Arc<Expectation>> {
    let left = || expectations.iter().filter(|it| it.is_left());
    let fits = |it: &&Arc<Expectation>| !it.in_queue() && it.differences(request).is_empty();
    left()
        .find(|it| it.is_forbidden() && fits(it))
        .or_else(|| left().find(fits))
        .or_else(|| left().find(|it| it.in_queue()))
}

/// Returns why a request that a rule forbids got no reply.
pub(super) fn forbidden(request: &RecordedRequest, rule: &str) -> String {
    let message = format!(
        "request {} should not have come: {request}\n    {rule}",
        request.number()
    );
    request.redacted(&message).into_owned()
}

/// Returns why a request found no reply.
pub(super) fn no_reply(expectations: &[Arc<Expectation>], request: &RecordedRequest) -> String {
    let mut message = format!("request {} found no reply: {request}", request.number());
    let rules = expectations.iter().filter(|it| !it.in_queue());
    let (used_up, mut others): (Vec<_>, Vec<_>) =
        rules.partition(|rule| rule.differences(request).is_empty());
    // Those that are left come first, then the nearest, and of these the one that was scripted first.
    others.sort_by_key(|rule| (!rule.is_left(), Reverse(rule.nearness(request))));
    let others = ["nearest is", "then comes"].into_iter().zip(others);
    let used_up = used_up.into_iter().map(|rule| ("the request fits", rule));
    let named: Vec<_> = others.chain(used_up.take(1)).collect();
    for (is, rule) in &named {
        let _ = write!(message, "\n    {is} {}", rule.why_not(request));
    }
    match expectations.iter().filter(|it| it.in_queue()).count() {
        0 if !named.is_empty() => {}
        0 => message.push_str("\n    nothing was scripted"),
        count => {
            let _ = write!(
                message,
                "\n    the queue of {count} is used up (another `.reply(…)`, or a rule with `.any_times()`, would answer)"
            );
        }
    }
    request.redacted(&message).into_owned()
}

/// `reply 2 (200 application/json, 14 bytes in 1 chunk) on operation "invoke" and deployment "greeter"`
impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "reply {} ({})", self.place.number, self.answer)?;
        for (index, condition) in self.conditions.iter().flatten().enumerate() {
            f.write_str(if index == 0 { " on " } else { " and " })?;
            write!(f, "{condition}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reply(reply) => reply.fmt(f),
            Self::Computed(_) => f.write_str("computed from the request"),
            Self::Forbidden => f.write_str("forbidden by `.never()`"),
        }
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({self})")
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "scripted at {}", self.at)
    }
}
