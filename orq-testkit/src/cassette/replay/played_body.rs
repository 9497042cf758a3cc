//! A recorded body, chunk by chunk.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use futures::Stream;
use orq_core::{
    Sleep,
    transport::{Delivery, Phase, TransportError, TransportErrorKind},
};

use super::player::Player;
use crate::cassette::tape::{End, Interaction};

pub(super) struct PlayedBody {
    player: Arc<Player>,
    /// Of the interaction, counted from 1.
    number: usize,
    interaction: Arc<Interaction>,
    /// Of the chunk.
    next: usize,
    head_at: Duration,
    sleep: Option<Sleep>,
    /// Whether the reader looked past the place at which it had dropped the body.
    looked: bool,
}

impl PlayedBody {
    /// The head is there now.
    pub(super) fn new(player: Arc<Player>, number: usize, interaction: Arc<Interaction>) -> Self {
        Self {
            head_at: player.timer.now(),
            player,
            number,
            interaction,
            next: 0,
            sleep: None,
            looked: false,
        }
    }

    /// Waits until `at_ms` after the head.
    fn poll_until(&mut self, at_ms: u64, cx: &mut Context<'_>) -> Poll<()> {
        if self.player.in_own_time {
            if self.sleep.is_none() {
                let due = self.head_at.saturating_add(Duration::from_millis(at_ms));
                let left = due.saturating_sub(self.player.timer.now());
                if !left.is_zero() {
                    self.sleep = Some(self.player.timer.sleep(left));
                }
            }
            if let Some(sleep) = &mut self.sleep {
                ready!(sleep.as_mut().poll(cx));
                self.sleep = None;
            }
        }
        Poll::Ready(())
    }

    fn read_too_far(&self) -> TransportError {
        let problem = format!(
            "the body of interaction {} was read further than when it was recorded: its reader dropped it there",
            self.number
        );
        self.player.lock().complain(problem.clone());
        let error = TransportError::new(TransportErrorKind::Other, Phase::Body, Delivery::Answered);
        error.with_source(self.player.explain(&problem))
    }
}

impl Stream for PlayedBody {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(response) = &self.interaction.response else {
            return Poll::Ready(None);
        };
        let end = response.end;
        if let Some(chunk) = response.chunks.get(self.next) {
            let (at_ms, bytes) = (chunk.at_ms, chunk.payload.bytes());
            ready!(self.poll_until(at_ms, cx));
            self.next += 1;
            return Poll::Ready(Some(Ok(bytes.into())));
        }
        match end {
            End::Complete { at_ms } => {
                ready!(self.poll_until(at_ms, cx));
                Poll::Ready(None)
            }
            End::Error { at_ms, failure } => {
                ready!(self.poll_until(at_ms, cx));
                Poll::Ready(Some(Err(failure.error())))
            }
            // No waker is kept: nothing will ever come.
            End::Stalled { .. } => Poll::Pending,
            // One look is allowed: a client looks past the end mark.
            End::Dropped { .. } if !self.looked => {
                self.looked = true;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            End::Dropped { .. } => Poll::Ready(Some(Err(self.read_too_far()))),
        }
    }
}
