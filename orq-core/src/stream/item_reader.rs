//! Decoding a body into the items of its events.

use std::{
    collections::VecDeque,
    task::{Context, Poll, ready},
};

use bytes::{Buf, Bytes};

use super::item::{Interpreter, Item};
use crate::{
    call::TimedBody,
    error::{Error, ErrorKind},
    limits::Limits,
    model::Warnings,
    secret::ApiKey,
    sse::Decoder,
    transport::{Delivery, Phase},
};

/// The maximum number of reads for one item within a poll. Then the reader yields to other tasks: a body that is always
/// ready and has only comments must not block the thread.
const MOST_READS: usize = 64;

/// Reads the items of the events of a body.
pub(super) struct ItemReader {
    pub(super) body: TimedBody,
    /// The bytes that were read and aren't decoded yet.
    buffer: Bytes,
    decoder: Decoder,
    interpreter: Interpreter,
    /// The rest of the data of an event that has several items.
    rest: Option<Rest>,
    /// The items to return next.
    items: VecDeque<Item>,
    pub(super) warnings: Warnings,
    /// The number of bytes since the last event, and its maximum.
    without_event: usize,
    most_without_event: usize,
}

struct Rest {
    event_type: String,
    data: String,
    at: usize,
}

impl ItemReader {
    pub(super) fn new(key: ApiKey, limits: &Limits, body: TimedBody) -> Self {
        Self {
            body,
            buffer: Bytes::new(),
            decoder: Decoder::new()
                .max_line(limits.event_line)
                .max_event(limits.event),
            interpreter: Interpreter {
                key,
                excerpt: limits.error_body,
            },
            rest: None,
            items: VecDeque::new(),
            warnings: Warnings::default(),
            without_event: 0,
            most_without_event: limits.without_event,
        }
    }

    /// Polls for the next item. The end of the body is a [`Truncated`](ErrorKind::Truncated) error.
    pub(super) fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Result<Item, Error>> {
        let mut reads = 0;
        loop {
            if let Some(item) = self.items.pop_front().or_else(|| self.next_of_rest()) {
                self.body.event_arrived();
                self.without_event = 0;
                return Poll::Ready(Ok(item));
            }
            if !self.buffer.is_empty() {
                self.decode()?;
                continue;
            }
            if self.without_event > self.most_without_event {
                let most = self.most_without_event;
                let why = format!("{most} bytes of the stream arrived without an event");
                return Poll::Ready(Err(Error::new(ErrorKind::TooLarge).with_message(why)));
            }
            if reads == MOST_READS {
                if let Some(error) = self.body.event_timeout(cx) {
                    return Poll::Ready(Err(error));
                }
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            reads += 1;
            self.buffer = match ready!(self.body.poll_event_bytes(cx)) {
                Some(bytes) => bytes?,
                None => return Poll::Ready(Err(self.truncated())),
            };
            self.without_event = self.without_event.saturating_add(self.buffer.len());
        }
    }

    /// Adds an item to return before the others.
    pub(super) fn push_front(&mut self, item: Item) {
        self.items.push_front(item);
    }

    /// Stops reading, and drops the body and all items. The transport then returns the connection to its pool or closes
    /// it.
    pub(super) fn stop(&mut self) {
        self.body.stop();
        self.buffer = Bytes::new();
        self.rest = None;
        self.items = VecDeque::new();
    }

    pub(super) fn key(&self) -> &ApiKey {
        &self.interpreter.key
    }

    /// Decodes the buffer up to the end of the next event, and adds the first item of that event to `items`.
    fn decode(&mut self) -> Result<(), Error> {
        let mut left = &self.buffer[..];
        let decoded = match self.decoder.next(&mut left) {
            Ok(Some(event)) => {
                let mut data = event.data;
                let item = self
                    .interpreter
                    .next_item(event.event, &mut data, &mut self.warnings);
                self.items.extend(item);
                if !data.is_empty() {
                    self.rest = Some(Rest {
                        event_type: event.event.to_owned(),
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
        let left = left.len();
        self.buffer.advance(self.buffer.len() - left);
        decoded
    }

    fn next_of_rest(&mut self) -> Option<Item> {
        let rest = self.rest.as_mut()?;
        let mut data = rest.data.get(rest.at..).unwrap_or_default();
        let item = self
            .interpreter
            .next_item(&rest.event_type, &mut data, &mut self.warnings);
        rest.at = rest.data.len() - data.len();
        if data.is_empty() {
            self.rest = None;
        }
        item
    }

    fn truncated(&self) -> Error {
        let place = match self.decoder.pending() {
            true => " and in the middle of an event",
            false => "",
        };
        Error::new(ErrorKind::Truncated)
            .with_message(format!("the stream ended before its end mark{place}"))
            .with_reach(Phase::Body, Delivery::Answered)
    }
}
