//! Interpreting the data of events.

use bytes::Bytes;
use serde_json::value::RawValue;

use crate::{
    error::{Error, ErrorBody, ErrorKind, REPORTED, says_error, wraps_error},
    model::{
        CompletionChunk, DecodeError, DecodeWarning, Warnings, decode, decode_typed,
        without_byte_order_mark,
    },
    secret::ApiKey,
};

/// An item in the data of an event. An event may have several: some servers send JSON objects and the end mark in one
/// event.
#[derive(Debug)]
pub(super) enum Item {
    Chunk(Box<CompletionChunk>),
    /// The end mark `[DONE]`.
    Done,
    /// An error that fails the stream even after its final chunk, with the chunk that it is part of.
    Error(Error, Option<Box<CompletionChunk>>),
    /// An error that fails the stream, unless the final chunk has arrived.
    Unreadable(Error),
}

/// Splits the data of events into items.
pub(super) struct Interpreter {
    /// The key to redact in messages.
    pub(super) key: ApiKey,
    /// The maximum size of the text that is kept for an error, in bytes.
    pub(super) excerpt: usize,
}

pub(super) const END_MARK: &str = "[DONE]";

impl Interpreter {
    /// Removes the next item from the data of an event of this type, and returns it; `None` if there is none.
    ///
    /// Usually the data are one object. Events with empty data, which keep a connection alive, have no items.
    pub(super) fn next_item(
        &self,
        event_type: &str,
        data: &mut &str,
        warnings: &mut Warnings,
    ) -> Option<Item> {
        let is_unknown = event_type != "message";
        *data = data.trim();
        if event_type.trim().eq_ignore_ascii_case("error") {
            return Some(self.error(std::mem::take(data), None));
        }
        while !data.is_empty() {
            if data.starts_with(END_MARK) {
                *data = "";
                return Some(Item::Done);
            }
            let whole = *data;
            // In an event of an unknown type, only `error` marks an error: it may have a `message` for other reasons.
            let is_error = |chunk: &CompletionChunk| {
                says_error(&chunk.choices, &chunk.extra)
                    && (!is_unknown || chunk.extra.contains_key("error"))
            };
            // Fast path: usually the data are one object, so its end needn't be found first.
            if let Some(chunk) = decode_typed(whole).filter(|chunk| !is_error(chunk)) {
                *data = "";
                return Some(Item::Chunk(Box::new(chunk)));
            }
            let (json, rest) = first_value(whole).unwrap_or((whole, ""));
            *data = rest;
            let item = match decode::<CompletionChunk>(json) {
                Ok((chunk, _)) if is_error(&chunk) => self.error(json, Some(chunk)),
                Ok((chunk, more)) => {
                    warnings.extend(more);
                    return Some(Item::Chunk(Box::new(chunk)));
                }
                Err(DecodeError::Json(_)) if !is_unknown && wraps_error(json) => {
                    self.error(json, None)
                }
                Err(DecodeError::Json(_)) if is_unknown => {
                    warnings.push(self.skipped(event_type));
                    continue;
                }
                Err(error) => {
                    let kind = match &error {
                        DecodeError::Json(_) => ErrorKind::Decode,
                        DecodeError::TooManyMembers(_) => ErrorKind::TooLarge,
                    };
                    let why = format!("an event can't be read: {error}");
                    let error = Error::new(kind).with_message(self.key.hide(why));
                    Item::Unreadable(error.with_body(self.excerpt(whole.as_bytes())))
                }
            };
            // The rest after an error is ignored.
            *data = "";
            return Some(item);
        }
        None
    }

    /// Returns whether a JSON value outside of an event is an error.
    pub(super) fn is_error(&self, json: &str) -> bool {
        match decode::<CompletionChunk>(json) {
            Ok((chunk, _)) => says_error(&chunk.choices, &chunk.extra),
            Err(_) => {
                let said = ErrorBody::parse(json.as_bytes(), None);
                said.code.or(said.message).is_some()
            }
        }
    }

    /// Returns the whole answer that the text is; `None` if it isn't one.
    pub(super) fn whole_answer(&self, text: &[u8], warnings: &mut Warnings) -> Option<Item> {
        let text = std::str::from_utf8(without_byte_order_mark(text)).ok()?;
        let (chunk, more) = decode::<CompletionChunk>(text).ok()?;
        if chunk.choices.is_empty() {
            return None;
        }
        warnings.extend(more);
        Some(Item::Chunk(Box::new(chunk)))
    }

    /// Returns the error that the server reports in this text, which may be part of a chunk.
    pub(super) fn error(&self, text: &str, chunk: Option<CompletionChunk>) -> Item {
        let error = Error::new(ErrorKind::StreamError)
            .with_message(REPORTED)
            .with_error_body(ErrorBody::parse(text.as_bytes(), Some(&self.key)))
            .with_body(self.excerpt(text.as_bytes()));
        let has_choices = |chunk: &CompletionChunk| !chunk.choices.is_empty();
        Item::Error(error, chunk.filter(has_choices).map(Box::new))
    }

    fn skipped(&self, event_type: &str) -> DecodeWarning {
        // Redacted before it is truncated.
        let shown = self.key.excerpt(event_type.as_bytes(), 256);
        let shown = format!("{:.64}", String::from_utf8_lossy(&shown));
        DecodeWarning::new("", format!("skipped an event of type {shown:?}"))
    }

    pub(super) fn excerpt(&self, text: &[u8]) -> Bytes {
        self.key.excerpt(text, self.excerpt)
    }
}

/// Returns whether data that may have been cut begin with an item that was not: the end mark or an object.
pub(super) fn begins_whole(data: &str) -> bool {
    let data = data.trim_start();
    data.starts_with(END_MARK) || data.starts_with('{') && first_value(data).is_some()
}

/// Splits the text after its first JSON value. Returns `None` if it doesn't start with a whole one.
pub(super) fn first_value(text: &str) -> Option<(&str, &str)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    let value = values.next()?.ok()?;
    let rest = text.get(values.byte_offset()..).unwrap_or_default();
    Some((value.get(), rest.trim_start()))
}
