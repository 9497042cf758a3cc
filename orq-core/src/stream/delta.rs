//! What a chunk adds, piece by piece.

use std::{
    collections::VecDeque,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures::Stream;

use super::CompletionStream;
use crate::{
    error::Error,
    model::{Completion, FinishReason, Usage},
    response::Response,
};

/// One thing that a chunk adds to the answer. `choice` is the index of the choice it belongs to.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Delta {
    /// More text.
    #[non_exhaustive]
    Text {
        /// The choice's index.
        choice: u64,
        /// The text to append.
        text: String,
    },
    /// More of the model's reasoning.
    #[non_exhaustive]
    Reasoning {
        /// The choice's index.
        choice: u64,
        /// The text to append.
        text: String,
    },
    /// More of a refusal.
    #[non_exhaustive]
    Refusal {
        /// The choice's index.
        choice: u64,
        /// The text to append.
        text: String,
    },
    /// A tool call begins.
    #[non_exhaustive]
    ToolCallStart {
        /// The choice's index.
        choice: u64,
        /// The call's position among the choice's calls.
        index: usize,
        /// The call's id.
        id: Option<String>,
        /// The function's name.
        name: Option<String>,
    },
    /// More of a tool call's arguments.
    #[non_exhaustive]
    ToolCallArguments {
        /// The choice's index.
        choice: u64,
        /// The call's position among the choice's calls.
        index: usize,
        /// The text to append. Only all of it together is JSON.
        arguments: String,
    },
    /// An image.
    #[non_exhaustive]
    ImageUrl {
        /// The choice's index.
        choice: u64,
        /// Where the image is, or the image itself as a data URL.
        url: String,
    },
    /// The choice is complete.
    #[non_exhaustive]
    Finish {
        /// The choice's index.
        choice: u64,
        /// Why it ends.
        reason: FinishReason,
    },
    /// What the answer cost, in tokens.
    Usage(Usage),
}

/// A streamed answer as [`Delta`]s, made by [`CompletionStream::deltas`].
///
/// It fails with [`TooLarge`](crate::ErrorKind::TooLarge) where the answer outgrows
/// [`Limits::completion`](crate::Limits::completion).
#[derive(Debug)]
#[must_use = "streams do nothing unless polled"]
pub struct Deltas {
    stream: CompletionStream,
    queue: VecDeque<Delta>,
}

impl Deltas {
    pub(super) fn new(stream: CompletionStream) -> Self {
        Self {
            stream,
            queue: VecDeque::new(),
        }
    }

    /// Everything that has arrived and was handed out, assembled.
    pub fn so_far(&self) -> &Completion {
        self.stream.so_far()
    }

    /// Reads to the end and returns the whole answer, as [`CompletionStream::finish`].
    ///
    /// # Errors
    ///
    /// As [`CompletionStream::finish`].
    pub async fn finish(self) -> Result<Response<Completion>, Error> {
        self.stream.finish().await
    }
}

impl Stream for Deltas {
    type Item = Result<Delta, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(delta) = this.queue.pop_front() {
                return Poll::Ready(Some(Ok(delta)));
            }
            let queue = &mut this.queue;
            match ready!(
                this.stream
                    .poll_chunk(cx, &mut |delta| queue.push_back(delta))
            ) {
                Some(Ok(_)) => {
                    // From here on nobody knows which tool call a piece belongs to.
                    if let Some(error) = this.stream.too_large() {
                        this.queue.clear();
                        return Poll::Ready(Some(Err(this.stream.fail(error))));
                    }
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}
