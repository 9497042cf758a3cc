//! One test's use of a cassette.

use std::sync::Arc;

use orq_core::transport::HttpTransport;

use super::{CassetteError, Mode, Recorder, Replay};

/// A cassette that is recorded, played or left alone: [`Cassette::open`](super::Cassette::open).
///
/// Like the [`Recorder`] or the [`Replay`] in it, it is the test's guard: dropping it writes the cassette, or checks
/// that all of it was played.
#[derive(Debug)]
#[must_use = "dropping it ends the recording, or checks the replay"]
pub struct Session(Deck);

#[derive(Debug)]
pub(super) enum Deck {
    Recorder(Recorder),
    Replay(Replay),
    Off(Arc<dyn HttpTransport>),
}

impl Session {
    pub(super) fn new(deck: Deck) -> Self {
        Self(deck)
    }

    /// The transport for a client.
    pub fn handle(&self) -> Arc<dyn HttpTransport> {
        match &self.0 {
            Deck::Recorder(recorder) => Arc::new(recorder.handle()),
            Deck::Replay(replay) => Arc::new(replay.handle()),
            Deck::Off(transport) => Arc::clone(transport),
        }
    }

    /// What this session does.
    pub fn mode(&self) -> Mode {
        match self.0 {
            Deck::Recorder(_) => Mode::Record,
            Deck::Replay(_) => Mode::Replay,
            Deck::Off(_) => Mode::Off,
        }
    }

    /// Does now, at this line, what dropping does: [`Recorder::save`] or [`Replay::verify`].
    ///
    /// # Errors
    ///
    /// Those of [`Recorder::save`].
    ///
    /// # Panics
    ///
    /// As [`Replay::verify`] does.
    #[track_caller]
    pub fn finish(self) -> Result<(), CassetteError> {
        match self.0 {
            Deck::Recorder(recorder) => recorder.save(),
            Deck::Replay(replay) => {
                replay.verify();
                Ok(())
            }
            Deck::Off(_) => Ok(()),
        }
    }
}
