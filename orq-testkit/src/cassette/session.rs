//! One test's use of a cassette.

use std::{error::Error as StdError, sync::Arc};

use orq_core::transport::HttpTransport;

use super::{
    error::{CassetteError, CassetteErrorKind},
    mode::Mode,
    recorder::Recorder,
    replay::Replay,
    settings::Cassette,
};

/// A cassette that is recorded, replayed or not used: [`Cassette::open`](super::Cassette::open).
///
/// The test keeps it, like the [`Recorder`] or the [`Replay`] in it: dropping it writes the cassette, or checks that
/// all of it was played.
#[derive(Debug)]
#[must_use = "dropping it ends the recording, or checks the replay"]
pub struct Session(Inner);

#[derive(Debug)]
enum Inner {
    Recorder(Recorder),
    Replay(Replay),
    Off(Arc<dyn HttpTransport>),
}

impl Cassette {
    /// Records, replays or does neither, depending on `mode`. `transport` creates the real transport; a replay doesn't
    /// call it.
    ///
    /// # Errors
    ///
    /// [`CassetteErrorKind::Transport`] if `transport` fails, and those of [`Replay::open`].
    pub fn open<T, E>(
        self,
        mode: Mode,
        transport: impl FnOnce() -> Result<T, E>,
    ) -> Result<Session, CassetteError>
    where
        T: HttpTransport + 'static,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        let real = || {
            transport().map_err(|error| {
                let message = "the transport to record with can't be made";
                CassetteError::new(CassetteErrorKind::Transport, message).with_source(error)
            })
        };
        let inner = match mode {
            Mode::Record => Inner::Recorder(Recorder::new(real()?, self)),
            Mode::Replay => Inner::Replay(Replay::open(self)?),
            Mode::Off => Inner::Off(Arc::new(real()?)),
        };
        Ok(Session(inner))
    }
}

impl Session {
    /// Returns the transport for a client.
    pub fn handle(&self) -> Arc<dyn HttpTransport> {
        match &self.0 {
            Inner::Recorder(recorder) => Arc::new(recorder.handle()),
            Inner::Replay(replay) => Arc::new(replay.handle()),
            Inner::Off(transport) => Arc::clone(transport),
        }
    }

    /// Returns the mode: whether this session records, replays or does neither.
    pub fn mode(&self) -> Mode {
        match self.0 {
            Inner::Recorder(_) => Mode::Record,
            Inner::Replay(_) => Mode::Replay,
            Inner::Off(_) => Mode::Off,
        }
    }

    /// Ends the session now, instead of when it is dropped: by [`Recorder::save`] or [`Replay::verify`].
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
            Inner::Recorder(recorder) => recorder.save(),
            Inner::Replay(replay) => {
                replay.verify();
                Ok(())
            }
            Inner::Off(_) => Ok(()),
        }
    }
}
