//! An answer that arrives piece by piece.

mod assembly;
mod delta;
mod interpret;
mod join;
mod open;
mod reader;
mod text;
mod tool_calls;
mod weight;

use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures::{Stream, StreamExt};
use http::{HeaderMap, StatusCode, response::Parts};

use self::{assembly::Assembly, interpret::Item, reader::ItemReader};
use crate::{
    call::{
        Exchange,
        retry::{FailedAttempt, RetryDecision},
    },
    error::{Error, ErrorKind},
    model::{Completion, CompletionChunk, DecodeWarning},
    response::{RateLimit, Response, TRACE_ID, trace_id_in},
    transport::{Body, Delivery, Phase},
};

pub use delta::{Delta, Deltas};
pub(crate) use open::open;
pub use text::TextStream;

/// A streamed answer: a [`Stream`] of [`CompletionChunk`]s that knows its end from a cut.
///
/// Chunks are handed out as they come and assembled on the way: [`so_far`](CompletionStream::so_far) is what
/// was handed out, put together, and [`finish`](CompletionStream::finish) reads the rest and returns the whole.
///
/// # The end
///
/// The answer is complete with the event `[DONE]`, or with the end of the body after a chunk that is marked
/// `is_final`. After such a chunk the stream is read on, since the usage may follow; a failure there is no
/// loss. Any other end is an error with what had arrived in [`Error::partial`]:
/// [`Truncated`](ErrorKind::Truncated) if the body just ended.
///
/// After an error the stream yields `None`. Dropping the stream ends the exchange.
///
/// The clock on idle bytes runs from the poll that found none until bytes are found: a `next` that was dropped while
/// it waited leaves it running.
///
/// ```
/// # use orq_core::{Client, DeploymentRequest};
/// # use orq_testkit::MemoryTransport;
/// # futures::executor::block_on(async {
/// # let memory = MemoryTransport::new();
/// # memory.reply_sse([
/// #     r#"{"choices":[{"index":0,"message":{"content":"Hel"}}]}"#,
/// #     r#"{"choices":[{"index":0,"message":{"content":"lo"},"finish_reason":"stop"}]}"#,
/// #     "[DONE]",
/// # ]);
/// # let client = Client::new(memory.handle(), "my-key")?;
/// let mut stream = client.deployments().stream(&DeploymentRequest::new("greeter")).await?;
/// while let Some(text) = stream.next_text().await? {
///     print!("{text}");
/// }
/// let whole = stream.finish().await?;
/// assert_eq!(whole.text().as_deref(), Some("Hello"));
/// # Ok::<(), orq_core::Error>(())
/// # }).unwrap();
/// ```
#[must_use = "streams do nothing unless polled"]
pub struct CompletionStream {
    reader: ItemReader,
    status: StatusCode,
    headers: HeaderMap,
    /// The attempts that failed before this one.
    earlier: Vec<FailedAttempt>,
    assembly: Assembly,
    /// Whether a chunk marked final was handed out.
    has_final: bool,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Reading,
    Complete,
    Failed,
}

impl CompletionStream {
    pub(crate) fn new(mut exchange: Exchange, parts: Parts, body: Body) -> Self {
        Self {
            assembly: Assembly::new(exchange.client.inner().limits.completion),
            reader: ItemReader::new(&mut exchange, body),
            status: parts.status,
            headers: parts.headers,
            earlier: exchange.earlier,
            has_final: false,
            state: State::Reading,
        }
    }

    /// The next chunk, or `None` at the end.
    ///
    /// # Errors
    ///
    /// The connection failed, a clock ran out, the stream was cut, or the server reported an error. What had
    /// arrived is in [`Error::partial`].
    pub async fn next_chunk(&mut self) -> Result<Option<CompletionChunk>, Error> {
        self.next().await.transpose()
    }

    /// The next piece of the first choice's text, or `None` at the end. Chunks without text are passed over.
    ///
    /// # Errors
    ///
    /// As [`next_chunk`](CompletionStream::next_chunk).
    pub async fn next_text(&mut self) -> Result<Option<String>, Error> {
        poll_fn(|cx| self.poll_text(cx)).await.transpose()
    }

    /// The first choice's text as a stream of its own.
    pub fn into_text(self) -> TextStream {
        TextStream::new(self)
    }

    /// The answer as a stream of what each chunk adds: text, reasoning, tool calls, the finish, usage.
    pub fn deltas(self) -> Deltas {
        Deltas::new(self)
    }

    /// Everything that was handed out since the start, assembled.
    pub fn so_far(&self) -> &Completion {
        self.assembly.completion()
    }

    /// The response's status, always a 2xx.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The response's headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// orq's id of the trace: from the header `x-orq-trace-id`, else from what was handed out of the answer.
    pub fn trace_id(&self) -> Option<&str> {
        let in_header = self.headers.get(TRACE_ID).and_then(|id| id.to_str().ok());
        in_header.or_else(|| trace_id_in(self.so_far()))
    }

    /// The rate limit that the headers speak of.
    pub fn rate_limit(&self) -> RateLimit<'_> {
        RateLimit::new(&self.headers)
    }

    /// The attempts that had failed before this one succeeded, in their order.
    pub fn failed_attempts(&self) -> &[FailedAttempt] {
        &self.earlier
    }

    /// The parts of the chunks so far that had another shape than expected and were left out.
    /// [`CompletionChunk::raw`] still holds them.
    pub fn warnings(&self) -> &[DecodeWarning] {
        self.reader.warnings()
    }

    /// Reads to the end and returns the whole answer, with everything since the start.
    ///
    /// # Errors
    ///
    /// As [`next_chunk`](CompletionStream::next_chunk), and [`TooLarge`](ErrorKind::TooLarge) if the whole is larger
    /// than [`Limits::completion`](crate::Limits::completion). A stream that was cut is never taken for a whole
    /// one; who can do with a part of it finds that in [`Error::into_partial`].
    pub async fn finish(mut self) -> Result<Response<Completion>, Error> {
        while self.next_chunk().await?.is_some() {}
        if self.state == State::Failed {
            let error = Error::new(ErrorKind::Truncated).with_message("the stream failed before");
            return Err(self.located(error));
        }
        if let Some(error) = self.too_large() {
            return Err(self.located(error));
        }
        let completion = self.assembly.take();
        let trace_id = trace_id_in(&completion).map(str::to_owned);
        let warnings = self.reader.into_warnings();
        let response = Response::assembled(completion, self.status, self.headers, warnings);
        Ok(response.with_trace_id(trace_id).after(self.earlier))
    }

    fn poll_chunk(
        &mut self,
        cx: &mut Context<'_>,
        deltas: &mut impl FnMut(Delta),
    ) -> Poll<Option<Result<CompletionChunk, Error>>> {
        if self.state != State::Reading {
            return Poll::Ready(None);
        }
        let error = match ready!(self.reader.poll_item(cx)) {
            Ok(Item::Chunk(chunk)) => {
                self.assembly.merge(&chunk, deltas);
                if chunk.is_final == Some(true) {
                    self.has_final = true;
                    self.reader.close_soon();
                }
                return Poll::Ready(Some(Ok(*chunk)));
            }
            Ok(Item::Done) => {
                self.reader.poll_end(cx);
                self.end(State::Complete);
                return Poll::Ready(None);
            }
            // What the server says of an error counts, even after the final chunk.
            Ok(Item::Error(body, words)) => {
                let error = Error::new(ErrorKind::StreamError)
                    .with_message("the server reported an error")
                    .with_error_body(body)
                    .with_body(words);
                return Poll::Ready(Some(Err(self.fail(error))));
            }
            Ok(Item::Unreadable(why, words)) => Error::new(ErrorKind::Decode)
                .with_message(format!("an event can't be read: {why}"))
                .with_body(words),
            Err(error) => error,
        };
        if self.has_final {
            self.end(State::Complete);
            return Poll::Ready(None);
        }
        Poll::Ready(Some(Err(self.fail(error))))
    }

    fn too_large(&self) -> Option<Error> {
        let limit = self.assembly.exceeded()?;
        let why = format!("the whole answer is larger than {limit} bytes");
        Some(Error::new(ErrorKind::TooLarge).with_message(why))
    }

    fn end(&mut self, state: State) {
        self.state = state;
        self.reader.stop();
    }

    fn fail(&mut self, error: Error) -> Error {
        self.end(State::Failed);
        self.located(error)
    }

    /// The error with everything that this stream knows.
    fn located(&self, error: Error) -> Error {
        error
            .with_response(self.status, self.headers.clone())
            .with_reach(Phase::Body, Delivery::Answered)
            .with_partial(self.so_far().clone(), self.reader.key())
            .with_attempts(
                self.earlier.clone(),
                RetryDecision::stop("the stream had begun"),
            )
    }
}

impl Stream for CompletionStream {
    type Item = Result<CompletionChunk, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_chunk(cx, &mut drop)
    }
}

impl fmt::Debug for CompletionStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompletionStream")
            .field("status", &self.status)
            .field("state", &self.state)
            .field("so_far", self.so_far())
            .finish_non_exhaustive()
    }
}
