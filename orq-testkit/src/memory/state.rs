//! What was scripted, what came, and what became of it.

use std::{
    fmt, mem,
    panic::Location,
    sync::{Arc, Mutex, MutexGuard, atomic::Ordering},
};

use super::expectation::{Expectation, Place, find, forbidden, no_reply};
use crate::{
    lock::lock,
    reply::{Progress, Reply},
    request::RecordedRequest,
    time::TimeSource,
};

/// How many of the last requests a failure lists.
const LISTED: usize = 10;

const RETRY_HINT: &str =
    "`client()` doesn't retry; a client that does is `client_builder().max_attempts(3)`";

const IN_USE_HINT: &str = "a client or a response of this transport is still alive: keep the MemoryTransport until \
    the test's end, and await the tasks that use the client";

/// What the test and its handles share.
pub(super) struct Shared {
    pub(super) clock: TimeSource,
    made_at: &'static Location<'static>,
    /// Held while a request looks for its reply, so that queued replies are taken in the order of the requests.
    turn: Mutex<()>,
    state: Mutex<MemoryState>,
}

#[derive(Default)]
pub(super) struct MemoryState {
    expectations: Vec<Arc<Expectation>>,
    pub(super) requests: Vec<RecordedRequest>,
    bodies: Vec<HandedOut>,
    in_flight: usize,
    pub(super) most_in_flight: usize,
    pub(super) allowed: Allowed,
    /// What each request got, in words.
    got: Vec<String>,
    /// Whether one got a 429 or a 503.
    refused: bool,
    /// What went wrong on the way, in words.
    wrong: Vec<String>,
}

/// What the test lets pass at its end.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Allowed {
    pub(super) unused: bool,
    pub(super) unread: bool,
    pub(super) unmatched: bool,
}

/// A body that a client got.
struct HandedOut {
    /// In words.
    reply: String,
    place: Place,
    progress: Arc<Progress>,
    to_end: bool,
}

/// The reply that a request gets.
pub(super) struct Match {
    pub(super) place: Place,
    pub(super) reply: Reply,
}

impl Shared {
    pub(super) fn new(clock: TimeSource, made_at: &'static Location<'static>) -> Self {
        Self {
            clock,
            made_at,
            turn: Mutex::default(),
            state: Mutex::default(),
        }
    }

    /// Records a request, and gives what it gets: by the first rule that fits, or else from the queue.
    ///
    /// # Errors
    ///
    /// If there is nothing for it: why, in words.
    pub(super) fn take(&self, request: RecordedRequest) -> Result<Match, String> {
        let _turn = lock(&self.turn);
        let (request, expectations) = {
            let mut state = self.lock();
            (state.arrive(request), state.expectations.clone())
        };
        // Conditions and replies may be the test's own code. It may ask this transport, so it runs without the state's
        // lock.
        let judgement = Judgement {
            shared: self,
            request: &request,
        };
        let found = match find(&expectations, &request) {
            Some(expectation) => match expectation.answer(&request) {
                Ok(reply) => Ok(Match {
                    place: expectation.place,
                    reply,
                }),
                Err(rule) => Err(forbidden(&request, &rule)),
            },
            None => Err(no_reply(&expectations, &request)),
        };
        judgement.passed();
        let mut state = self.lock();
        match &found {
            Ok(matched) => state.answered(&request, matched),
            Err(why) if !state.allowed.unmatched => state.wrong.push(why.clone()),
            Err(_) => {}
        }
        found
    }

    /// Takes what is wrong at the end of a test, in words. `in_use` is whether a client may still come.
    pub(super) fn complaint(&self, in_use: bool) -> Option<String> {
        let complaints = self.lock().complaints(in_use);
        self.in_words(&complaints)
    }

    /// What went wrong with requests so far, in words.
    pub(super) fn what_went_wrong(&self) -> Option<String> {
        let wrong = self.lock().wrong.clone();
        self.in_words(&wrong)
    }

    fn in_words(&self, complaints: &[String]) -> Option<String> {
        let made_at = self.made_at;
        (!complaints.is_empty()).then(|| {
            format!(
                "MemoryTransport, made at {made_at}:\n  {}",
                complaints.join("\n  ")
            )
        })
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, MemoryState> {
        lock(&self.state)
    }
}

impl MemoryState {
    pub(super) fn script(&mut self, expectation: impl FnOnce(usize) -> Expectation) {
        let number = self.expectations.len() + 1;
        self.expectations.push(Arc::new(expectation(number)));
    }

    /// Records a request with its place among the others.
    fn arrive(&mut self, mut request: RecordedRequest) -> RecordedRequest {
        self.in_flight += 1;
        self.most_in_flight = self.most_in_flight.max(self.in_flight);
        request.arrived(self.requests.len() + 1, self.in_flight);
        self.requests.push(request.clone());
        request
    }

    pub(super) fn hand_out(&mut self, matched: &Match, progress: Arc<Progress>) {
        if !matched.reply.body.is_empty() {
            self.bodies.push(HandedOut {
                reply: matched.to_string(),
                place: matched.place,
                progress,
                to_end: matched.reply.read_to_end,
            });
        }
    }

    pub(super) fn exchange_over(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    pub(super) fn only_in_memory(&mut self, matched: &Match) {
        let place = matched.place;
        self.wrong
            .push(format!("{matched} can't be played over a socket; {place}"));
    }

    fn answered(&mut self, request: &RecordedRequest, matched: &Match) {
        let number = request.number();
        self.got
            .push(format!("request {number} got {matched}: {request}"));
        self.refused |= matches!(matched.reply.status_code(), Some(429 | 503));
    }

    fn complaints(&mut self, in_use: bool) -> Vec<String> {
        let Allowed { unused, unread, .. } = self.allowed;
        let left = self.expectations.iter().filter(|_| !unused);
        let mut complaints: Vec<_> = left.filter_map(|it| it.leftover()).collect();
        if !complaints.is_empty() {
            let earlier = self.got.len().saturating_sub(LISTED);
            complaints.extend(self.got.iter().skip(earlier).cloned());
            let first = |it: &RecordedRequest| it.context().is_some_and(|it| it.attempt() == 1);
            if self.refused && self.requests.iter().all(first) {
                complaints.push(RETRY_HINT.to_owned());
            }
            if in_use {
                complaints.push(IN_USE_HINT.to_owned());
            }
        }
        let bodies = self.bodies.iter().filter(|_| !unread);
        complaints.extend(bodies.filter_map(HandedOut::leftover));
        complaints.append(&mut self.wrong);
        complaints
    }
}

/// `reply 2 (200 application/json, 14 bytes in 1 chunk)`
impl fmt::Display for Match {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "reply {} ({})", self.place.number, self.reply)
    }
}

/// A request whose reply is looked for. If a condition panics meanwhile, somebody may swallow that, but not the test's
/// guard.
struct Judgement<'a> {
    shared: &'a Shared,
    request: &'a RecordedRequest,
}

impl Judgement<'_> {
    fn passed(self) {
        mem::forget(self);
    }
}

impl Drop for Judgement<'_> {
    fn drop(&mut self) {
        let Self { shared, request } = self;
        let problem = format!(
            "request {} found no reply, because a condition or the function of a reply panicked: {request}",
            request.number()
        );
        let mut state = shared.lock();
        state.wrong.push(problem);
        state.exchange_over();
    }
}

impl HandedOut {
    fn leftover(&self) -> Option<String> {
        let Progress { polled, ended } = &*self.progress;
        let missed = match (
            polled.load(Ordering::Acquire),
            ended.load(Ordering::Acquire),
        ) {
            (false, _) => "was never read",
            (true, false) if self.to_end => "was not read to its end",
            (true, _) => return None,
        };
        Some(format!(
            "the body of {} {missed}; {}",
            self.reply, self.place
        ))
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("MemoryState")
            .field("requests", &state.requests.len())
            .field("in_flight", &state.in_flight)
            .finish_non_exhaustive()
    }
}
