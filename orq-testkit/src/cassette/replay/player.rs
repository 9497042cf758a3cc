//! What is on the cassette, and what has come of it so far.

use std::{
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use orq_core::Timer;

use super::differences::differences;
use crate::{
    cassette::{
        redact::{Redaction, Secret, credentials},
        request::LiveRequest,
        settings::Cassette,
        tape::{Interaction, Tape},
    },
    guard::Explanation,
    lock::lock,
};

/// What the test and its handles share.
pub(super) struct Player {
    pub(super) path: PathBuf,
    pub(super) timer: Arc<dyn Timer>,
    in_own_time: bool,
    state: Mutex<PlayerState>,
}

pub(super) struct PlayerState {
    interactions: Vec<Arc<Interaction>>,
    /// One for each interaction.
    played: Vec<bool>,
    /// The cassette's pointers, and the secrets that the test named.
    named: Redaction,
    /// The same, and the keys of the requests so far.
    all: Redaction,
    requests: usize,
    complaints: Vec<String>,
    pub(super) allow_unused: bool,
}

impl Player {
    pub(super) fn new(cassette: Cassette, tape: Tape, timer: Arc<dyn Timer>) -> Self {
        let mut redaction = cassette.redaction;
        redaction.pointers = tape.pointers;
        Self {
            path: cassette.path,
            timer,
            in_own_time: cassette.in_own_time,
            state: Mutex::new(PlayerState {
                played: vec![false; tape.interactions.len()],
                interactions: tape.interactions.into_iter().map(Arc::new).collect(),
                all: redaction.clone(),
                named: redaction,
                requests: 0,
                complaints: Vec::new(),
                allow_unused: false,
            }),
        }
    }

    /// Waits until this many milliseconds after `start`, if the cassette is replayed in its own time.
    pub(super) async fn wait(&self, start: Duration, millis: u64) {
        let due = start.saturating_add(Duration::from_millis(millis));
        let left = due.saturating_sub(self.timer.now());
        if self.in_own_time && !left.is_zero() {
            self.timer.sleep(left).await;
        }
    }

    /// What a client gets for an error.
    pub(super) fn explain(&self, problem: &str) -> Explanation {
        Explanation(format!("Replay of {}: {problem}", self.path.display()))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, PlayerState> {
        lock(&self.state)
    }
}

impl PlayerState {
    /// The interaction for a request and its number, or the reason why there is none.
    pub(super) fn take(
        &mut self,
        asked: &LiveRequest,
    ) -> Result<(usize, Arc<Interaction>), String> {
        self.requests += 1;
        for (_, credential) in credentials(asked.0.headers()) {
            if let Some(secret) = Secret::new(&credential) {
                self.all.add(secret);
            }
        }
        let live = asked.taped(&self.all, &[]);
        // A key that a test makes up may be a word of the request, which then isn't to be replaced.
        let with_key = asked.taped(&self.named, &[]);
        let fits = |interaction: &Interaction| {
            let recorded = &interaction.request;
            differences(recorded, &live).is_empty() || differences(recorded, &with_key).is_empty()
        };
        let mut left = self.interactions.iter().zip(&mut self.played).enumerate();
        let found = left.find(|(_, (interaction, played))| !**played && fits(interaction));
        if let Some((index, (interaction, played))) = found {
            *played = true;
            return Ok((index + 1, Arc::clone(interaction)));
        }
        let mut problem = format!(
            "request {} matches no unplayed interaction: {live}",
            self.requests
        );
        let candidates = self.interactions.iter().zip(&self.played).enumerate();
        let nearest = candidates.min_by_key(|(_, (interaction, played))| {
            let recorded = &interaction.request;
            let differ = differences(recorded, &live).len();
            (recorded.operation != live.operation, **played, differ)
        });
        problem += &match nearest {
            None => "\n    the cassette is empty".to_owned(),
            Some((index, (interaction, played))) => {
                let number = index + 1;
                let state = match played {
                    true => "was played already",
                    false => "is unplayed",
                };
                let recorded = &interaction.request;
                let differ = differences(recorded, &live);
                format!(
                    "\n    the nearest is interaction {number}, which {state}: {recorded}{differ}"
                )
            }
        };
        self.complaints.push(problem.clone());
        Err(problem)
    }

    pub(super) fn complain(&mut self, problem: String) {
        self.complaints.push(problem);
    }

    /// Takes what is wrong at the end of a test, in words.
    pub(super) fn problems(&mut self) -> Option<String> {
        let wrong = self.went_wrong();
        let interactions = self.interactions.iter().zip(&self.played).enumerate();
        let unused = interactions.filter(|(_, (_, played))| !self.allow_unused && !**played);
        let unused = unused.map(|(index, (interaction, _))| {
            let number = index + 1;
            format!(
                "\n  interaction {number} was never played: {}",
                interaction.request
            )
        });
        let lines: String = unused.chain(wrong).collect();
        (!lines.is_empty()).then_some(lines)
    }

    /// Takes what went wrong with requests so far, in words.
    pub(super) fn went_wrong(&mut self) -> Option<String> {
        let lines = self.complaints.drain(..).map(|it| format!("\n  {it}"));
        Some(lines.collect()).filter(|lines: &String| !lines.is_empty())
    }
}

impl fmt::Debug for Player {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("Player")
            .field("path", &self.path)
            .field("interactions", &state.interactions.len())
            .field(
                "played",
                &state.played.iter().filter(|played| **played).count(),
            )
            .finish_non_exhaustive()
    }
}
