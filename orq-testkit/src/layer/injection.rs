//! One thing that can be injected, and when.

use std::{
    fmt::{self, Display},
    time::Duration,
};

use http::{HeaderName, HeaderValue, StatusCode};
use orq_core::transport::Operation;

use super::{
    offset::ByteOffset,
    plan::{ErrorAnswer, Plan},
    when::{Turn, When},
};
use crate::{
    guard::fail,
    reply::{BodyEnd, Fault},
};

/// One thing that goes wrong, and with which requests.
///
/// Without a condition it is every request. Several conditions must all hold: `.operation(Operation::Stream).every(3)`
/// is every third stream. Operation, deployment and attempt are those of the request's
/// [`CallContext`](orq_core::transport::CallContext); a request without one, such as one that came over a socket, meets
/// none of these three.
///
/// ```
/// use std::time::Duration;
///
/// use orq_core::transport::Operation;
/// use orq_testkit::{Fault, Injection};
///
/// let too_many = Injection::status(429).header("retry-after", "2").probability(0.1);
/// let reset_anywhere = Injection::fail_at(0..4000, Fault::Reset).operation(Operation::Stream);
/// let first_attempts = Injection::refuse().attempt(1).deployment("customer-support");
/// let slow = Injection::head_after(Duration::from_secs(20)).every(10);
/// ```
#[derive(Clone)]
#[must_use = "an injection does nothing until a FaultInjector has it"]
pub struct Injection {
    pub(super) plan: Plan,
    pub(super) when: When,
}

/// What happens.
impl Injection {
    /// The connection is refused. Nothing is sent: the transport underneath isn't asked.
    ///
    /// Inside a `FakeServer` it is a 502, since there the connection is made already.
    pub fn refuse() -> Self {
        Plan::Refuse.into()
    }

    /// The request arrives and the connection breaks before the head of the response, as [`Fault::before_head`]
    /// has it.
    ///
    /// The transport underneath is asked and its answer thrown away, because that is what happened: the server did
    /// the work. Where it fails by itself, its own error stands.
    pub fn before_head(fault: Fault) -> Self {
        Plan::BeforeHead(fault).into()
    }

    /// An error answer of this status in the server's place. The transport underneath isn't asked.
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
                Plan::Answer(ErrorAnswer::new(code)).into()
            }
            _ => fail(&format!("{status} is no status of an error answer")),
        }
    }

    /// The body breaks after so many bytes, as [`Fault::in_body`] has it. A chunk that reaches further is split.
    ///
    /// A body that ends before isn't touched.
    ///
    /// # Panics
    ///
    /// If `byte` is an empty range.
    #[track_caller]
    pub fn fail_at(byte: impl Into<ByteOffset>, fault: Fault) -> Self {
        Plan::InBody(BodyEnd::Break(fault), byte.into().checked()).into()
    }

    /// The body ends after so many bytes, as cleanly as if that had been all: a proxy that gives up often ends a
    /// stream so. A chunk that reaches further is split, and a `content-length` that would give the cut away is
    /// taken out of the head.
    ///
    /// A body that ends before isn't touched.
    ///
    /// # Panics
    ///
    /// If `byte` is an empty range.
    #[track_caller]
    pub fn cut_at(byte: impl Into<ByteOffset>) -> Self {
        Plan::InBody(BodyEnd::Cut, byte.into().checked()).into()
    }

    /// The body stands still after so many bytes, for ever. A chunk that reaches further is split.
    ///
    /// A body that ends before isn't touched.
    ///
    /// # Panics
    ///
    /// If `byte` is an empty range.
    #[track_caller]
    pub fn stall_at(byte: impl Into<ByteOffset>) -> Self {
        Plan::InBody(BodyEnd::Stall, byte.into().checked()).into()
    }

    /// The head of the response comes that much later. The server has got the request meanwhile.
    ///
    /// The wait is on the timer of the transport underneath. Without one the request fails, unsent, with an error
    /// that says so.
    pub fn head_after(delay: Duration) -> Self {
        Plan::HeadAfter(delay).into()
    }

    /// Each chunk of the body but the first comes that much later. The wait is that of
    /// [`head_after`](Injection::head_after).
    pub fn paced(pause: Duration) -> Self {
        Plan::Paced(pause).into()
    }

    /// Adds a header to the answer that [`status`](Injection::status) gives.
    ///
    /// # Panics
    ///
    /// If HTTP doesn't allow the name or the value, or if this is another injection.
    #[track_caller]
    pub fn header<N, V>(mut self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName, Error: Display>,
        V: TryInto<HeaderValue, Error: Display>,
    {
        let Plan::Answer(answer) = &mut self.plan else {
            fail(&format!(
                "{self:?} gives no answer that a header could go into"
            ));
        };
        let (name, value) = crate::reply::header::field(name, value);
        answer.headers.append(name, value);
        self
    }
}

/// When it happens.
impl Injection {
    /// Only to requests of this operation.
    pub fn operation(mut self, operation: Operation) -> Self {
        self.when.operation = Some(operation);
        self
    }

    /// Only to requests for this deployment.
    pub fn deployment(mut self, key: impl Into<String>) -> Self {
        self.when.deployment = Some(key.into());
        self
    }

    /// Only to the attempt of this number, counted from 1, of each call. `attempt(1)` lets the retry through.
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

    /// Only to the `nth` request, counted from 1, of those that meet the conditions on operation, deployment and
    /// attempt. A call that is retried makes several requests.
    ///
    /// It replaces [`every`](Injection::every).
    ///
    /// # Panics
    ///
    /// If `nth` is 0.
    #[track_caller]
    pub fn nth(mut self, nth: u64) -> Self {
        if nth == 0 {
            fail("requests are counted from 1");
        }
        self.when.turn = Turn::Nth(nth);
        self
    }

    /// Only to every `nth` request, the `nth` first, counted as [`nth`](Injection::nth) does, which it replaces.
    ///
    /// # Panics
    ///
    /// If `nth` is 0.
    #[track_caller]
    pub fn every(mut self, nth: u64) -> Self {
        if nth == 0 {
            fail("there is no zeroth request");
        }
        self.when.turn = Turn::Every(nth);
        self
    }

    /// Only with this probability, for each request that meets the other conditions. 0 is never, 1 always.
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
        self.when.probability = probability;
        self
    }
}

impl From<Plan> for Injection {
    fn from(plan: Plan) -> Self {
        Self {
            plan,
            when: When::default(),
        }
    }
}

/// What it is and when, without the headers of an answer.
impl fmt::Debug for Injection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Injection({}", self.plan.kind())?;
        if let Plan::InBody(_, byte) = &self.plan {
            write!(f, " at byte {byte}")?;
        }
        write!(f, "{})", self.when)
    }
}
