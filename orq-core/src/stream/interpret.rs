//! What an event of the stream means.

use bytes::Bytes;
use serde_json::value::RawValue;

use crate::{
    auth::ApiKey,
    call::Answer,
    error::{ErrorBody, ErrorKind},
    model::{self, CompletionChunk, DecodeError, DecodeWarning},
};

/// What an event holds. One event may hold several: old servers glue JSON objects and the end mark together.
#[derive(Debug)]
pub(super) enum Item {
    Chunk(Box<CompletionChunk>),
    /// The end mark `[DONE]`.
    Done,
    /// The server reports an error, in these words.
    Error(ErrorBody, Bytes),
    /// None of these, with the reason and the beginning of what it was.
    Unreadable(ErrorKind, String, Bytes),
}

/// How events are read: for hiding the key, and for keeping no more than may be kept.
pub(super) struct Interpreter {
    pub(super) key: ApiKey,
    /// How much of an error's words is kept.
    pub(super) excerpt: usize,
}

const END_MARK: &str = "[DONE]";

impl Interpreter {
    /// Takes the next item off the data of an event of this type; `None` if nothing is left of it.
    ///
    /// Usually one object fills the event. An event without data keeps the connection alive.
    pub(super) fn next_item(
        &self,
        event_type: &str,
        data: &mut &str,
        warnings: &mut Vec<DecodeWarning>,
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
            let (json, rest) = first_value(whole);
            *data = rest;
            let item = match model::decode::<CompletionChunk>(json) {
                // An event of a type that we don't know may well have a message and mean no error.
                Ok((chunk, _))
                    if chunk.is_error() && (!is_unknown || chunk.extra.contains_key("error")) =>
                {
                    self.error(json)
                }
                Ok((chunk, more)) => {
                    warnings.extend(more.list);
                    return Some(Item::Chunk(Box::new(chunk)));
                }
                Err(_) if is_unknown => {
                    warnings.push(self.skipped(event_type));
                    continue;
                }
                Err(error) => self.unreadable(&error, whole),
            };
            // What comes after an error counts no more.
            *data = "";
            return Some(item);
        }
        None
    }

    fn error(&self, text: &str) -> Item {
        Item::Error(
            ErrorBody::parse(text.as_bytes(), &self.key),
            self.excerpt(text),
        )
    }

    fn unreadable(&self, error: &DecodeError, text: &str) -> Item {
        let kind = match error {
            DecodeError::Json(_) => ErrorKind::Decode,
            DecodeError::TooManyMembers(_) => ErrorKind::TooLarge,
        };
        Item::Unreadable(kind, self.redacted(error.to_string()), self.excerpt(text))
    }

    fn skipped(&self, event_type: &str) -> DecodeWarning {
        // Redacted before it is cut.
        let shown = self.redacted(event_type.to_owned());
        let shown: String = shown.chars().take(64).collect();
        DecodeWarning::new("", format!("skipped an event of type {shown:?}"))
    }

    fn redacted(&self, text: String) -> String {
        self.key.redact_text(&text).unwrap_or(text)
    }

    fn excerpt(&self, text: &str) -> Bytes {
        self.key.excerpt(text.as_bytes(), self.excerpt)
    }
}

/// Splits the first JSON value off, as text. What isn't JSON is not split.
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
