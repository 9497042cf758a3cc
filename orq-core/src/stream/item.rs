//! What an event of the stream means.

use bytes::Bytes;
use serde_json::value::RawValue;

use crate::{
    call::says_error,
    error::{ErrorBody, ErrorKind},
    model::{CompletionChunk, DecodeError, DecodeWarning, Warnings, decode, decode_typed},
    secret::ApiKey,
};

/// A part of an event's data. An event may have several: some servers put JSON objects and the end mark into one.
#[derive(Debug)]
pub(super) enum Item {
    Chunk(Box<CompletionChunk>),
    /// The end mark `[DONE]`.
    Done,
    /// The server reports an error; with the beginning of its text.
    Error(ErrorBody, Bytes),
    /// It can't be read, for this reason; with the beginning of its text.
    Unreadable(ErrorKind, String, Bytes),
}

/// Reads the data of events.
pub(super) struct Interpreter {
    /// The key, to hide it in messages.
    pub(super) key: ApiKey,
    /// How many bytes of an error's text are kept.
    pub(super) excerpt: usize,
}

const END_MARK: &str = "[DONE]";

impl Interpreter {
    /// Takes the next item from the data of an event of this type; `None` if nothing is left.
    ///
    /// Usually an event is one object. An event without data keeps the connection alive.
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
            // An event of an unknown type may have a message without being an error.
            let is_error = |chunk: &CompletionChunk| {
                says_error(&chunk.choices, &chunk.extra)
                    && (!is_unknown || chunk.extra.contains_key("error"))
            };
            // Usually the event is one object, whose end need not be searched first.
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
            // What follows an error has no meaning.
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
        // Redacted before it is cut.
        let shown = format!("{:.64}", self.key.hide(event_type.to_owned()));
        DecodeWarning::new("", format!("skipped an event of type {shown:?}"))
    }

    fn excerpt(&self, text: &str) -> Bytes {
        self.key.excerpt(text.as_bytes(), self.excerpt)
    }
}

/// Splits the text after its first JSON value. A text that doesn't begin with one is not split.
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
