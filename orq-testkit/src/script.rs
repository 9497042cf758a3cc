//! The body of a scripted reply, step by step.

use std::{
    collections::VecDeque,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures::Stream;
use orq_core::transport::TransportError;

/// What a body does next.
#[derive(Debug)]
enum Step {
    Chunk(Bytes),
    Fail(TransportError),
    Stall,
}

/// A body as a list of steps. It ends cleanly after the last one.
#[derive(Debug, Default)]
pub(crate) struct Script(VecDeque<Step>);

impl Script {
    pub(crate) fn chunk(&mut self, bytes: Bytes) {
        self.0.push_back(Step::Chunk(bytes));
    }

    pub(crate) fn fail(&mut self, error: TransportError) {
        self.0.push_back(Step::Fail(error));
    }

    pub(crate) fn stall(&mut self) {
        self.0.push_back(Step::Stall);
    }

    /// How many chunks and how many bytes there are, for messages.
    pub(crate) fn size(&self) -> (usize, usize) {
        let chunks = self.0.iter().filter_map(|step| match step {
            Step::Chunk(bytes) => Some(bytes.len()),
            Step::Fail(_) | Step::Stall => None,
        });
        chunks.fold((0, 0), |(count, bytes), len| (count + 1, bytes + len))
    }
}

impl Stream for Script {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.0.pop_front() {
            Some(Step::Chunk(bytes)) => Poll::Ready(Some(Ok(bytes))),
            // A body isn't polled after an error, so what stands behind it never comes.
            Some(Step::Fail(error)) => Poll::Ready(Some(Err(error))),
            Some(Step::Stall) => {
                // No waker is kept: nothing will ever come.
                self.0.push_front(Step::Stall);
                Poll::Pending
            }
            None => Poll::Ready(None),
        }
    }
}
