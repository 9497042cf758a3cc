//! An answer that arrives piece by piece.

mod assembly;
mod delta;
mod interpret;
mod open;
mod text;

use std::{
    collections::VecDeque,
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Buf, Bytes};
use futures::{Stream, StreamExt};
use http::{HeaderMap, StatusCode, response::Parts};

use self::{assembly::Assembly, interpret::Item};
use crate::{
    call::{Alarm, Exchange, retry::RetryDecision},
    error::{Clock, Error, ErrorKind},
    model::{Completion, CompletionChunk, DecodeWarning},
    response::Response,
    sse::Decoder,
    transport::{Body, Delivery, Phase},
};

pub use delta::{Delta, Deltas};
pub(crate) use interpret::answers_with_error;
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
/// assert_eq!(whole.text(), Some("Hello"));
/// # Ok::<(), orq_core::Error>(())
/// # }).unwrap();
/// ```
#[must_use = "streams do nothing unless polled"]
pub struct CompletionStream {
    exchange: Exchange,
    status: StatusCode,
    headers: HeaderMap,
    body: Body,
    /// What has arrived and is not decoded yet.
    buffer: Bytes,
    decoder: Decoder,
    /// What is decoded and not handed out yet.
    items: VecDeque<Item>,
    /// Runs while the body is waited for.
    idle_alarm: Option<Alarm>,
    assembly: Assembly,
    warnings: Vec<DecodeWarning>,
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
    pub(crate) fn new(exchange: Exchange, parts: Parts, body: Body) -> Self {
        Self {
            status: parts.status,
            headers: parts.headers,
            body,
            buffer: Bytes::new(),
            decoder: Decoder::with_limits(&exchange.client.inner().limits),
            items: VecDeque::new(),
            idle_alarm: None,
            assembly: Assembly::default(),
            warnings: Vec::new(),
            has_final: false,
            state: State::Reading,
            exchange,
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

    /// The parts of the chunks so far that had another shape than expected and were left out.
    /// [`CompletionChunk::raw`] still holds them.
    pub fn warnings(&self) -> &[DecodeWarning] {
        &self.warnings
    }

    /// Reads to the end and returns the whole answer, with everything since the start.
    ///
    /// # Errors
    ///
    /// As [`next_chunk`](CompletionStream::next_chunk). A stream that was cut is never taken for a whole one;
    /// who can do with a part of it finds that in [`Error::into_partial`].
    pub async fn finish(mut self) -> Result<Response<Completion>, Error> {
        while self.next_chunk().await?.is_some() {}
        if self.state == State::Failed {
            return Err(self.located(
                Error::new(ErrorKind::Truncated).with_message("the stream failed before"),
            ));
        }
        let completion = self.assembly.take();
        let trace_id = completion
            .telemetry
            .as_ref()
            .and_then(|telemetry| telemetry.trace_id.clone());
        let response = Response::assembled(completion, self.status, self.headers, self.warnings);
        Ok(response
            .with_trace_id(trace_id)
            .after(self.exchange.earlier))
    }

    fn poll_chunk(
        &mut self,
        cx: &mut Context<'_>,
        deltas: &mut impl FnMut(Delta),
    ) -> Poll<Option<Result<CompletionChunk, Error>>> {
        match ready!(self.poll_item(cx)) {
            None => Poll::Ready(None),
            Some(Ok(Item::Chunk(chunk))) => {
                self.assembly.merge(&chunk, deltas);
                self.has_final |= chunk.is_final == Some(true);
                Poll::Ready(Some(Ok(*chunk)))
            }
            Some(Ok(Item::Done)) => {
                // One more look, so that the connection can be used again if the body ends here.
                let _ = self.body.poll_next_unpin(cx);
                self.end(State::Complete);
                Poll::Ready(None)
            }
            Some(Ok(Item::Error(body))) => {
                let error = Error::new(ErrorKind::StreamError)
                    .with_message("the server reported an error")
                    .with_error_body(body);
                Poll::Ready(Some(Err(self.fail(error))))
            }
            Some(Ok(Item::Unreadable(why))) => {
                let error = Error::new(ErrorKind::Decode)
                    .with_message(format!("an event can't be read: {why}"));
                Poll::Ready(Some(Err(self.fail(error))))
            }
            Some(Err(error)) if self.has_final => {
                drop(error);
                self.end(State::Complete);
                Poll::Ready(None)
            }
            Some(Err(error)) => Poll::Ready(Some(Err(self.fail(error)))),
        }
    }

    /// The next item. `None` means that the stream is over, an error that it was cut or broke.
    fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Item, Error>>> {
        loop {
            if self.state != State::Reading {
                return Poll::Ready(None);
            }
            if let Some(item) = self.items.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            if self.buffer.is_empty() {
                match ready!(self.poll_body(cx)) {
                    Ok(bytes) => self.buffer = bytes,
                    Err(error) => return Poll::Ready(Some(Err(error))),
                }
            } else if let Err(error) = self.decode() {
                return Poll::Ready(Some(Err(error)));
            }
        }
    }

    /// Decodes the buffer up to the next event.
    fn decode(&mut self) -> Result<(), Error> {
        let mut rest = &self.buffer[..];
        let found = match self.decoder.next(&mut rest) {
            Ok(Some(event)) => {
                let key = self.exchange.client.key();
                interpret::interpret(
                    &event,
                    |text| key.redact(text),
                    &mut self.items,
                    &mut self.warnings,
                );
                Ok(true)
            }
            Ok(None) => Ok(false),
            Err(error) => Err(Error::new(ErrorKind::TooLarge)
                .with_message(error.to_string())
                .with_source(error)),
        };
        let left = rest.len();
        match found {
            Ok(false) => self.buffer.clear(),
            _ => self.buffer.advance(self.buffer.len() - left),
        }
        found.map(|_| ())
    }

    fn poll_body(&mut self, cx: &mut Context<'_>) -> Poll<Result<Bytes, Error>> {
        match self.body.poll_next_unpin(cx) {
            Poll::Ready(arrived) => {
                self.idle_alarm = None;
                Poll::Ready(match arrived {
                    Some(Ok(bytes)) => Ok(bytes),
                    Some(Err(error)) => Err(error.into()),
                    None => Err(self.truncated()),
                })
            }
            Poll::Pending => {
                if self.idle_alarm.is_none() {
                    self.idle_alarm = self.exchange.timing.start(Clock::Idle);
                }
                let alarms = [self.exchange.call_alarm.as_mut(), self.idle_alarm.as_mut()];
                let ran_out = alarms
                    .into_iter()
                    .flatten()
                    .find_map(|alarm| alarm.poll(cx, Phase::Body));
                ran_out.map_or(Poll::Pending, |error| Poll::Ready(Err(error)))
            }
        }
    }

    fn truncated(&self) -> Error {
        let place = if self.decoder.pending() {
            " and in the middle of an event"
        } else {
            ""
        };
        Error::new(ErrorKind::Truncated)
            .with_message(format!("the stream ended before its end mark{place}"))
            .with_reach(Phase::Body, Delivery::Answered)
    }

    /// Stops reading: the connection is given back or closed.
    fn end(&mut self, state: State) {
        self.state = state;
        self.body = Body::empty();
        self.buffer = Bytes::new();
        self.items = VecDeque::new();
        self.idle_alarm = None;
        self.exchange.call_alarm = None;
    }

    fn fail(&mut self, error: Error) -> Error {
        self.end(State::Failed);
        self.located(error)
    }

    /// The error with everything that this stream knows.
    fn located(&self, error: Error) -> Error {
        error
            .with_response(self.status, self.headers.clone())
            .with_partial(self.so_far().clone())
            .with_attempts(
                self.exchange.earlier.clone(),
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
