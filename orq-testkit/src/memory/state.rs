//! The queue, and what has come of it so far.

use std::{
    collections::VecDeque,
    fmt::{self, Write},
    panic::Location,
    sync::{Mutex, MutexGuard, PoisonError},
};

use orq_core::transport::TransportError;

use crate::{ManualTimer, RecordedRequest, Reply};

/// What the test and its handles share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub(super) timer: ManualTimer,
    state: Mutex<State>,
}

#[derive(Default)]
pub(super) struct State {
    queue: VecDeque<Scripted>,
    scripted: usize,
    pub(super) requests: Vec<RecordedRequest>,
    /// Positions in `requests`.
    unanswered: Vec<usize>,
    pub(super) allow_unused: bool,
}

/// An entry of the queue.
struct Scripted {
    /// Counted from 1 over all replies of this transport.
    number: usize,
    at: &'static Location<'static>,
    outcome: Outcome,
}

/// What a request gets.
pub(super) enum Outcome {
    Reply(Reply),
    Fail(TransportError),
    Never,
}

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    pub(super) fn push(&mut self, outcome: Outcome, at: &'static Location<'static>) {
        self.scripted += 1;
        self.queue.push_back(Scripted {
            number: self.scripted,
            at,
            outcome,
        });
    }

    /// Records a request, and gives what it gets.
    pub(super) fn take(&mut self, request: RecordedRequest) -> Option<Outcome> {
        let next = self.queue.pop_front();
        if next.is_none() {
            self.unanswered.push(self.requests.len());
        }
        self.requests.push(request);
        next.map(|scripted| scripted.outcome)
    }

    /// What is wrong at the end of a test, in words.
    pub(super) fn complaint(&self) -> Option<String> {
        let mut lines = String::new();
        if !self.allow_unused {
            for reply in &self.queue {
                let Scripted {
                    number,
                    at,
                    outcome,
                } = reply;
                let _ = write!(
                    lines,
                    "\n  reply {number} ({outcome}) was never used; scripted at {at}"
                );
            }
        }
        for &index in &self.unanswered {
            if let Some(request) = self.requests.get(index) {
                let _ = write!(
                    lines,
                    "\n  request {} found no reply left: {}",
                    index + 1,
                    request
                );
            }
        }
        (!lines.is_empty()).then(|| format!("MemoryTransport:{lines}"))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reply(reply) => reply.fmt(f),
            Self::Fail(error) => error.fmt(f),
            Self::Never => f.write_str("no answer"),
        }
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("replies_left", &self.queue.len())
            .field("requests", &self.requests.len())
            .finish_non_exhaustive()
    }
}
