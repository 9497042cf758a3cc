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

/// Plays what a [`Recorder`](super::Recorder) wrote. Nothing leaves the machine.
///
/// The client gets a [`handle`](Replay::handle). A request gets what the first recorded interaction got that matches
/// it and wasn't played yet. To match, they must have
/// - the same operation; without one of the four, the same method and path;
/// - the same query;
/// - the same body once it is redacted as the recorded one was: as JSON, in which the order of keys doesn't matter,
///   or else byte for byte.
///
/// The host and the base URL's path don't matter, nor do headers and the number of the attempt.
///
/// Chunks begin and end where they did, and errors have the same kind, phase and delivery. A body whose reader gave up
/// waiting stands still there, so that a client's clock runs out as it did then; a request that got no answer gets
/// none.
///
/// This value stays with the test and is its guard: when it is dropped, or when [`verify`](Replay::verify) is called,
/// the test fails
/// - if an interaction wasn't played ([`allow_unused`](Replay::allow_unused) switches that off),
/// - if a request matched none that was left. It got an error of kind
///   [`Other`](orq_core::transport::TransportErrorKind::Other), whose source names the nearest interaction and the
///   differences, as the failure does, or
/// - if a body was read beyond the place where its reader dropped it when it was recorded. That is an error of the
///   same kind.
///
/// While the thread is panicking already, nothing is checked.
#[derive(Debug)]
#[must_use = "dropping it at once checks nothing"]
pub struct Replay(Arc<Player>);

impl Replay {
    /// Opens a cassette: a path or a [`Cassette`].
    ///
    /// # Errors
    ///
    /// A [`CassetteError`] if the file isn't there, can't be read or doesn't fit, or if `cassette` asks for a
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
        ReplayHandle::new(Arc::clone(&self.0))
    }

    /// Returns the timer of the client.
    pub fn timer(&self) -> Arc<dyn Timer> {
        Arc::clone(&self.0.timer)
    }

    /// Lets the test pass with interactions that weren't played. Requests that match none still fail it.
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
