//! A streamed answer as a stream of its text or of its deltas.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use futures::Stream;

use super::{completion_stream::CompletionStream, delta::Delta};
use crate::{
    error::Error,
    model::Completion,
    response::{Response, ResponseMeta},
};

/// The text of choice 0, piece by piece, made by [`CompletionStream::into_text`].
#[derive(Debug)]
#[must_use = "streams do nothing unless polled"]
pub struct TextStream(CompletionStream);

/// A streamed answer as [`Delta`]s, made by [`CompletionStream::into_deltas`].
///
/// It fails with [`TooLarge`](crate::ErrorKind::TooLarge) if the answer exceeds
/// [`Limits::completion`](crate::Limits::completion).
#[derive(Debug)]
#[must_use = "streams do nothing unless polled"]
pub struct Deltas(CompletionStream);

impl CompletionStream {
    /// Returns the text of choice 0 as a stream.
    pub fn into_text(self) -> TextStream {
        TextStream(self)
    }

    /// Returns the answer as a stream of what each chunk adds: text, reasoning, tool calls, finish reasons, usage.
    pub fn into_deltas(self) -> Deltas {
        Deltas(self)
    }
}

macro_rules! adapters {
    ($($name:ident of $item:ty, $poll:ident;)*) => {$(
        impl $name {
            /// Returns everything that was handed out, assembled.
            pub fn so_far(&self) -> &Completion {
                self.0.so_far()
            }

            /// Returns the facts of the response.
            pub fn meta(&self) -> &ResponseMeta {
                self.0.meta()
            }

            /// Reads to the end and returns the whole answer.
            ///
            /// # Errors
            ///
            /// Those of [`CompletionStream::finish`].
            pub async fn finish(self) -> Result<Response<Completion>, Error> {
                self.0.finish().await
            }
        }

        impl Stream for $name {
            type Item = Result<$item, Error>;

            fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
                self.0.$poll(cx)
            }
        }
    )*};
}

adapters! {
    TextStream of String, poll_text;
    Deltas of Delta, poll_delta;
}
