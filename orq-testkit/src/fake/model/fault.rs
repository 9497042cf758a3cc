//! What goes wrong with a deployment, and when.

use http::StatusCode;

use crate::{
    guard::fail,
    reply::{EndAt, Ending, Fault, Reply, Turn, turns},
    shape::Problem,
};

/// A fault in the calls of a [`FakeDeployment`](crate::FakeDeployment).
///
/// The constructor sets what happens, and a condition for which calls; without a condition, for every call. Only calls
/// of invoke and stream that reach the model count, from 1, those of all keys together: refused calls and mocked
/// answers don't count. If several faults apply to a call, the first one that was added happens.
///
/// ```
/// use futures::executor::block_on;
/// use orq_core::{DeploymentRequest, ErrorKind};
/// use orq_testkit::{FakeDeployment, FakeFault, FakeOrq, Fault};
///
/// let moody = FakeDeployment::new("moody")
///     .reply("Hello")
///     .fault(FakeFault::error(503, "provider_overloaded").first(2))
///     .fault(FakeFault::break_at(40, Fault::Reset).nth(4));
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
    turn: Turn,
}

/// What goes wrong.
#[derive(Clone, Debug)]
pub(crate) enum What {
    BreakBeforeHead(Fault),
    Error(Problem),
    Reply(Box<Reply>),
    InBody(EndAt),
}

/// What goes wrong.
impl FakeFault {
    /// Breaks the connection before the head: [`Fault::before_head`].
    pub fn break_before_head(fault: Fault) -> Self {
        What::BreakBeforeHead(fault).into()
    }

    /// Answers with an error in orq's documented shape, `{"error": {"code", "message", "doc_url"}}`, such as
    /// `error(402, "quota_exceeded")`.
    ///
    /// For another message, another shape or headers use [`reply`](FakeFault::reply).
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
            _ => fail(&format!("{status} is not an error status")),
        }
    }

    /// Answers with this reply, verbatim, instead.
    pub fn reply(reply: Reply) -> Self {
        What::Reply(Box::new(reply)).into()
    }

    /// Breaks the connection after `byte` bytes of the answer's body. A shorter body breaks in place of its end.
    pub fn break_at(byte: usize, fault: Fault) -> Self {
        Self::end_at(byte, Ending::Break(fault))
    }

    /// Ends the answer's body after `byte` bytes, cleanly, as HTTP defines it. A shorter body stays as it is.
    ///
    /// To end it after an event instead, use a [`Reply`]:
    /// `FakeFault::reply(fixture::transcript("It rains").into_reply().first_chunks(1).cut())`.
    pub fn cut_at(byte: usize) -> Self {
        Self::end_at(byte, Ending::Cut)
    }

    /// Stalls the answer's body after `byte` bytes: no more bytes arrive and the body never ends. A shorter body
    /// stalls in place of its end.
    pub fn stall_at(byte: usize) -> Self {
        Self::end_at(byte, Ending::Stall)
    }

    pub(crate) fn end_at(byte: usize, ending: Ending) -> Self {
        What::InBody(EndAt { byte, ending }).into()
    }

    /// Returns what goes wrong with the call of this number, if anything does.
    pub(crate) fn of_call(&self, number: u64) -> Option<&What> {
        self.turn.includes(number).then_some(&self.what)
    }
}

turns!(FakeFault, turn);

impl From<What> for FakeFault {
    fn from(what: What) -> Self {
        let turn = Turn::Each;
        Self { what, turn }
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
    #[should_panic(expected = "requests are counted from 1")]
    fn there_is_no_call_zero() {
        let _ = FakeFault::cut_at(1).every(0);
    }

    #[test]
    #[should_panic(expected = "200 is not an error status")]
    fn an_error_has_an_errors_status() {
        let _ = FakeFault::error(200, "fine");
    }
}
