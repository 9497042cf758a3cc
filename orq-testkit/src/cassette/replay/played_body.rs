//! A recorded body, chunk by chunk.

use std::{
    future::{pending, poll_fn},
    mem,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use bytes::Bytes;
use futures::stream;
use orq_core::transport::{Body, Delivery, Phase, TransportError, TransportErrorKind};

use super::player::Player;
use crate::cassette::tape::{End, Interaction};

pub(super) struct PlayedBody {
    pub(super) player: Arc<Player>,
    /// Of the interaction, counted from 1.
    pub(super) number: usize,
    pub(super) interaction: Arc<Interaction>,
    /// When the head was there.
    pub(super) head_at: Duration,
}

impl PlayedBody {
    /// Returns the body, which plays while it is read.
    pub(super) fn into_body(self) -> Body {
        let play = move |(body, next): (Self, usize)| async move {
            let item = body.item(next).await?;
            Some((item, (body, next + 1)))
        };
        Body::from_stream(stream::unfold((self, 0), play))
    }

    /// Plays up to the end of the chunk at this index, or what stands behind the last.
    async fn item(&self, index: usize) -> Option<Result<Bytes, TransportError>> {
        let response = self.interaction.response.as_ref()?;
        if let Some(chunk) = response.chunks.get(index) {
            self.player.wait(self.head_at, chunk.at_ms).await;
            return Some(Ok(chunk.payload.bytes().into()));
        }
        match response.end {
            End::Complete { at_ms } => {
                self.player.wait(self.head_at, at_ms).await;
                None
            }
            End::Error { at_ms, failure } => {
                self.player.wait(self.head_at, at_ms).await;
                Some(Err(failure.error()))
            }
            End::Stalled { .. } => pending().await,
            End::Dropped { .. } => {
                one_look().await;
                Some(Err(self.read_too_far()))
            }
        }
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

/// Lets the reader look once in vain: a client looks past the end mark.
async fn one_look() {
    let mut looked = false;
    poll_fn(|cx| match mem::replace(&mut looked, true) {
        true => Poll::Ready(()),
        false => {
            cx.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await;
}
