//! A transport without a network, which plays what the test scripted.

use std::{
    ops::RangeInclusive,
    panic::Location,
    sync::{Arc, atomic::AtomicUsize},
};

use bytes::Bytes;
use orq_core::{Timer, transport::TransportError};
use serde::Serialize;

use super::{
    condition::Condition,
    expectation::{Answer, Expectation, Place},
    handle::MemoryHandle,
    replies::replies,
    state::Shared,
};
use crate::{
    guard::{end_guard, fail},
    reply::Reply,
    request::RecordedRequest,
    time::{ManualTimer, TimeSource},
};

/// Scripted replies, and a record of the requests that got them.
///
/// The client gets a [`handle`](MemoryTransport::handle). The test keeps this value until its end. When the value is
/// dropped, or when [`verify`](MemoryTransport::verify) is called, the test fails
/// - if a reply was never used, or less often than its rule requires;
/// - if the body of a reply was never read, or not to its end where the reply [asks for
///   that](Reply::read_to_end);
/// - if a request found no reply, or a request arrived that a rule [forbids](crate::Rule::never).
///
/// The failure is a panic whose message names each of them, the line on which a reply was scripted, and the status that
/// each request got. The panic is in the test itself, also if the client is used in another task; await such tasks
/// first. If the test has failed by itself, only the requests without a reply are printed in addition. A test that
/// returns an `Err` hasn't failed at that point: the panic comes in place of the error. Leftovers can be allowed:
/// [`allow_unused`](MemoryTransport::allow_unused), [`allow_unread`](MemoryTransport::allow_unread),
/// [`allow_unmatched`](MemoryTransport::allow_unmatched).
///
/// # Which reply a request gets
///
/// Replies are scripted in two ways, alone or together. A request gets the reply of the first **rule** that fits and
/// isn't used up; if there is none, the next reply of the **queue**, which `reply` and the methods like it fill. Rules
/// that [forbid](crate::Rule::never) a request are checked first. A request without a reply gets an error of kind
/// [`Other`](orq_core::transport::TransportErrorKind::Other), which names the nearest rule and how the request differs.
///
/// Methods take `&self` and return it, so that they can be chained, and replies can be added in the middle of a test.
///
/// ```
/// use orq_core::{DeploymentRequest, transport::Operation};
/// use orq_testkit::{Condition, MemoryTransport, Reply};
/// use serde_json::json;
///
/// # futures::executor::block_on(async {
/// let memory = MemoryTransport::new();
/// let says = |text: &str| Reply::json(json!({ "choices": [{ "message": { "content": text } }] }));
///
/// // Rules, for requests of a kind.
/// memory.on("weather").times(2).reply(says("It rains."));
/// memory
///     .on(Operation::Invoke)
///     .and(Condition::json("/inputs/firstname", "Jane"))
///     .reply(says("Hello Jane"));
/// // The queue, for all others in order.
/// memory.reply(says("first")).reply(says("second"));
///
/// let deployments = memory.client().deployments();
/// let jane = DeploymentRequest::new("greeter").input("firstname", "Jane");
/// assert_eq!(deployments.invoke(&jane).await?.text().as_deref(), Some("Hello Jane"));
/// for expected in ["It rains.", "It rains.", "first", "second"] {
///     let answer = deployments.invoke(&DeploymentRequest::new("weather")).await?;
///     assert_eq!(answer.text().as_deref(), Some(expected));
/// }
/// assert_eq!(memory.requests().len(), 5);
/// # Ok::<(), orq_core::Error>(())
/// # }).unwrap();
/// ```
///
/// # Time
///
/// The client's clocks and the pauses of a reply run on one timer, by default a [`ManualTimer`] that [moves by
/// itself](ManualTimer#by-itself): a stall runs into the client's timeout at once, and a wait before a retry passes.
/// A test that has to stop in between moves the [`timer`](MemoryTransport::timer) by hand, or puts a
/// [`Gate`](crate::Gate) into the reply.
///
/// Only sleeps on this timer count: the client's and the replies'. A `tokio::time::sleep` in the code under test takes
/// real seconds, and `timer().now()` doesn't show them; for such code use [`with_timer`](MemoryTransport::with_timer)
/// and a `TokioTimer`.
#[derive(Debug)]
#[must_use = "dropping it at once checks nothing"]
pub struct MemoryTransport(Arc<Shared>);

impl MemoryTransport {
    /// Creates a transport without replies, with a [`ManualTimer`] that moves by itself.
    #[track_caller]
    pub fn new() -> Self {
        Self::with_timer(ManualTimer::auto())
    }

    /// Creates a transport without replies on this timer: a shared [`ManualTimer`], or a runtime's. On a `TokioTimer`
    /// (feature `tokio`) everything runs in tokio's time. To pause it (`start_paused`), the test needs tokio with the
    /// feature `test-util` in its dev-dependencies:
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use orq_core::DeploymentRequest;
    /// use orq_testkit::{MemoryTransport, TokioTimer, fixture};
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() {
    /// let memory = MemoryTransport::with_timer(TokioTimer::new());
    /// memory.reply(fixture::completion("late").into_reply().head_after(Duration::from_secs(10)));
    ///
    /// let call = memory.client().deployments().invoke(&DeploymentRequest::new("chat"));
    /// assert!(tokio::time::timeout(Duration::from_secs(1), call).await.is_err());
    /// # }
    /// ```
    #[track_caller]
    pub fn with_timer(timer: impl Timer + 'static) -> Self {
        let made_at = Location::caller();
        Self(Arc::new(Shared::new(TimeSource::new(timer), made_at)))
    }

    /// Returns the transport for a client. [`client_builder`](MemoryTransport::client_builder) has it already.
    pub fn handle(&self) -> MemoryHandle {
        MemoryHandle(Arc::clone(&self.0))
    }

    /// Returns the timer of the client and the replies.
    ///
    /// # Panics
    ///
    /// If the transport was created [with another kind of timer](MemoryTransport::with_timer).
    #[track_caller]
    pub fn timer(&self) -> ManualTimer {
        match self.0.clock.manual() {
            Some(timer) => timer.clone(),
            None => fail("this MemoryTransport was given a timer that isn't a ManualTimer"),
        }
    }

    fn script(&self, answer: Answer, at: &'static Location<'static>) -> &Self {
        self.expect(None, 1..=1, answer, at)
    }

    pub(super) fn expect(
        &self,
        conditions: Option<Vec<Condition>>,
        times: RangeInclusive<usize>,
        answer: Answer,
        at: &'static Location<'static>,
    ) -> &Self {
        self.0.lock().script(|number| Expectation {
            place: Place { number, at },
            conditions,
            times,
            used: AtomicUsize::new(0),
            answer,
        });
        self
    }

    /// Lets the test pass although replies were not used.
    pub fn allow_unused(&self) -> &Self {
        self.0.lock().allowed.unused = true;
        self
    }

    /// Lets the test pass although bodies were not read.
    pub fn allow_unread(&self) -> &Self {
        self.0.lock().allowed.unread = true;
        self
    }

    /// Lets the test pass although requests find no reply, from now on.
    pub fn allow_unmatched(&self) -> &Self {
        self.0.lock().allowed.unmatched = true;
        self
    }

    /// Returns the requests so far, in the order of their arrival, with or without a reply.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.0.lock().requests.clone()
    }

    /// Returns the requests so far that meet this condition: `requests_for("greeter")` are those for this deployment.
    pub fn requests_for(&self, condition: impl Into<Condition>) -> Vec<RecordedRequest> {
        let (mut requests, condition) = (self.requests(), condition.into());
        requests.retain(|request| condition.difference(request).is_none());
        requests
    }

    /// Returns the only request so far.
    ///
    /// # Panics
    ///
    /// If there is none, or more than one.
    #[track_caller]
    pub fn only_request(&self) -> RecordedRequest {
        let mut requests = self.requests();
        match requests.len() {
            1 => requests.remove(0),
            count => {
                let lines = requests.iter().map(|sent| format!("\n  {sent}"));
                let all: String = lines.collect();
                fail(&format!(
                    "there should be one request, and there are {count}{all}"
                ))
            }
        }
    }

    /// Returns the maximum number of exchanges at one time: from the request to the end of the answer's body, or until
    /// the client dropped it.
    pub fn most_in_flight(&self) -> usize {
        self.0.lock().most_in_flight
    }

    /// Checks now what dropping checks; a failure names the line of this call.
    ///
    /// # Panics
    ///
    /// If there are leftovers that weren't allowed.
    #[track_caller]
    pub fn verify(self) {
        self.check();
    }

    #[track_caller]
    fn check(&self) {
        let in_use = Arc::strong_count(&self.0) > 1;
        end_guard(|| self.0.complaint(in_use), || self.0.what_went_wrong());
    }
}

// The queue.
replies!([impl MemoryTransport] self: &Self => &Self);

impl Default for MemoryTransport {
    #[track_caller]
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for MemoryTransport {
    fn drop(&mut self) {
        self.check();
    }
}
