//! A transport that plays a cassette.

mod differences;
mod handle;
mod played_body;
mod player;

use std::sync::Arc;

use orq_core::Timer;

pub use self::handle::ReplayHandle;
use self::player::{Player, PlayerState};
use super::{
    error::{CassetteError, CassetteErrorKind},
    file,
    settings::Cassette,
    tape::Tape,
};
use crate::{
    guard::{end_guard, fail},
    time::ManualTimer,
};

/// Replays what a [`Recorder`](super::Recorder) wrote. Nothing is sent.
///
/// The client gets a [`handle`](Replay::handle). A request gets the response of the first recorded interaction that
/// matches it and wasn't played yet. To match, they must have
/// - the same operation, or if it is none of the four, the same method and path;
/// - the same query;
/// - the same body once it is redacted as the recorded one was: as JSON, in which the order of keys doesn't matter,
///   or else byte for byte.
///
/// The host and the base URL's path don't matter, nor do headers and the number of the attempt.
///
/// Chunks are split as they were, and errors have the same kind, phase and delivery. A body whose reader gave up
/// waiting stalls there, so that a client times out as it did then; a request that got no answer gets none.
///
/// The test keeps this value. When it is dropped, or when [`verify`](Replay::verify) is called, the test fails
/// - if an interaction wasn't played ([`allow_unused`](Replay::allow_unused) switches that off),
/// - if a request matched no interaction that wasn't played yet. It got an error of kind
///   [`Other`](orq_core::transport::TransportErrorKind::Other), whose source names the nearest interaction and the
///   differences, as the failure does, or
/// - if a body was read further than its reader had read when it was recorded. That is an error of the same kind.
///
/// If the test has failed by itself, only such requests and bodies are printed in addition.
#[derive(Debug)]
#[must_use = "dropping it at once checks nothing"]
pub struct Replay(Arc<Player>);

impl Replay {
    /// Opens a cassette: a path or a [`Cassette`].
    ///
    /// # Errors
    ///
    /// A [`CassetteError`] if the file is missing, can't be read or isn't a cassette, or if `cassette` has a
    /// [redaction](Cassette::redact) that the file wasn't recorded with.
    pub fn open(cassette: impl Into<Cassette>) -> Result<Self, CassetteError> {
        let cassette = cassette.into();
        let path = &cassette.path;
        let tape = Tape::parse(&file::read(path)?).map_err(|error| error.at(path))?;
        let asked = &cassette.redaction.pointers;
        if let Some(pointer) = asked
            .iter()
            .find(|pointer| !tape.pointers.contains(pointer))
        {
            let message =
                format!("the cassette was recorded without redacting {pointer}; record it again");
            return Err(CassetteError::new(CassetteErrorKind::Stale, message).at(path));
        }
        let timer = cassette
            .timer
            .clone()
            .unwrap_or_else(|| Arc::new(ManualTimer::auto()));
        Ok(Self(Arc::new(Player::new(cassette, tape, timer))))
    }

    /// Returns the transport for a client.
    pub fn handle(&self) -> ReplayHandle {
        ReplayHandle(Arc::clone(&self.0))
    }

    /// Returns the timer of the client.
    pub fn timer(&self) -> Arc<dyn Timer> {
        Arc::clone(&self.0.timer)
    }

    /// Lets the test pass although interactions weren't played. Requests that match none still fail it.
    pub fn allow_unused(&self) -> &Self {
        self.0.lock().allow_unused = true;
        self
    }

    /// Checks now what dropping checks; a failure names the line of this call.
    ///
    /// # Panics
    ///
    /// If an interaction wasn't played, a request matched none, or a body was read too far.
    #[track_caller]
    pub fn verify(self) {
        if let Some(complaint) = self.in_words(PlayerState::problems) {
            fail(&complaint);
        }
    }

    fn in_words(
        &self,
        problems: impl FnOnce(&mut PlayerState) -> Option<String>,
    ) -> Option<String> {
        let problems = problems(&mut self.0.lock())?;
        Some(format!("Replay of {}:{problems}", self.0.path.display()))
    }
}

impl Drop for Replay {
    fn drop(&mut self) {
        end_guard(
            || self.in_words(PlayerState::problems),
            || self.in_words(PlayerState::went_wrong),
        );
    }
}
