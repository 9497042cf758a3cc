//! One thing that can be injected, and when.

use std::{
    fmt::{self, Display},
    time::Duration,
};

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use orq_core::transport::Operation;

use super::{injected::InjectedKind, offset::ByteOffset, when::When};
use crate::{
    guard::fail,
    reply::{Ending, Fault, header, turns},
};

/// A fault to inject, and the requests that get it.
///
/// Without a condition every request gets it. Several conditions must all hold:
/// `.operation(Operation::Stream).every(3)` is every third stream. Operation, deployment and attempt are those of the
/// request's [`CallContext`](orq_core::transport::CallContext); a request without one, such as one that came over a
/// socket, meets none of these three.
///
/// ```
/// use std::time::Duration;
///
/// use orq_core::transport::Operation;
/// use orq_testkit::{Fault, Injection};
///
/// let too_many = Injection::status(429).header("retry-after", "2").probability(0.1);
/// let reset_anywhere = Injection::break_at(0..4000, Fault::Reset).operation(Operation::Stream);
/// let first_attempts = Injection::refuse().attempt(1).deployment("customer-support");
/// let slow = Injection::head_after(Duration::from_secs(20)).every(10);
/// ```
#[derive(Clone)]
#[must_use = "an injection does nothing until a FaultInjector has it"]
pub struct Injection {
    pub(super) kind: InjectedKind,
    /// Where, if it is an ending.
    pub(super) byte: Option<ByteOffset>,
    /// The headers of an answer.
    pub(super) headers: HeaderMap,
    pub(super) when: When,
}

/// What happens.
impl Injection {
    /// Refuses the connection. Nothing is sent: the transport underneath isn't called.
    ///
    /// Inside a `FakeServer` it is a 502, because there the connection exists already.
    pub fn refuse() -> Self {
        InjectedKind::Refused.into()
    }

    /// Sends the request and breaks the connection before the head of the response, with the error of
    /// [`Fault::before_head`].
    ///
    /// The transport underneath sends the request, and its response is dropped: the server has done the work. If the
    /// transport fails by itself, the result is its error.
    pub fn break_before_head(fault: Fault) -> Self {
        InjectedKind::BreakBeforeHead(fault).into()
    }

    /// Answers with an error of this status. The transport underneath isn't called.
    ///
    /// Its body has the shape that [orq documents](https://docs.orq.ai/), `{"error": {"code", "message", "doc_url"}}`,
    /// with the code that belongs to the status.
    ///
    /// # Panics
    ///
    /// If `status` isn't between 400 and 599.
    #[track_caller]
    pub fn status(status: u16) -> Self {
        match StatusCode::from_u16(status) {
            Ok(code) if code.is_client_error() || code.is_server_error() => {
                InjectedKind::Status(code).into()
            }
            _ => fail(&format!("{status} is not an error status")),
        }
    }

    /// Breaks the connection after `byte` bytes of the body. A shorter body breaks in place of its end.
    ///
    /// # Panics
    ///
    /// If `byte` is an empty range.
    #[track_caller]
    pub fn break_at(byte: impl Into<ByteOffset>, fault: Fault) -> Self {
        Self::end_at(byte.into(), Ending::Break(fault))
    }

    /// Ends the body after `byte` bytes, cleanly, as HTTP defines it, like a proxy that gives up. `content-length` is
    /// removed from the head, since it would reveal the cut. A shorter body stays as it is.
    ///
    /// # Panics
    ///
    /// If `byte` is an empty range.
    #[track_caller]
    pub fn cut_at(byte: impl Into<ByteOffset>) -> Self {
        Self::end_at(byte.into(), Ending::Cut)
    }

    /// Stalls the body after `byte` bytes: no more bytes arrive and the body never ends. A shorter body stalls in
    /// place of its end.
    ///
    /// # Panics
    ///
    /// If `byte` is an empty range.
    #[track_caller]
    pub fn stall_at(byte: impl Into<ByteOffset>) -> Self {
        Self::end_at(byte.into(), Ending::Stall)
    }

    #[track_caller]
    fn end_at(byte: ByteOffset, ending: Ending) -> Self {
        if byte.is_empty() {
            fail(&format!("the range {byte} is empty"));
        }
        Self {
            byte: Some(byte),
            ..InjectedKind::Ending(ending).into()
        }
    }

    /// Delays the head of the response by this time. The server has the request meanwhile.
    ///
    /// The time passes on the timer of the transport underneath. Without a timer the request isn't sent, and fails with
    /// an error that says so.
    pub fn head_after(delay: Duration) -> Self {
        InjectedKind::HeadAfter(delay).into()
    }

    /// Delays each chunk of the body but the first by this time. It passes as in
    /// [`head_after`](Injection::head_after).
    pub fn paced(pause: Duration) -> Self {
        InjectedKind::Paced(pause).into()
    }

    /// Adds a header to the answer of [`status`](Injection::status).
    ///
    /// # Panics
    ///
    /// If HTTP doesn't allow the name or the value, or if this isn't a `status`.
    #[track_caller]
    pub fn header<N, V>(mut self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName, Error: Display>,
        V: TryInto<HeaderValue, Error: Display>,
    {
        if !matches!(self.kind, InjectedKind::Status(_)) {
            fail(&format!(
                "{self:?} gives no answer that a header could go into"
            ));
        }
        let (name, value) = header::field(name, value);
        self.headers.append(name, value);
        self
    }
}

/// When it happens.
impl Injection {
    /// Applies the fault only to requests of this operation.
    pub fn operation(mut self, operation: Operation) -> Self {
        self.when.operation = Some(operation);
        self
    }

    /// Applies the fault only to requests for this deployment.
    pub fn deployment(mut self, key: impl Into<String>) -> Self {
        self.when.deployment = Some(key.into());
        self
    }

    /// Applies the fault only to this attempt of each call, counted from 1. With `attempt(1)` the retry succeeds.
    ///
    /// # Panics
    ///
    /// If `attempt` is 0.
    #[track_caller]
    pub fn attempt(mut self, attempt: u32) -> Self {
        if attempt == 0 {
            fail("attempts are counted from 1");
        }
        self.when.attempt = Some(attempt);
        self
    }

    /// Applies the fault with this probability, between 0 and 1, to each request that meets the other conditions.
    ///
    /// # Panics
    ///
    /// If `probability` isn't between 0 and 1.
    #[track_caller]
    pub fn probability(mut self, probability: f64) -> Self {
        if !(0.0..=1.0).contains(&probability) {
            fail(&format!(
                "{probability} is no probability: it must be between 0 and 1"
            ));
        }
        self.when.probability = Some(probability);
        self
    }
}

turns!(Injection, when.turn);

impl From<InjectedKind> for Injection {
    fn from(kind: InjectedKind) -> Self {
        Self {
            kind,
            byte: None,
            headers: HeaderMap::new(),
            when: When::default(),
        }
    }
}

/// What it is and when, without the headers of an answer.
impl fmt::Debug for Injection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Injection({}", self.kind)?;
        if let Some(byte) = &self.byte {
            write!(f, " at byte {byte}")?;
        }
        write!(f, "{})", self.when)
    }
}
