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

/// Scripted replies, and a record of the requests that took them.
///
/// The client gets a [`handle`](MemoryTransport::handle). This value stays with the test and is its guard: when it
/// is dropped, or when [`verify`](MemoryTransport::verify) is called, the test fails
/// - if a reply was never used, or less often than it says;
/// - if the body of a reply was never read, or not to its end where the reply [asks for
///   that](Reply::read_to_end);
/// - if a request found no reply, or one came that a rule [forbids](crate::Rule::never).
///
/// The failure is a panic whose message names each of them, and the line on which a reply was scripted. It comes in
/// the test itself, also if the client lives on in another task. If the test fails by itself, only what went wrong with
/// requests is printed beside that. A test may allow what is left over:
/// [`allow_unused`](MemoryTransport::allow_unused), [`allow_unread`](MemoryTransport::allow_unread),
/// [`allow_unmatched`](MemoryTransport::allow_unmatched).
///
/// # Which reply a request gets
///
/// Replies are scripted in two ways, alone or together. A request gets the reply of the first **rule** that fits and
/// isn't used up; if there is none, the next reply of the **queue**, which `reply` and its siblings fill. A request without a reply gets an error of kind
/// [`Other`](orq_core::transport::TransportErrorKind::Other), which names the nearest rule and what it lacks.
///
/// Methods take `&self` and return it, so that replies can be added one after the other, and in the middle of a test.
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
/// A test that wants to stop in between switches the [`timer`](MemoryTransport::timer) to manual, by moving it, or puts
/// a [`Gate`](crate::Gate) into the reply.
#[derive(Debug)]
#[must_use = "dropping it at once checks nothing"]
pub struct MemoryTransport(Arc<Shared>);

impl MemoryTransport {
    /// A transport with no reply yet, and a clock of its own.
    #[track_caller]
    pub fn new() -> Self {
        Self::with_timer(ManualTimer::auto())
    }

    /// A transport with no reply yet, on this timer: a [`ManualTimer`] that others share, or a runtime's. On a
    /// `TokioTimer` (feature `tokio`) everything runs in tokio's time, the paused one of its tests too:
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
    /// memory.allow_unread();
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

    /// The transport for a client of your own. [`client_builder`](MemoryTransport::client_builder) sets one up.
    pub fn handle(&self) -> MemoryHandle {
        MemoryHandle::new(Arc::clone(&self.0))
    }

    /// The clock that the client sees.
    ///
    /// # Panics
    ///
    /// If [another kind of timer](MemoryTransport::with_timer) was given.
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

    /// Lets the test pass with replies that were not used.
    pub fn allow_unused(&self) -> &Self {
        self.0.lock().allowed.unused = true;
        self
    }

    /// Lets the test pass with bodies that were not read.
    pub fn allow_unread(&self) -> &Self {
        self.0.lock().allowed.unread = true;
        self
    }

    /// Lets the test pass with requests that found no reply, from now on.
    pub fn allow_unmatched(&self) -> &Self {
        self.0.lock().allowed.unmatched = true;
        self
    }

    /// The requests so far, in the order in which they came, with or without a reply.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.0.lock().requests.clone()
    }

    /// The requests so far for which this condition holds: `requests_for("greeter")` are those for this deployment.
    pub fn requests_for(&self, condition: impl Into<Condition>) -> Vec<RecordedRequest> {
        let (mut requests, condition) = (self.requests(), condition.into());
        requests.retain(|request| condition.difference(request).is_none());
        requests
    }

    /// The one request so far.
    ///
    /// # Panics
    ///
    /// If there is none, or another one.
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

    /// The most exchanges that went on at one time: from the request to the end of the answer's body, or until the
    /// client dropped it.
    pub fn most_in_flight(&self) -> usize {
        self.0.lock().most_in_flight
    }

    /// Checks now, at this line, what dropping checks.
    ///
    /// # Panics
    ///
    /// If something is left over that isn't allowed to be.
    #[track_caller]
    pub fn verify(self) {
        self.check();
    }

    #[track_caller]
    fn check(&self) {
        end_guard(|| self.0.complaint(), || self.0.what_went_wrong());
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
