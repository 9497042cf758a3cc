//! The stream of a completion.

use std::{
    collections::VecDeque,
    fmt,
    future::poll_fn,
    mem,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures::{Stream, StreamExt};

use super::{
    assembly::Assembly,
    delta::{Added, Delta},
    item::Item,
    item_reader::ItemReader,
};
use crate::{
    call::{Exchange, TimedBody},
    error::{Error, ErrorKind, RetryDecision},
    model::{Completion, CompletionChunk},
    observe::{Outcome, Recorder},
    response::{Response, ResponseMeta},
    transport::{Delivery, Phase},
};

/// A streamed answer: a [`Stream`] of [`CompletionChunk`]s that distinguishes its end from a cut.
///
/// It yields chunks as they arrive, and assembles them: [`so_far`](CompletionStream::so_far) returns the completion
/// assembled from the chunks yielded so far, and [`finish`](CompletionStream::finish) reads the rest and returns the
/// whole completion.
///
/// ```
/// use orq_core::{Client, DeploymentRequest};
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
///
/// # End of the stream
///
/// The stream is complete after the event `[DONE]`, or at the end of the body after a chunk with `is_final`. After such
/// a chunk the client waits up to 5 s for the rest, since the usage may follow; a failure in that time ends the stream
/// without an error, unless the server reports one. Any other end is an error, and [`Error::partial`] returns the part
/// that arrived. If the body ended, its kind is [`Truncated`](ErrorKind::Truncated).
///
/// Other spellings of the end mark are understood: `DONE` in any capitals, with or without brackets or quotes. Data that
/// only keep the connection alive, such as `null` or `ping`, are skipped with a warning.
///
/// The last event may lack its blank line if the body ends after the end mark or a whole JSON object.
///
/// # Text outside of events
///
/// Lines that can't be fields of any event, such as JSON without `data:` or an HTML page, aren't ignored. An error body
/// fails the stream, and so does a field named `error`. A whole JSON answer is the completion if no event has a part of
/// it. Anything else makes the end of the stream an error, and [`Error::body`] returns the lines: a piece of the answer
/// may be missing, or be there twice. If the end mark is there, the kind is [`Decode`](ErrorKind::Decode).
///
/// After an error the stream yields `None`. Dropping the stream cancels the exchange.
///
/// The idle timeout runs from the poll that found no bytes until bytes are found, even if a future of `next_chunk` is
/// dropped in between.
#[must_use = "streams do nothing unless polled"]
pub struct CompletionStream {
    pub(super) reader: Box<ItemReader>,
    meta: Box<ResponseMeta>,
    assembly: Box<Assembly>,
    /// The deltas of the last chunk that were not yielded yet.
    pub(super) deltas: VecDeque<Delta>,
    /// The text of choice 0 in the last chunk, which `next_text` lends.
    pub(super) text: String,
    /// Whether a chunk with `is_final` was yielded.
    has_final: bool,
    /// Whether `finish` is reading. Then an error can take the assembled completion instead of a clone.
    is_finishing: bool,
    state: State,
    /// Set once the call returns the stream: from then on the stream reports the end of the call.
    pub(super) recorder: Recorder,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Reading,
    Complete,
    Failed,
}

impl CompletionStream {
    pub(crate) fn new(exchange: &Exchange, meta: ResponseMeta, body: Box<TimedBody>) -> Self {
        let limits = &exchange.shared.limits;
        Self {
            assembly: Box::new(Assembly::new(limits.completion)),
            reader: Box::new(ItemReader::new(exchange.key.clone(), limits, body)),
            meta: Box::new(meta),
            deltas: VecDeque::new(),
            text: String::new(),
            has_final: false,
            is_finishing: false,
            state: State::Reading,
            recorder: Recorder::default(),
        }
    }

    /// Waits for the next chunk, and returns `None` at the end.
    ///
    /// # Errors
    ///
    /// An error if the connection failed, a timeout expired, the stream was truncated, an event can't be deserialized,
    /// the stream exceeds the [`Limits`](crate::Limits), or the server reported an error. [`Error::partial`] returns
    /// the part of the completion that arrived.
    pub async fn next_chunk(&mut self) -> Result<Option<CompletionChunk>, Error> {
        self.next().await.transpose()
    }

    /// Waits for the next piece of the text of choice 0, and lends it; returns `None` at the end. Skips chunks without
    /// text.
    ///
    /// While the text is used, no other method of the stream can be called, not even
    /// [`so_far`](CompletionStream::so_far). [`into_text`](CompletionStream::into_text) returns a [`Stream`] of strings.
    ///
    /// # Errors
    ///
    /// Those of [`next_chunk`](CompletionStream::next_chunk).
    pub async fn next_text(&mut self) -> Result<Option<&str>, Error> {
        let arrived = poll_fn(|cx| self.poll_lent(cx)).await.transpose()?;
        Ok(arrived.map(|()| self.text.as_str()))
    }

    /// Waits for the next [`Delta`], which is what a chunk adds: text, reasoning, a tool call, a finish reason, usage.
    /// Returns `None` at the end. If another method is called to read on, the remaining deltas of the current chunk are
    /// skipped.
    ///
    /// # Errors
    ///
    /// Those of [`next_chunk`](CompletionStream::next_chunk), and [`TooLarge`](ErrorKind::TooLarge) if the completion
    /// exceeds [`Limits::completion`](crate::Limits::completion).
    pub async fn next_delta(&mut self) -> Result<Option<Delta>, Error> {
        poll_fn(|cx| self.poll_delta(cx)).await.transpose()
    }

    /// Returns the completion assembled from the chunks read so far, including deltas of the last one that
    /// [`next_delta`](CompletionStream::next_delta) has yet to return. Of lists in unknown fields of a choice or its
    /// message, such as `logprobs`, and of content parts with an unknown type, it has one piece until the stream ends.
    pub fn so_far(&self) -> &Completion {
        self.assembly.completion()
    }

    /// Returns the metadata of the response: status, headers, trace id, rate limit, failed attempts, and the warnings
    /// so far.
    pub fn meta(&self) -> &ResponseMeta {
        &self.meta
    }

    pub(crate) fn meta_mut(&mut self) -> &mut ResponseMeta {
        &mut self.meta
    }

    /// Reads the stream to its end, and returns the whole completion, including the chunks that were yielded before.
    ///
    /// # Errors
    ///
    /// Those of [`next_delta`](CompletionStream::next_delta), and [`Truncated`](ErrorKind::Truncated) if the stream has
    /// failed before. A truncated stream is always an error; to accept a partial completion, use
    /// [`Error::into_partial`].
    pub async fn finish(mut self) -> Result<Response<Completion>, Error> {
        self.is_finishing = true;
        while self.too_large().is_none() {
            let polled = poll_fn(|cx| self.poll_chunk(cx, &mut |_| ())).await;
            if polled.transpose()?.is_none() {
                break;
            }
        }
        if self.state == State::Failed {
            let error = Error::new(ErrorKind::Truncated).with_message("the stream failed before");
            return Err(self.located(error));
        }
        if let Some(error) = self.too_large() {
            return Err(self.fail(error));
        }
        let key = self.reader.key().clone();
        Ok(Response::new(self.assembly.take(), *self.meta, None, key))
    }

    /// Polls for the next chunk, and passes what it adds to `added`. Returns the chunk only if it was parsed; otherwise the
    /// reader has it.
    pub(super) fn poll_chunk(
        &mut self,
        cx: &mut Context<'_>,
        added: &mut impl FnMut(Added<'_>),
    ) -> Poll<Option<Result<Option<Box<CompletionChunk>>, Error>>> {
        if self.state != State::Reading {
            return Poll::Ready(None);
        }
        let item = ready!(self.reader.poll_item(cx));
        if !self.reader.warnings.list.is_empty() {
            let more = mem::take(&mut self.reader.warnings);
            self.meta.warnings.extend(more);
        }
        let (chunk, size, repeats) = match &item {
            Item::Chunk(chunk) => (Some(&**chunk), size(chunk), false),
            Item::Repeat { size, is_same } => (self.reader.repeated(), *size, *is_same),
            _ => (None, 0, false),
        };
        if let Some(chunk) = chunk {
            // A chunk that repeats another one differs in a text that isn't the first of its kind: it adds nothing to the
            // report.
            if let Item::Chunk(_) = item {
                let key = self.reader.key();
                self.recorder.chunk(chunk, key);
                self.meta.trace_in(chunk.telemetry_trace_id(), key);
            }
            self.assembly.merge(chunk, size, repeats, added);
            let is_final = chunk.is_final == Some(true);
            self.has_final |= is_final;
            // Some servers mark the end of each choice: then the answer goes on.
            if is_final || self.has_final && !chunk.choices.is_empty() {
                self.reader.body.end_soon();
            }
        }
        let error = match item {
            Item::Chunk(chunk) => return Poll::Ready(Some(Ok(Some(chunk)))),
            Item::Repeat { .. } => return Poll::Ready(Some(Ok(None))),
            Item::Done => {
                self.reader.body.complete(cx);
                self.complete();
                return Poll::Ready(None);
            }
            Item::Unreadable(_) if self.has_final => {
                self.complete();
                return Poll::Ready(None);
            }
            Item::Error(error, chunk) => {
                if let Some(chunk) = chunk {
                    self.add_failed(*chunk);
                }
                error
            }
            Item::Unreadable(error) => error,
        };
        Poll::Ready(Some(Err(self.fail(error))))
    }

    /// Adds the chunk that an error is part of, which isn't yielded, to the partial completion and the report.
    #[cold]
    fn add_failed(&mut self, chunk: CompletionChunk) {
        self.assembly
            .merge(&chunk, size(&chunk), false, &mut |_| ());
        let part = Completion::from(chunk);
        self.recorder.answer(&part, self.reader.key());
    }

    pub(super) fn too_large(&self) -> Option<Error> {
        let why = self.assembly.exceeded()?;
        Some(Error::new(ErrorKind::TooLarge).with_message(why))
    }

    fn complete(&mut self) {
        self.state = State::Complete;
        self.assembly.join();
        self.reader.stop();
        self.recorder.content(self.so_far(), self.reader.key());
        self.recorder.end(Outcome::Complete);
    }

    pub(super) fn fail(&mut self, error: Error) -> Error {
        self.state = State::Failed;
        self.reader.stop();
        let error = self.located(error);
        if let Some(partial) = error.partial() {
            self.recorder.content(partial, self.reader.key());
        }
        self.recorder.end(Outcome::Failed(&error));
        error
    }

    /// Adds the response, the phase, the partial completion and the attempts to the error.
    fn located(&mut self, error: Error) -> Error {
        self.assembly.join();
        let partial = match self.is_finishing {
            true => self.assembly.take(),
            false => self.so_far().clone(),
        };
        error
            .with_response(self.meta.status, self.meta.headers.clone())
            .with_reach(Phase::Body, Delivery::Answered)
            .with_partial(partial, self.reader.key())
            .with_attempts(
                self.meta.failed_attempts.clone(),
                RetryDecision::stop("the stream had begun"),
            )
            .with_retry_budget(self.meta.retry_budget)
    }
}

/// Returns the size of the JSON of a chunk that was parsed.
fn size(chunk: &CompletionChunk) -> usize {
    chunk.raw().map_or(0, str::len)
}

impl Stream for CompletionStream {
    type Item = Result<CompletionChunk, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.deltas.clear();
        let polled = self.poll_chunk(cx, &mut |_| ());
        polled.map_ok(|parsed| match parsed {
            Some(chunk) => *chunk,
            None => self.reader.clone_repeated().unwrap_or_default(),
        })
    }
}

impl fmt::Debug for CompletionStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompletionStream")
            .field("meta", &self.meta)
            .field("state", &self.state)
            .field("so_far", &self.reader.key().debug(self.so_far()))
            .finish_non_exhaustive()
    }
}
