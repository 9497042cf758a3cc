//! From the bytes of a body to what its events mean, with the clocks running.

use std::{
    collections::VecDeque,
    task::{Context, Poll, ready},
};

use bytes::{Buf, Bytes};
use futures::StreamExt;

use super::interpret::{Interpreter, Item};
use crate::{
    auth::ApiKey,
    call::{Alarm, Exchange, Timing, ran_out},
    error::{Clock, Error, ErrorKind},
    model::DecodeWarning,
    sse::Decoder,
    transport::{Body, Delivery, Phase},
};

/// How many warnings are kept: a hostile stream could make one with each event.
const MOST_WARNINGS: usize = 64;

/// How often the body is read for one item before others get their turn: comments alone must not keep the thread.
const MOST_READS: usize = 64;

/// Reads items off a body.
pub(super) struct ItemReader {
    body: Body,
    /// What has arrived and is not decoded yet.
    buffer: Bytes,
    decoder: Decoder,
    interpreter: Interpreter,
    /// The rest of an event that holds several items.
    glued: Option<Glued>,
    /// What is to be handed out next.
    items: VecDeque<Item>,
    warnings: Vec<DecodeWarning>,
    timing: Timing,
    /// Runs since the call began.
    call_alarm: Option<Alarm>,
    /// Runs while bytes are waited for.
    idle_alarm: Option<Alarm>,
    /// Runs while an event is waited for.
    event_alarm: Option<Alarm>,
    /// Whether all that is waited for is the usage, and the end.
    is_closing: bool,
}

struct Glued {
    event_type: String,
    data: String,
    at: usize,
}

impl ItemReader {
    pub(super) fn new(exchange: &mut Exchange, body: Body) -> Self {
        let client = exchange.client.inner();
        Self {
            body,
            buffer: Bytes::new(),
            decoder: Decoder::new()
                .max_line(client.limits.event_line)
                .max_event(client.limits.event),
            interpreter: Interpreter {
                key: exchange.client.key().clone(),
                excerpt: client.limits.error_body,
            },
            glued: None,
            items: VecDeque::new(),
            warnings: Vec::new(),
            timing: exchange.timing.clone(),
            call_alarm: exchange.call_alarm.take(),
            idle_alarm: None,
            event_alarm: None,
            is_closing: false,
        }
    }

    /// The next item, or why there is none.
    pub(super) fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Result<Item, Error>> {
        let mut reads = 0;
        loop {
            if let Some(item) = self.items.pop_front().or_else(|| self.next_glued()) {
                self.event_alarm = None;
                return Poll::Ready(Ok(item));
            }
            if !self.buffer.is_empty() {
                self.decode()?;
                continue;
            }
            if reads == MOST_READS {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            reads += 1;
            self.buffer = ready!(self.poll_body(cx))?;
        }
    }

    /// Waits for the idle time and no longer, whatever keeps the connection alive: the answer is complete, but the
    /// usage may follow.
    pub(super) fn close_soon(&mut self) {
        self.is_closing = true;
    }

    /// Puts an item back, or in: it is the next to be handed out.
    pub(super) fn push_front(&mut self, item: Item) {
        self.items.push_front(item);
    }

    /// Looks at the body once more after the end mark, so that its connection can be used again if it ends here.
    pub(super) fn poll_end(&mut self, cx: &mut Context<'_>) {
        let _ = self.body.poll_next_unpin(cx);
    }

    /// Stops reading and drops what is not handed out: the connection is given back or closed.
    pub(super) fn stop(&mut self) {
        self.body = Body::empty();
        self.buffer = Bytes::new();
        self.glued = None;
        self.items = VecDeque::new();
        self.call_alarm = None;
        self.idle_alarm = None;
        self.event_alarm = None;
    }

    pub(super) fn key(&self) -> &ApiKey {
        &self.interpreter.key
    }

    pub(super) fn warnings(&self) -> &[DecodeWarning] {
        &self.warnings
    }

    pub(super) fn warn(&mut self, warnings: impl IntoIterator<Item = DecodeWarning>) {
        let room = MOST_WARNINGS.saturating_sub(self.warnings.len());
        self.warnings.extend(warnings.into_iter().take(room));
    }

    pub(super) fn into_warnings(self) -> Vec<DecodeWarning> {
        self.warnings
    }

    /// Decodes the buffer up to and with its next event, and reads that event's first item.
    fn decode(&mut self) -> Result<(), Error> {
        let mut rest = &self.buffer[..];
        let mut warnings = Vec::new();
        let found = match self.decoder.next(&mut rest) {
            Ok(Some(event)) => {
                let mut data = event.data();
                let item = self
                    .interpreter
                    .next_item(event.event(), &mut data, &mut warnings);
                self.items.extend(item);
                if !data.is_empty() {
                    self.glued = Some(Glued {
                        event_type: event.event().to_owned(),
                        data: data.to_owned(),
                        at: 0,
                    });
                }
                Ok(())
            }
            Ok(None) => Ok(()),
            Err(error) => Err(Error::new(ErrorKind::TooLarge)
                .with_message(error.to_string())
                .with_source(error)),
        };
        let left = rest.len();
        self.buffer.advance(self.buffer.len() - left);
        self.warn(warnings);
        found
    }

    fn next_glued(&mut self) -> Option<Item> {
        let glued = self.glued.as_mut()?;
        let mut data = glued.data.get(glued.at..).unwrap_or_default();
        let mut warnings = Vec::new();
        let item = self
            .interpreter
            .next_item(&glued.event_type, &mut data, &mut warnings);
        glued.at = glued.data.len() - data.len();
        if data.is_empty() {
            self.glued = None;
        }
        self.warn(warnings);
        item
    }

    fn poll_body(&mut self, cx: &mut Context<'_>) -> Poll<Result<Bytes, Error>> {
        if self.event_alarm.is_none() {
            self.event_alarm = self.timing.start(Clock::Event);
        }
        // First, for a body that is always ready would never let these be seen.
        if let Some(error) = ran_out(
            cx,
            [&mut self.call_alarm, &mut self.event_alarm],
            Phase::Body,
        ) {
            return Poll::Ready(Err(error));
        }
        if let Poll::Ready(arrived) = self.body.poll_next_unpin(cx) {
            if !self.is_closing {
                self.idle_alarm = None;
            }
            return Poll::Ready(match arrived {
                Some(Ok(bytes)) => Ok(bytes),
                Some(Err(error)) => Err(error.into()),
                None => Err(self.truncated()),
            });
        }
        if self.idle_alarm.is_none() {
            self.idle_alarm = self.timing.start(Clock::Idle);
        }
        let error = ran_out(cx, [&mut self.idle_alarm], Phase::Body);
        error.map_or(Poll::Pending, |error| Poll::Ready(Err(error)))
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
}
