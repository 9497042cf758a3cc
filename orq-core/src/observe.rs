//! A report of each call, for logs and metrics.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use http::StatusCode;

use crate::{
    clocks::Timing,
    error::Error,
    maybe_send::{MaybeSend, MaybeSync},
    model::{Choice, Completion, CompletionChunk, FinishReason, Merge, Room, Usage},
    response::ResponseMeta,
    secret::ApiKey,
    transport::{CallContext, Operation},
};

/// Receives one [`CallReport`] when a call ends, also when the call or its stream is dropped.
///
/// A call that never starts has no report: one that is never polled, one with an
/// [`Argument`](crate::ErrorKind::Argument) error, and one with a timeout that no timer can measure.
///
/// Set one with [`ClientBuilder::observer`](crate::ClientBuilder::observer).
///
/// ```
/// use orq_core::observe::{CallReport, Observer, Outcome};
/// use orq_core::{Client, DeploymentRequest};
/// use orq_testkit::FakeOrq;
///
/// #[derive(Debug)]
/// struct Log;
///
/// impl Observer for Log {
///     fn call_ended(&self, report: &CallReport, outcome: Outcome<'_>) {
///         println!("{} {:?}: {outcome:?} after {:?}", report.operation, report.deployment, report.total);
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let client = Client::builder(FakeOrq::new()).api_key("sk-orq-test").observer(Log).build()?;
/// client.deployments().invoke(&DeploymentRequest::new("chat").input("firstname", "Jane")).await?;
/// # Ok::<(), orq_core::Error>(())
/// # }).unwrap();
/// ```
pub trait Observer: fmt::Debug + MaybeSend + MaybeSync {
    /// Receives the report of a call that has ended. It is called while the call or its stream is polled or dropped,
    /// and must not block.
    fn call_ended(&self, report: &CallReport, outcome: Outcome<'_>);
}

/// How a call ended.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Outcome<'a> {
    /// The response was complete; a stream was read to its end.
    Complete,
    /// The call or its stream failed with this error. An answer that was cut has failed, too: the kind is
    /// [`Truncated`](crate::ErrorKind::Truncated) if the body ended too early, else that of its cause, such as
    /// [`Closed`](crate::ErrorKind::Closed) or [`Timeout`](crate::ErrorKind::Timeout), and [`Error::partial`] returns
    /// what had arrived.
    Failed(&'a Error),
    /// The call or its stream was dropped before its end.
    Dropped,
}

impl Outcome<'_> {
    /// Returns a word to count outcomes by: `complete`, `dropped`, or the kind of the error, such as `truncated`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Failed(error) => error.kind().as_str(),
            Self::Dropped => "dropped",
        }
    }
}

/// The report of a call that has ended. All times are `None` if the client has no timer.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct CallReport {
    /// The operation.
    pub operation: Operation,
    /// The key of the deployment, for operations on one.
    pub deployment: Option<String>,
    /// Number of attempts that were started.
    pub attempts: u32,
    /// The status code of the last response.
    pub status: Option<StatusCode>,
    /// orq's trace id.
    pub trace_id: Option<String>,
    /// Time from the start of the call until the headers of the last response arrived.
    pub time_to_head: Option<Duration>,
    /// Time from the start of the call until the first text of a stream was returned to the caller.
    pub time_to_first_text: Option<Duration>,
    /// The longest time between two chunks of the body of the last response, or between its headers and the first
    /// chunk.
    pub largest_gap: Option<Duration>,
    /// Time from the start of the call to its end.
    pub total: Option<Duration>,
    /// Number of bytes that were read of the bodies of all responses.
    pub bytes: u64,
    /// orq's id of the completion.
    pub response_id: Option<String>,
    /// The model, from the completion.
    pub model: Option<String>,
    /// Token counts, if the completion had them.
    pub usage: Option<Usage>,
    /// The finish reason of each choice, by its index; `None` if it didn't arrive.
    pub finish_reasons: BTreeMap<u64, Option<FinishReason>>,
}

/// Collects the report of one call. Its clones share the report. When the last one is dropped before the call has
/// ended, the outcome is [`Outcome::Dropped`].
#[derive(Clone, Default)]
pub(crate) struct Recorder(Option<Arc<Recording>>);

struct Recording {
    observer: Arc<dyn Observer>,
    timing: Timing,
    started: Option<Duration>,
    state: Mutex<State>,
}

struct State {
    report: CallReport,
    /// When the last chunk of the body, or the headers, arrived.
    last_bytes: Option<Duration>,
    has_ended: bool,
    /// The room for unknown fields of the token counts.
    room: Room,
}

impl Recorder {
    pub(crate) fn new(
        observer: Option<&Arc<dyn Observer>>,
        timing: &Timing,
        context: &CallContext,
    ) -> Self {
        let Some(observer) = observer else {
            return Self(None);
        };
        let report = CallReport {
            operation: context.operation(),
            deployment: context.deployment().map(str::to_owned),
            ..CallReport::default()
        };
        Self(Some(Arc::new(Recording {
            observer: observer.clone(),
            timing: timing.clone(),
            started: timing.now(),
            state: Mutex::new(State {
                report,
                last_bytes: None,
                has_ended: false,
                room: Room::default(),
            }),
        })))
    }

    fn note(&self, change: impl FnOnce(&mut State, &Recording)) {
        if let Some(recording) = &self.0 {
            change(&mut recording.state(), recording);
        }
    }

    /// Records the start of an attempt.
    pub(crate) fn attempt(&self) {
        self.note(|state, _| state.report.attempts = state.report.attempts.saturating_add(1));
    }

    /// Records the headers of a response.
    pub(crate) fn head(&self, meta: &ResponseMeta) {
        self.note(|state, recording| {
            state.report.status = Some(meta.status);
            state.report.trace_id = meta.trace_id().map(str::to_owned);
            state.report.time_to_head = recording.elapsed();
            state.report.largest_gap = None;
            // What is known of an answer is that of the last response.
            state.report.response_id = None;
            state.report.model = None;
            state.report.usage = None;
            state.report.finish_reasons.clear();
            state.last_bytes = recording.timing.now();
        });
    }

    /// Records a chunk of the body, by its size in bytes.
    pub(crate) fn bytes(&self, count: usize) {
        self.note(|state, recording| {
            state.report.bytes = state.report.bytes.saturating_add(count as u64);
            let now = recording.timing.now();
            let gap = now
                .zip(state.last_bytes)
                .map(|(now, last)| now.saturating_sub(last));
            state.report.largest_gap = state.report.largest_gap.max(gap);
            state.last_bytes = now;
        });
    }

    /// Records a completion, or a part of it that isn't returned as a chunk, with `key` redacted.
    pub(crate) fn answer(&self, answer: &Completion, key: &ApiKey) {
        let (id, model) = (&answer.id, &answer.model);
        let trace_id = answer.telemetry_trace_id();
        self.note(|state, _| {
            let report = &mut state.report;
            report.answered(
                [id, model],
                trace_id,
                answer.usage(),
                &answer.choices,
                (&mut state.room, key),
            );
        });
    }

    /// Records a chunk of a stream that is returned to the caller, with `key` redacted.
    pub(crate) fn chunk(&self, chunk: &CompletionChunk, key: &ApiKey) {
        let (id, model) = (&chunk.id, &chunk.model);
        let trace_id = chunk.telemetry_trace_id();
        self.note(|state, recording| {
            let report = &mut state.report;
            report.answered(
                [id, model],
                trace_id,
                chunk.usage(),
                &chunk.choices,
                (&mut state.room, key),
            );
            if report.time_to_first_text.is_none()
                && chunk.text().is_some_and(|text| !text.is_empty())
            {
                report.time_to_first_text = recording.elapsed();
            }
        });
    }

    /// Sends the report to the observer, unless the call has ended before.
    pub(crate) fn end(&self, outcome: Outcome<'_>) {
        if let Some(recording) = &self.0 {
            recording.end(outcome);
        }
    }
}

impl CallReport {
    fn answered(
        &mut self,
        [id, model]: [&Option<String>; 2],
        trace_id: Option<&str>,
        usage: Option<&Usage>,
        choices: &[Choice],
        (room, key): (&mut Room, &ApiKey),
    ) {
        // A server may repeat the key, and a report is made to be logged.
        let hide = |text: &str| key.hide(text.to_owned());
        for (kept, new) in [
            (&mut self.response_id, id.as_deref()),
            (&mut self.model, model.as_deref()),
            (&mut self.trace_id, trace_id),
        ] {
            if kept.is_none() {
                *kept = new.filter(|new| !new.is_empty()).map(hide);
            }
        }
        self.usage.merge(&usage.cloned(), room);
        for (position, choice) in (0..).zip(choices) {
            let index = choice.index.unwrap_or(position);
            let reason = self.finish_reasons.entry(index).or_default();
            let new = choice.finish_reason.as_option();
            let new = new.map(|new| FinishReason::from(hide(new.as_str())));
            reason.merge(&new, room);
        }
    }
}

impl Recording {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn elapsed(&self) -> Option<Duration> {
        Some(self.timing.now()?.saturating_sub(self.started?))
    }

    fn end(&self, outcome: Outcome<'_>) {
        let mut state = self.state();
        if std::mem::replace(&mut state.has_ended, true) {
            return;
        }
        state.report.total = self.elapsed();
        let report = state.report.clone();
        drop(state);
        self.observer.call_ended(&report, outcome);
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        self.end(Outcome::Dropped);
    }
}
