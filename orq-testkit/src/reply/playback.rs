//! A script while it is played.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use bytes::Bytes;
use futures::stream;
use orq_core::transport::{Body, MaybeSend, TransportError};

use super::script::{Script, Step, Wait};
use crate::time::TimeSource;

/// A body that follows a script.
pub(crate) struct Playback<G = ()> {
    steps: VecDeque<Step>,
    clock: TimeSource,
    progress: Arc<Progress>,
    /// Held as long as the body is: it is dropped at its end.
    _guard: G,
}

/// How far the reader of a body came.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// Whether anybody asked for the body's bytes.
    pub(crate) polled: AtomicBool,
    /// Whether the body was read up to its end or its break.
    pub(crate) ended: AtomicBool,
}

impl<G> Playback<G> {
    pub(crate) fn new(script: Script, clock: TimeSource, guard: G) -> Self {
        Self {
            steps: script.0.into(),
            clock,
            progress: Arc::default(),
            _guard: guard,
        }
    }

    pub(crate) fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }

    /// Returns the body, which plays while it is read.
    pub(crate) fn into_body(self) -> Body
    where
        G: MaybeSend + 'static,
    {
        Body::from_stream(stream::unfold(self, Self::next))
    }

    /// Plays up to the next chunk, or to the end.
    async fn next(mut self) -> Option<(Result<Bytes, TransportError>, Self)> {
        self.progress.polled.store(true, Ordering::Release);
        let end = loop {
            match self.steps.pop_front() {
                Some(Step::Wait(wait)) => wait.over(&self.clock).await,
                Some(Step::Chunk(bytes)) => {
                    self.clock.stir();
                    return Some((Ok(bytes), self));
                }
                Some(Step::End(ending)) => break ending.end().await,
                None => break None,
            }
        };
        self.clock.stir();
        self.progress.ended.store(true, Ordering::Release);
        end.map(|end| (end, self))
    }
}

impl Wait {
    /// Waits on this clock.
    pub(super) async fn over(self, clock: &TimeSource) {
        match self {
            Self::Time(time) => clock.timer().sleep(time).await,
            Self::Gate(gate) => gate.pass(clock).await,
        }
    }
}
