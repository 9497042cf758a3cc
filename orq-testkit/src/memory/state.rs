//! What was scripted, what came, and what became of it.

use std::{
    fmt::{self, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::scripted::{Place, Scripted};
use crate::{RecordedRequest, Reply, clock::Clock, script::Progress};

/// What the test and its handles share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub(super) clock: Clock,
    state: Mutex<State>,
}

#[derive(Default)]
pub(super) struct State {
    scripted: Vec<Scripted>,
    pub(super) requests: Vec<RecordedRequest>,
    bodies: Vec<HandedOut>,
    in_flight: usize,
    pub(super) most_in_flight: usize,
    pub(super) allowed: Allowed,
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
    place: Place,
    shown: String,
    progress: Arc<Progress>,
    to_end: bool,
}

/// The reply that a request gets.
pub(super) struct Match {
    pub(super) place: Place,
    pub(super) reply: Reply,
}

impl Shared {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            state: Mutex::default(),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    pub(super) fn script(&mut self, scripted: impl FnOnce(usize) -> Scripted) {
        let number = self.scripted.len() + 1;
        self.scripted.push(scripted(number));
    }

    /// Records a request, and gives what it gets: by the first rule that fits, or else from the queue.
    ///
    /// # Errors
    ///
    /// If there is nothing for it: why, in words.
    pub(super) fn take(&mut self, mut request: RecordedRequest) -> Result<Match, String> {
        self.in_flight += 1;
        self.most_in_flight = self.most_in_flight.max(self.in_flight);
        request.arrived(self.requests.len() + 1, self.in_flight);
        let rule = self.scripted.iter().position(|scripted| {
            let fits = || scripted.differences(&request).is_empty();
            !scripted.in_queue() && scripted.is_left() && fits()
        });
        let found = rule.or_else(|| {
            let mut all = self.scripted.iter();
            all.position(|scripted| scripted.in_queue() && scripted.is_left())
        });
        let found = found.and_then(|index| self.scripted.get_mut(index));
        let result = match found {
            Some(scripted) => {
                scripted.used += 1;
                Ok(Match {
                    place: scripted.place,
                    reply: scripted.reply.clone(),
                })
            }
            None => Err(self.no_reply(&request)),
        };
        if let Err(why) = &result
            && !self.allowed.unmatched
        {
            self.wrong.push(why.clone());
        }
        self.requests.push(request);
        result
    }

    fn no_reply(&self, request: &RecordedRequest) -> String {
        let mut message = format!("request {} found no reply: {request}", request.number());
        let rules = self.scripted.iter().filter(|scripted| !scripted.in_queue());
        // Of those that are equally near, the one that was scripted first.
        let nearest = rules.rev().max_by_key(|rule| rule.nearness(request));
        if let Some(nearest) = nearest {
            let _ = write!(message, "\n    nearest is {}", nearest.why_not(request));
        }
        match self.scripted.iter().filter(|it| it.in_queue()).count() {
            0 if nearest.is_some() => {}
            0 => message.push_str("\n    nothing was scripted"),
            count => {
                let _ = write!(message, "\n    the queue of {count} is used up");
            }
        }
        message
    }

    pub(super) fn hand_out(&mut self, matched: &Match, progress: Arc<Progress>) {
        if !matched.reply.body.is_empty() {
            self.bodies.push(HandedOut {
                place: matched.place,
                shown: matched.reply.to_string(),
                progress,
                to_end: matched.reply.read_to_end,
            });
        }
    }

    pub(super) fn exchange_over(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    pub(super) fn only_in_memory(&mut self, Match { place, reply }: &Match) {
        let number = place.number;
        self.wrong.push(format!(
            "reply {number} ({reply}) can't be played over a socket; {place}"
        ));
    }

    /// What is wrong at the end of a test, in words.
    pub(super) fn complaint(&self) -> Option<String> {
        let Allowed { unused, unread, .. } = self.allowed;
        let left = self.scripted.iter().filter(|_| !unused);
        let bodies = self.bodies.iter().filter(|_| !unread);
        let complaints: Vec<String> = left
            .filter_map(Scripted::leftover)
            .chain(bodies.filter_map(HandedOut::leftover))
            .chain(self.wrong.iter().cloned())
            .collect();
        (!complaints.is_empty()).then(|| format!("MemoryTransport:\n  {}", complaints.join("\n  ")))
    }
}

impl HandedOut {
    fn leftover(&self) -> Option<String> {
        let missed = match (self.progress.polled(), self.progress.ended()) {
            (false, _) => "was never read",
            (true, false) if self.to_end => "was not read to its end",
            (true, _) => return None,
        };
        let Self { place, shown, .. } = self;
        let number = place.number;
        Some(format!(
            "the body of reply {number} ({shown}) {missed}; {place}"
        ))
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = self.scripted.iter().filter(|scripted| scripted.is_left());
        f.debug_struct("State")
            .field("replies_left", &left.count())
            .field("requests", &self.requests.len())
            .field("in_flight", &self.in_flight)
            .finish_non_exhaustive()
    }
}
