//! What goes wrong with a deployment, and when.

use http::StatusCode;

use crate::{
    guard::fail,
    reply::{BodyEnd, Fault, Reply},
    shape::Problem,
};

/// Something that goes wrong with the calls of a [`FakeDeployment`](crate::FakeDeployment).
///
/// The constructor says what, and a condition which calls. Calls are those of invoke and stream that reach the model,
/// counted from 1, from whichever key they come: those that are refused and those with a mocked answer don't count.
/// Without a condition it is every call. If several faults are for one call, the first one that was added happens.
///
/// ```
/// use futures::executor::block_on;
/// use orq_core::{DeploymentRequest, ErrorKind};
/// use orq_testkit::{FakeDeployment, FakeFault, FakeOrq, Fault};
///
/// let moody = FakeDeployment::new("moody")
///     .reply("Hello")
///     .fault(FakeFault::error(503, "provider_overloaded").first(2))
///     .fault(FakeFault::fail_at(40, Fault::Reset).nth(4));
/// let fake = FakeOrq::builder().deployment(moody).build();
/// let deployments = fake.client().deployments();
/// let request = DeploymentRequest::new("moody");
///
/// let answer = block_on(deployments.invoke(&request))?;
/// assert_eq!(answer.meta().failed_attempts().len(), 2);
///
/// let error = block_on(deployments.invoke(&request)).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Closed);
/// # Ok::<(), orq_core::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a fault does nothing until a deployment has it"]
pub struct FakeFault {
    what: What,
    which: Which,
}

/// What goes wrong.
#[derive(Clone, Debug)]
pub(in crate::fake) enum What {
    BeforeHead(Fault),
    Error(Problem),
    Reply(Box<Reply>),
    InBody(Cutoff),
}

/// Where and how a body ends in place of its own end.
#[derive(Clone, Copy, Debug)]
pub(in crate::fake) struct Cutoff {
    pub(in crate::fake) byte: usize,
    pub(in crate::fake) end: BodyEnd,
}

/// Which calls it is for.
#[derive(Clone, Copy, Debug)]
enum Which {
    Each,
    First(u64),
    Nth(u64),
    Every(u64),
}

/// What goes wrong.
impl FakeFault {
    /// The connection breaks before the head, as [`Fault::before_head`] has it.
    pub fn before_head(fault: Fault) -> Self {
        What::BeforeHead(fault).into()
    }

    /// An error answer in orq's documented shape, `{"error": {"code", "message", "doc_url"}}`, such as
    /// `error(402, "quota_exceeded")`.
    ///
    /// For another message, another shape or headers there is [`reply`](FakeFault::reply).
    ///
    /// # Panics
    ///
    /// If `status` isn't between 400 and 599.
    #[track_caller]
    pub fn error(status: u16, code: impl AsRef<str>) -> Self {
        match StatusCode::from_u16(status) {
            Ok(status) if status.is_client_error() || status.is_server_error() => {
                What::Error(Problem::scripted(status, code.as_ref())).into()
            }
            _ => fail(&format!("{status} is no status of an error")),
        }
    }

    /// This script, verbatim, in place of the answer.
    pub fn reply(reply: Reply) -> Self {
        What::Reply(Box::new(reply)).into()
    }

    /// The connection breaks after `byte` bytes of the answer's body, as [`Fault::in_body`] has it. In a shorter body
    /// it breaks in place of the end.
    pub fn fail_at(byte: usize, fault: Fault) -> Self {
        let end = BodyEnd::Break(fault);
        Self::in_body(Cutoff { byte, end })
    }

    /// The answer's body ends after `byte` bytes, as HTTP has it. A shorter body stays as it is.
    pub fn cut_at(byte: usize) -> Self {
        let end = BodyEnd::Cut;
        Self::in_body(Cutoff { byte, end })
    }

    /// The answer's body stands still after `byte` bytes: neither bytes nor an end come any more. A shorter body
    /// stands still in place of its end.
    pub fn stall_at(byte: usize) -> Self {
        let end = BodyEnd::Stall;
        Self::in_body(Cutoff { byte, end })
    }

    pub(in crate::fake) fn in_body(cutoff: Cutoff) -> Self {
        What::InBody(cutoff).into()
    }
}

/// Which calls it is for. Of several such conditions the last one counts.
impl FakeFault {
    /// The `nth` call alone.
    ///
    /// # Panics
    ///
    /// If `nth` is 0.
    #[track_caller]
    pub fn nth(self, nth: u64) -> Self {
        self.on(Which::Nth(counted(nth)))
    }

    /// The calls up to the `last`: `first(2)` fails twice and works from then on.
    ///
    /// # Panics
    ///
    /// If `last` is 0.
    #[track_caller]
    pub fn first(self, last: u64) -> Self {
        self.on(Which::First(counted(last)))
    }

    /// Each `nth` call: `every(3)` is the third, the sixth and so on.
    ///
    /// # Panics
    ///
    /// If `nth` is 0.
    #[track_caller]
    pub fn every(self, nth: u64) -> Self {
        self.on(Which::Every(counted(nth)))
    }

    fn on(mut self, which: Which) -> Self {
        self.which = which;
        self
    }

    /// What goes wrong with the call of this number, if anything does.
    pub(in crate::fake) fn of_call(&self, number: u64) -> Option<&What> {
        let concerned = match self.which {
            Which::Each => true,
            Which::First(last) => number <= last,
            Which::Nth(nth) => number == nth,
            Which::Every(nth) => number.is_multiple_of(nth),
        };
        concerned.then_some(&self.what)
    }
}

impl From<What> for FakeFault {
    fn from(what: What) -> Self {
        let which = Which::Each;
        Self { what, which }
    }
}

#[track_caller]
fn counted(number: u64) -> u64 {
    match number {
        0 => fail("calls are counted from 1"),
        number => number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_condition_says_which_calls() {
        let fault = || FakeFault::cut_at(1);
        for (fault, expected) in [
            (fault(), [1, 2, 3, 4, 5, 6].as_slice()),
            (fault().first(2), &[1, 2]),
            (fault().nth(2), &[2]),
            (fault().every(3), &[3, 6]),
            (fault().nth(2).every(5), &[5]),
        ] {
            let calls = (1..=6).filter(|number| fault.of_call(*number).is_some());
            assert_eq!(calls.collect::<Vec<_>>(), expected, "{fault:?}");
        }
    }

    #[test]
    #[should_panic(expected = "calls are counted from 1")]
    fn there_is_no_call_zero() {
        let _ = FakeFault::cut_at(1).every(0);
    }

    #[test]
    #[should_panic(expected = "200 is no status of an error")]
    fn an_error_has_an_errors_status() {
        let _ = FakeFault::error(200, "fine");
    }
}
