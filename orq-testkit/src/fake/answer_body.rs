//! The body of an answer, watched and cut off.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures::{Stream, StreamExt};
use orq_core::transport::{Body, TransportError};

use super::{
    log::{call::FakeCallEnd, calls::OpenCall},
    model::fault::Cutoff,
};
use crate::time::TimeSource;

/// A body that tells the log how far it was read, and that ends early if a fault says so.
pub(super) struct AnswerBody {
    source: Body,
    cutoff: Option<Cutoff>,
    /// `None` once it is over.
    call: Option<OpenCall>,
    clock: TimeSource,
}

impl AnswerBody {
    pub(super) fn new(
        source: Body,
        cutoff: Option<Cutoff>,
        call: OpenCall,
        clock: TimeSource,
    ) -> Self {
        Self {
            source,
            cutoff,
            call: Some(call),
            clock,
        }
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, TransportError>>> {
        let Some(cutoff) = &mut self.cutoff else {
            return self.source.poll_next_unpin(cx);
        };
        if cutoff.byte > 0 {
            match ready!(self.source.poll_next_unpin(cx)) {
                Some(Ok(mut bytes)) => {
                    bytes.truncate(cutoff.byte);
                    cutoff.byte -= bytes.len();
                    return Poll::Ready(Some(Ok(bytes)));
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                // The body is shorter, so it ends here.
                None => cutoff.byte = 0,
            }
        }
        cutoff.end.poll()
    }
}

impl Stream for AnswerBody {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = ready!(self.poll_chunk(cx));
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
