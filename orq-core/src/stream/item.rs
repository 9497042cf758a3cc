//! Interpreting the data of events.

use bytes::Bytes;
use serde_json::value::RawValue;

use crate::{
    call::says_error,
    error::{ErrorBody, ErrorKind},
    model::{CompletionChunk, DecodeError, DecodeWarning, Warnings, decode, decode_typed},
    secret::ApiKey,
};

/// An item in the data of an event. An event may have several: some servers send JSON objects and the end mark in one
/// event.
#[derive(Debug)]
pub(super) enum Item {
    Chunk(Box<CompletionChunk>),
    /// The end mark `[DONE]`.
    Done,
    /// An error that the server reported, with the beginning of its text.
    Error(ErrorBody, Bytes),
    /// Data that can't be deserialized, with the reason and the beginning of its text.
    Unreadable(ErrorKind, String, Bytes),
}

/// Splits the data of events into items.
pub(super) struct Interpreter {
    /// The key to redact in messages.
    pub(super) key: ApiKey,
    /// The maximum size of the text that is kept for an error, in bytes.
    pub(super) excerpt: usize,
}

const END_MARK: &str = "[DONE]";

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
        let is_unknown = !matches!(event_type, "message" | "error");
        *data = data.trim();
        if event_type == "error" {
            return Some(self.error(std::mem::take(data)));
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
            let (json, rest) = first_value(whole);
            *data = rest;
            let item = match decode::<CompletionChunk>(json) {
                Ok((chunk, _)) if is_error(&chunk) => self.error(json),
                Ok((chunk, more)) => {
                    warnings.extend(more);
                    return Some(Item::Chunk(Box::new(chunk)));
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
                    Item::Unreadable(kind, self.key.hide(why), self.excerpt(whole))
                }
            };
            // The rest after an error is ignored.
            *data = "";
            return Some(item);
        }
        None
    }

    fn error(&self, text: &str) -> Item {
        Item::Error(
            ErrorBody::parse(text.as_bytes(), Some(&self.key)),
            self.excerpt(text),
        )
    }

    fn skipped(&self, event_type: &str) -> DecodeWarning {
        // Redacted before it is truncated.
        let shown = format!("{:.64}", self.key.hide(event_type.to_owned()));
        DecodeWarning::new("", format!("skipped an event of type {shown:?}"))
    }

    fn excerpt(&self, text: &str) -> Bytes {
        self.key.excerpt(text.as_bytes(), self.excerpt)
    }
}

/// Splits the text after its first JSON value. If it doesn't start with one, returns the whole text and an empty rest.
fn first_value(text: &str) -> (&str, &str) {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    match values.next() {
        Some(Ok(value)) => {
            let rest = text.get(values.byte_offset()..).unwrap_or_default();
            (value.get(), rest.trim_start())
        }
        _ => (text, ""),
    }
}
