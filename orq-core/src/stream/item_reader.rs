//! Decoding a body into the items of its events.

use std::{
    collections::VecDeque,
    mem,
    task::{Context, Poll, ready},
};

use bytes::{Buf, Bytes};

use super::{
    item::{Interpreter, Item, begins_whole},
    strays::Strays,
    template::Templates,
};
use crate::{
    call::TimedBody,
    error::{Error, ErrorKind},
    limits::Limits,
    model::{CompletionChunk, Warnings},
    secret::ApiKey,
    sse::Decoder,
};

/// Reads the items of the events of a body.
pub(super) struct ItemReader {
    pub(super) body: Box<TimedBody>,
    /// The bytes that were read and aren't decoded yet.
    buffer: Bytes,
    decoder: Decoder,
    pub(super) interpreter: Interpreter,
    /// The rest of the data of an event that has several items.
    rest: Option<Rest>,
    /// The error that ends the stream, once the body has ended. Then `rest` may have been cut.
    end: Option<Error>,
    /// The items to return next.
    items: VecDeque<Item>,
    strays: Strays,
    /// Whether an event has had a part of the answer.
    has_choices: bool,
    pub(super) warnings: Warnings,
    /// The number of bytes since the last event, and its maximum.
    without_event: usize,
    most_without_event: usize,
}

const CUT: &str = "the stream ended before its end mark";

struct Rest {
    event_type: String,
    data: String,
    at: usize,
}

impl ItemReader {
    pub(super) fn new(key: ApiKey, limits: &Limits, body: Box<TimedBody>) -> Self {
        Self {
            body,
            buffer: Bytes::new(),
            decoder: Decoder::new()
                .max_line(limits.event_line)
                .max_event(limits.event),
            interpreter: Interpreter {
                key,
                excerpt: limits.error_body,
                templates: Templates::default(),
            },
            rest: None,
            end: None,
            items: VecDeque::new(),
            strays: Strays::new(limits.response_body),
            has_choices: false,
            warnings: Warnings::default(),
            without_event: 0,
            most_without_event: limits.without_event,
        }
    }

    /// Polls for the next item. The end of the body is a [`Truncated`](ErrorKind::Truncated) error.
    pub(super) fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Item> {
        loop {
            let item = self.strays.found().or_else(|| self.items.pop_front());
            let item = match item.or_else(|| self.next_of_rest()) {
                None if !self.buffer.is_empty() => match self.decode() {
                    None => continue,
                    decoded => decoded,
                },
                item => item,
            };
            if let Some(item) = item {
                self.body.event_arrived();
                self.without_event = 0;
                return Poll::Ready(self.with_strays(item));
            }
            if let Some(error) = self.end.take() {
                return Poll::Ready(self.with_strays(Item::Unreadable(error)));
            } else if self.without_event > self.most_without_event {
                let most = self.most_without_event;
                let why = format!("{most} bytes of the stream arrived without an event");
                self.end = Some(Error::new(ErrorKind::TooLarge).with_message(why));
            } else {
                match ready!(self.body.poll_event_bytes(cx)) {
                    Some(Ok(bytes)) => self.buffer = bytes,
                    Some(Err(error)) => {
                        let unfinished = self.decoder.unfinished();
                        self.strays.add(unfinished, &self.interpreter);
                        self.end = Some(error);
                    }
                    None => {
                        self.end = Some(Error::new(ErrorKind::Truncated).with_message(CUT));
                        // An event may lack its blank line.
                        self.buffer = Bytes::from_static(b"\n\n");
                    }
                }
                self.without_event = self.without_event.saturating_add(self.buffer.len());
            }
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
        self.strays = Strays::default();
    }

    /// Returns the chunk of an item that repeats another one. Its JSON may be that of another item.
    pub(super) fn repeated(&self) -> Option<&CompletionChunk> {
        self.interpreter.templates.chunk()
    }

    /// Returns the same chunk with its own JSON.
    pub(super) fn clone_repeated(&mut self) -> Option<CompletionChunk> {
        self.interpreter.templates.cloned()
    }

    pub(super) fn key(&self) -> &ApiKey {
        &self.interpreter.key
    }

    /// Decodes the buffer up to the end of the next event, and returns its first item.
    fn decode(&mut self) -> Option<Item> {
        let mut left = &self.buffer[..];
        let ignored = |line: &[u8]| self.strays.add(line, &self.interpreter);
        let mut item = None;
        match self.decoder.next_with(&mut left, ignored) {
            Ok(Some(event)) => {
                self.strays.end_block(&self.interpreter);
                let mut data = event.data;
                if self.end.is_none() {
                    let (interpreter, warnings) = (&mut self.interpreter, &mut self.warnings);
                    item = interpreter.next_item(event.event, &mut data, warnings);
                }
                if !data.is_empty() {
                    self.rest = Some(Rest {
                        event_type: event.event.to_owned(),
                        data: data.to_owned(),
                        at: 0,
                    });
                }
            }
            Ok(None) => {}
            Err(error) => {
                let too_large = Error::new(ErrorKind::TooLarge)
                    .with_message(error.to_string())
                    .with_source(error);
                item = Some(Item::Unreadable(too_large));
            }
        }
        match left.len() {
            // An empty slice would keep the transport's buffer.
            0 => self.buffer = Bytes::new(),
            left => self.buffer.advance(self.buffer.len() - left),
        }
        let found = self.strays.found();
        if found.is_some() {
            // It is older than the event.
            self.items.extend(mem::replace(&mut item, found));
        }
        item
    }

    fn next_of_rest(&mut self) -> Option<Item> {
        let rest = self.rest.as_mut()?;
        let mut data = rest.data.get(rest.at..).unwrap_or_default();
        if let Some(end) = self.end.take_if(|_| !begins_whole(data)) {
            let why = format!("{CUT} and in the middle of an event");
            let body = self.interpreter.excerpt(data.as_bytes());
            self.end = Some(end.with_message(why).with_body(body));
            self.rest = None;
            return None;
        }
        let (interpreter, warnings) = (&mut self.interpreter, &mut self.warnings);
        let item = interpreter.next_item(&rest.event_type, &mut data, warnings);
        rest.at = rest.data.len() - data.len();
        if data.is_empty() {
            self.rest = None;
        }
        item
    }

    /// Returns the item, or at the end of the stream what the lines outside of its events make of it.
    fn with_strays(&mut self, item: Item) -> Item {
        let failure = match item {
            Item::Chunk(chunk) => {
                self.has_choices |= !chunk.choices.is_empty();
                if chunk.is_final == Some(true) {
                    self.strays.final_chunk();
                }
                return Item::Chunk(chunk);
            }
            Item::Repeat { .. } | Item::Error(..) => return item,
            Item::Done => None,
            Item::Unreadable(error) => Some(error),
        };
        self.strays.end_block(&self.interpreter);
        if let Some(found) = self.strays.found() {
            return found;
        }
        let Some(text) = self.strays.take() else {
            return failure.map_or(Item::Done, Item::Unreadable);
        };
        let kind = failure.as_ref().map(Error::kind);
        let is_clean = matches!(kind, None | Some(ErrorKind::Truncated));
        if is_clean
            && !self.has_choices
            && let Some(answer) = self.interpreter.whole_answer(&text, &mut self.warnings)
        {
            self.items.push_front(Item::Done);
            return answer;
        }
        let error = failure.unwrap_or_else(|| {
            let why = "the stream has text outside of its events";
            Error::new(ErrorKind::Decode).with_message(why)
        });
        Item::Error(error.with_body(self.interpreter.excerpt(&text)), None)
    }
}
