//! A script while it is played.

use std::{
    collections::VecDeque,
    future::poll_fn,
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

use super::{
    gate::{GateInScript, Passage},
    script::{Script, Step, Wait},
};
use crate::time::{Hold, TimeSource};

/// A body that follows a script.
pub(crate) struct Playback<G = ()> {
    steps: VecDeque<Step>,
    waiting: Option<Waiting>,
    clock: TimeSource,
    progress: Arc<Progress>,
    /// Held as long as the body is: it is dropped at its end.
    _guard: G,
}

/// How far the reader of a body came.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    polled: AtomicBool,
    ended: AtomicBool,
}

impl Progress {
    /// Whether anybody asked for the body's bytes.
    pub(crate) fn polled(&self) -> bool {
        self.polled.load(Ordering::Acquire)
    }

    /// Whether the body was read up to its end or its break.
    pub(crate) fn ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }
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
                if waiting.poll(cx).is_pending() {
                    return Poll::Pending;
                }
                self.waiting = None;
            }
            match self.steps.pop_front() {
                Some(Step::Wait(wait)) => self.waiting = Some(Waiting::new(wait, &self.clock)),
                Some(Step::Chunk(bytes)) => return Poll::Ready(Some(Ok(bytes))),
                // A body isn't polled after an error, so what stands behind it never comes.
                Some(Step::Break(fault)) => return Poll::Ready(Some(Err(fault.in_body()))),
                Some(Step::End) | None => return Poll::Ready(None),
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

/// A wait that has begun.
pub(crate) enum Waiting {
    Sleeping(Sleep),
    AtGate {
        gate: GateInScript,
        hold: Option<Arc<Hold>>,
        clock: TimeSource,
    },
    Forever,
}

impl Waiting {
    pub(crate) fn new(wait: Wait, clock: &TimeSource) -> Self {
        match wait {
            Wait::Time(time) => Self::Sleeping(clock.timer().sleep(time)),
            Wait::Gate(gate) => Self::AtGate {
                gate,
                hold: None,
                clock: clock.clone(),
            },
            Wait::Forever => Self::Forever,
        }
    }

    pub(crate) async fn over(mut self) {
        poll_fn(|cx| self.poll(cx)).await;
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match self {
            Self::Sleeping(sleep) => sleep.poll_unpin(cx),
            Self::AtGate { gate, hold, clock } => match gate.poll_pass(cx) {
                Passage::Open => {
                    *hold = None;
                    Poll::Ready(())
                }
                Passage::Closed => {
                    hold.get_or_insert_with(|| gate.hold(clock));
                    Poll::Pending
                }
                Passage::Abandoned => {
                    *hold = None;
                    Poll::Pending
                }
            },
            // No waker is kept: nothing will ever come.
            Self::Forever => Poll::Pending,
        }
    }
}
