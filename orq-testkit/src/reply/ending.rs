//! How and where a body ends in place of its own end.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures::{FutureExt, Stream, StreamExt};
use orq_core::transport::{Body, TransportError};

use super::fault::Fault;

/// An end of a body that replaces its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    /// The connection breaks.
    Break(Fault),
    /// The body ends cleanly, as HTTP defines it.
    Cut,
    /// No more bytes arrive and the body never ends.
    Stall,
}

impl Ending {
    /// Returns the ending in snake case: `reset`, `early_close`, `garbage`, `cut`, `stall`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Break(fault) => fault.as_str(),
            Self::Cut => "cut",
            Self::Stall => "stall",
        }
    }

    /// Returns what a reader of the body gets there.
    pub(crate) fn poll(self) -> Poll<Option<Result<Bytes, TransportError>>> {
        match self {
            Self::Break(fault) => Poll::Ready(Some(Err(fault.in_body()))),
            Self::Cut => Poll::Ready(None),
            // No waker is kept: nothing will ever come.
            Self::Stall => Poll::Pending,
        }
    }
}

/// An ending, and after how many bytes it comes. In a shorter body it comes in place of the body's own end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EndAt {
    pub(crate) byte: usize,
    pub(crate) ending: Ending,
}

impl EndAt {
    /// Truncates the next chunk of the body at the offset, and counts what is left of the chunk.
    pub(super) fn pass(&mut self, chunk: &mut Bytes) {
        chunk.truncate(self.byte);
        self.byte -= chunk.len();
    }

    /// Returns `body` with this ending. `happens` is called when the ending changes what the reader gets.
    pub(crate) fn of(self, body: Body, happens: impl FnOnce() + Send + Unpin + 'static) -> Body {
        Body::from_stream(EndingBody {
            inner: body,
            at: self,
            happens: Some(happens),
        })
    }
}

/// A body that ends in another way than it would. The [`Body`] around it drops it at its end.
struct EndingBody<F> {
    inner: Body,
    at: EndAt,
    /// `None` once it has happened.
    happens: Option<F>,
}

impl<F: FnOnce() + Unpin> Stream for EndingBody<F> {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.at.byte > 0 {
            match ready!(self.inner.poll_next_unpin(cx)) {
                Some(Ok(mut chunk)) => {
                    self.at.pass(&mut chunk);
                    return Poll::Ready(Some(Ok(chunk)));
                }
                None if self.at.ending != Ending::Cut => self.at.byte = 0,
                end => return Poll::Ready(end),
            }
        }
        if let Some(happens) = self.happens.take() {
            happens();
            // What is on its way is lost. A double that watches over its bodies sees that this one was begun.
            let _ = self.inner.next().now_or_never();
        }
        // In a stall the exchange stays as it is.
        self.at.ending.poll()
    }
}
