//! Collecting the report of a call.

use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http::Request;

use super::{AttemptSpan, CallReport, CallSpan, Observer, Outcome, Spans};
use crate::{
    clocks::Timing,
    model::{Choice, Completion, CompletionChunk, FinishReason, Merge, Room, Usage},
    response::ResponseMeta,
    secret::ApiKey,
    transport::CallContext,
};

/// Collects the report of one call. Its clones share the report. When the last one is dropped before the call has
/// ended, the outcome is [`Outcome::Dropped`].
#[derive(Clone, Default)]
pub(crate) struct Recorder(Option<Arc<Recording>>);

struct Recording {
    observer: Option<Arc<dyn Observer>>,
    timing: Timing,
    started: Option<Duration>,
    state: Mutex<State>,
}

struct State {
    report: CallReport,
    span: CallSpan,
    /// When the last chunk of the body, or the headers, arrived.
    last_bytes: Option<Duration>,
    has_ended: bool,
    /// The room for unknown fields of the token counts.
    room: Room,
}

impl Recorder {
    pub(crate) fn new(
        observer: Option<&Arc<dyn Observer>>,
        span: CallSpan,
        timing: &Timing,
        context: &CallContext,
    ) -> Self {
        if observer.is_none() && span.is_disabled() {
            return Self(None);
        }
        let report = CallReport {
            operation: context.operation(),
            deployment: context.deployment().map(str::to_owned),
            ..CallReport::default()
        };
        Self(Some(Arc::new(Recording {
            observer: observer.cloned(),
            timing: timing.clone(),
            started: timing.now(),
            state: Mutex::new(State {
                report,
                span,
                last_bytes: None,
                has_ended: false,
                room: Room::default(),
            }),
        })))
    }

    #[inline]
    fn note(&self, change: impl FnOnce(&mut State, &Recording)) {
        if let Some(recording) = &self.0 {
            change(&mut recording.state(), recording);
        }
    }

    /// Records the start of an attempt.
    pub(crate) fn attempt(&self) {
        self.note(|state, _| state.report.attempts = state.report.attempts.saturating_add(1));
    }

    /// Starts the span of an attempt, and adds its context to the headers of its request, which has this key.
    pub(crate) fn attempt_span(
        &self,
        spans: &Spans,
        number: u32,
        request: &mut Request<Bytes>,
        key: &ApiKey,
    ) -> AttemptSpan {
        // The lock isn't held while subscribers and the caller's functions run.
        let span = self.0.as_ref().map(|it| it.state().span.clone());
        span.unwrap_or_default()
            .attempt(spans, number, request, key)
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
            state.span.answer(answer, key);
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

    /// Records the content of a streamed completion, if content is recorded.
    pub(crate) fn content(&self, answer: &Completion, key: &ApiKey) {
        self.note(|state, _| state.span.answer(answer, key));
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
            if report.time_to_first_chunk.is_none() {
                report.time_to_first_chunk = recording.elapsed();
            }
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
        if mem::replace(&mut state.has_ended, true) {
            return;
        }
        state.report.total = self.elapsed();
        let report = state.report.clone();
        // It ends here, even if a stream is kept.
        let span = mem::take(&mut state.span);
        drop(state);
        span.end(&report, outcome);
        if let Some(observer) = &self.observer {
            span.inside(|| observer.call_ended(&report, outcome));
        }
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        self.end(Outcome::Dropped);
    }
}
