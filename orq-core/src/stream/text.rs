//! A streamed answer's text.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures::Stream;

use super::CompletionStream;
use crate::{error::Error, model::Completion, response::Response};

/// The first choice's text, piece by piece, made by [`CompletionStream::into_text`].
#[derive(Debug)]
#[must_use = "streams do nothing unless polled"]
pub struct TextStream {
    stream: CompletionStream,
}

impl TextStream {
    pub(super) fn new(stream: CompletionStream) -> Self {
        Self { stream }
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

impl Stream for TextStream {
    type Item = Result<String, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.stream.poll_text(cx)
    }
}

impl CompletionStream {
    pub(super) fn poll_text(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<String, Error>>> {
        loop {
            let mut text = String::new();
            let mut add = |delta| {
                if let super::Delta::Text {
                    choice: 0,
                    text: more,
                } = delta
                {
                    text.push_str(&more);
                }
            };
            match ready!(self.poll_chunk(cx, &mut add)) {
                Some(Ok(_)) if text.is_empty() => {}
                Some(Ok(_)) => return Poll::Ready(Some(Ok(text))),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}
