//! The body of an answer, watched.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures::{Stream, StreamExt};
use orq_core::transport::{Body, TransportError};

use super::log::{call::FakeCallEnd, calls::OpenCall};
use crate::time::TimeSource;

/// A body that tells the log how far it was read.
pub(super) struct AnswerBody {
    source: Body,
    /// `None` once it is over.
    call: Option<OpenCall>,
    clock: TimeSource,
}

impl AnswerBody {
    pub(super) fn new(source: Body, call: OpenCall, clock: TimeSource) -> Self {
        Self {
            source,
            call: Some(call),
            clock,
        }
    }
}

impl Stream for AnswerBody {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = ready!(self.source.poll_next_unpin(cx));
        self.clock.stir();
        let end = match &polled {
            Some(Ok(_)) => {
                if let Some(call) = &self.call {
                    call.chunk();
                }
                return Poll::Ready(polled);
            }
            Some(Err(error)) => FakeCallEnd::of(error),
            None => FakeCallEnd::Read,
        };
        if let Some(call) = self.call.take() {
            call.over(end);
        }
        Poll::Ready(polled)
    }
}
