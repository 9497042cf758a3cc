//! A streamed completion as a stream of its text or of its deltas.

use std::{
    mem,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures::Stream;

use super::{
    completion_stream::CompletionStream,
    delta::{Added, Delta},
};
use crate::{
    error::Error,
    model::Completion,
    response::{Response, ResponseMeta},
};

/// A stream of the text of choice 0, in pieces, created by [`CompletionStream::into_text`].
#[derive(Debug)]
#[must_use = "streams do nothing unless polled"]
pub struct TextStream(CompletionStream);

/// A stream of [`Delta`]s, created by [`CompletionStream::into_deltas`].
///
/// It fails with [`TooLarge`](crate::ErrorKind::TooLarge) if the completion exceeds
/// [`Limits::completion`](crate::Limits::completion).
#[derive(Debug)]
#[must_use = "streams do nothing unless polled"]
pub struct Deltas(CompletionStream);

impl CompletionStream {
    /// Converts the stream to a stream of the text of choice 0.
    pub fn into_text(self) -> TextStream {
        TextStream(self)
    }

    /// Converts the stream to a stream of what each chunk adds: text, reasoning, tool calls, finish reasons, usage.
    pub fn into_deltas(self) -> Deltas {
        Deltas(self)
    }

    /// Polls for the next chunk with text of choice 0, and keeps the text in `text`.
    pub(super) fn poll_lent(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<(), Error>>> {
        if !self.deltas.is_empty() {
            self.deltas.clear();
        }
        let mut text = mem::take(&mut self.text);
        let polled = loop {
            text.clear();
            let mut add = |added: Added<'_>| {
                if let Added::Text(0, more) = added {
                    text.push_str(more);
                }
            };
            match self.poll_chunk(cx, &mut add) {
                Poll::Ready(Some(Ok(_))) if text.is_empty() => {}
                polled => break polled.map_ok(drop),
            }
        };
        self.text = text;
        polled
    }

    fn poll_text(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<String, Error>>> {
        self.poll_lent(cx).map_ok(|()| self.text.clone())
    }

    pub(super) fn poll_delta(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Delta, Error>>> {
        loop {
            if let Some(delta) = self.deltas.pop_front() {
                return Poll::Ready(Some(Ok(delta)));
            }
            let mut deltas = mem::take(&mut self.deltas);
            let polled = self.poll_chunk(cx, &mut |added| deltas.push_back(added.into()));
            self.deltas = deltas;
            if ready!(polled?).is_none() {
                return Poll::Ready(None);
            }
            // Later chunks aren't assembled, so the position of a tool call would be wrong.
            if let Some(error) = self.too_large() {
                self.deltas.clear();
                return Poll::Ready(Some(Err(self.fail(error))));
            }
        }
    }
}

macro_rules! adapters {
    ($($name:ident of $item:ty, $poll:ident;)*) => {$(
        impl $name {
            /// Returns the completion assembled from the chunks that were read so far.
            pub fn so_far(&self) -> &Completion {
                self.0.so_far()
            }

            /// Returns the metadata of the response.
            pub fn meta(&self) -> &ResponseMeta {
                self.0.meta()
            }

            /// Reads the stream to its end, and returns the whole completion, including what was read before.
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
