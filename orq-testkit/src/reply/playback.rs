//! A script while it is played.

use std::{
    collections::VecDeque,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use bytes::Bytes;
use futures::{FutureExt, Stream};
use orq_core::{Sleep, transport::TransportError};

use super::script::{Script, Step, Wait};
use crate::time::TimeSource;

/// A body that follows a script.
pub(crate) struct Playback<G = ()> {
    steps: VecDeque<Step>,
    waiting: Option<Sleep>,
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
            waiting: None,
            clock,
            progress: Arc::default(),
            _guard: guard,
        }
    }

    pub(crate) fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }

    fn poll_step(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, TransportError>>> {
        loop {
            if let Some(waiting) = &mut self.waiting {
                if waiting.poll_unpin(cx).is_pending() {
                    return Poll::Pending;
                }
                self.waiting = None;
            }
            // The end stays where it is: a stall may be polled again.
            if let Some(Step::End(ending)) = self.steps.front() {
                return ending.poll();
            }
            match self.steps.pop_front() {
                Some(Step::Wait(wait)) => {
                    self.waiting = Some(Box::pin(wait.over(self.clock.clone())))
                }
                Some(Step::Chunk(bytes)) => return Poll::Ready(Some(Ok(bytes))),
                Some(Step::End(_)) | None => return Poll::Ready(None),
            }
        }
    }
}

impl<G: Unpin> Stream for Playback<G> {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.progress.polled.store(true, Ordering::Release);
        let polled = self.poll_step(cx);
        if polled.is_ready() {
            self.clock.stir();
        }
        if !matches!(polled, Poll::Pending | Poll::Ready(Some(Ok(_)))) {
            self.progress.ended.store(true, Ordering::Release);
        }
        polled
    }
}

impl Wait {
    /// Waits on this clock.
    pub(super) async fn over(self, clock: TimeSource) {
        match self {
            Self::Time(time) => clock.timer().sleep(time).await,
            Self::Gate(gate) => gate.pass(&clock).await,
        }
    }
}
