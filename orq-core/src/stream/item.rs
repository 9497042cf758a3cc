//! Interpreting the data of events.

use bytes::Bytes;

use super::template::Templates;
use crate::{
    call::Answer,
    error::{Error, ErrorBody, ErrorKind, REPORTED, wraps_error},
    model::{
        CompletionChunk, DecodeError, DecodeWarning, Warnings, decode, decode_typed, first_value,
        without_byte_order_mark,
    },
    secret::ApiKey,
};

/// An item in the data of an event. An event may have several: some servers send JSON objects and the end mark in one
/// event.
#[derive(Debug)]
pub(super) enum Item {
    Chunk(Box<CompletionChunk>),
    /// The chunk of [`Templates`], the size of its JSON, and whether the chunk before it differs only in the same strings.
    Repeat {
        size: usize,
        is_same: bool,
    },
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
    pub(super) templates: Templates,
}

const END_MARK: &str = "[DONE]";

impl Interpreter {
    /// Removes the next item from the data of an event of this type, and returns it; `None` if there is none.
    ///
    /// Usually the data are one object. Events with empty data, which keep a connection alive, have no items.
    pub(super) fn next_item(
        &mut self,
        event_type: &str,
        data: &mut &str,
        warnings: &mut Warnings,
    ) -> Option<Item> {
        let is_unknown = event_type != "message";
        // Most data are an object without white space around it, which is quickly recognized.
        if !data.starts_with('{') || !data.ends_with('}') {
            *data = data.trim();
        }
        if is_unknown && is_error_type(event_type) {
            return Some(self.error(std::mem::take(data), None));
        }
        if let Some(is_same) = self.templates.read(data) {
            let size = std::mem::take(data).len();
            return Some(Item::Repeat { size, is_same });
        }
        loop {
            if !data.starts_with('{') {
                *data = without_label(data);
                if data.is_empty() {
                    return None;
                }
                if is_end_mark(data) {
                    *data = "";
                    return Some(Item::Done);
                }
            }
            let whole = *data;
            // In an event of an unknown type, only `error` marks an error: it may have a `message` for other reasons.
            let is_error = |chunk: &CompletionChunk| {
                chunk.is_error() && (!is_unknown || chunk.extra.contains_key("error"))
            };
            // Fast path: usually the data are one object, so its end needn't be found first.
            let chunk = decode_typed(whole).map(Box::new);
            if let Some(chunk) = chunk.filter(|chunk| !is_error(chunk)) {
                self.templates.learn(whole, &chunk);
                *data = "";
                return Some(Item::Chunk(chunk));
            }
            let (line, after) = whole.split_once('\n').unwrap_or((whole, ""));
            if !is_unknown && keeps_alive(line) {
                warnings.push(DecodeWarning::new("", "skipped data that isn't JSON"));
                *data = after;
                continue;
            }
            let value = first_value(whole).map(|(value, rest)| (value.get(), rest));
            let (json, rest) = value.unwrap_or((whole, ""));
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
                    let in_words = error_text(whole);
                    let reported = in_words.map(|text| self.error_within(whole, text, None));
                    let reported = reported.or_else(|| self.error_after(whole));
                    reported.unwrap_or_else(|| self.unreadable(whole, &error))
                }
            };
            // The rest after an error is ignored.
            *data = "";
            return Some(item);
        }
    }

    /// Returns the error behind something that was cut.
    fn error_after(&self, data: &str) -> Option<Item> {
        let mut pieces = data.lines().flat_map(|line| line.split("data:")).skip(1);
        pieces.find_map(|piece| self.error_in(data, first_value(piece)?.0.get()))
    }

    /// Returns the error that a JSON value in the data is; `None` if it isn't one.
    pub(super) fn error_in(&self, data: &str, json: &str) -> Option<Item> {
        let chunk = match decode::<CompletionChunk>(json) {
            Ok((chunk, _)) if chunk.is_error() => Some(chunk),
            Ok(_) => return None,
            Err(_) => {
                let said = ErrorBody::parse(json.as_bytes(), None);
                said.code.or(said.message)?;
                None
            }
        };
        Some(self.error_within(data, json, chunk))
    }

    fn unreadable(&self, data: &str, error: &DecodeError) -> Item {
        let kind = match error {
            DecodeError::Json(_) => ErrorKind::Decode,
            DecodeError::TooManyMembers(_) => ErrorKind::TooLarge,
        };
        let why = format!("an event can't be read: {error}");
        let error = Error::new(kind).with_message(self.key.hide(why));
        Item::Unreadable(error.with_body(self.excerpt(data.as_bytes())))
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
        self.error_within(text, text, chunk)
    }

    /// Returns the same for a part of the data.
    fn error_within(&self, data: &str, text: &str, chunk: Option<CompletionChunk>) -> Item {
        let error = Error::new(ErrorKind::StreamError)
            .with_message(REPORTED)
            .with_error_body(ErrorBody::parse(text.as_bytes(), Some(&self.key)))
            .with_body(self.excerpt(data.as_bytes()));
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

/// Returns whether data that may have been cut begin with an item that was not: the end mark, an object, or an error in
/// words.
pub(super) fn begins_whole(data: &str) -> bool {
    let data = without_label(data);
    is_end_mark(data)
        || error_text(data).is_some()
        || data.starts_with('{') && first_value(data).is_some()
}

/// Returns whether a text begins with the end mark, or is one that others have invented.
pub(super) fn is_end_mark(text: &str) -> bool {
    let bare = text.trim_matches(['"', '\'']);
    begins_with(bare, END_MARK) || bare.eq_ignore_ascii_case("done")
}

/// Returns whether all events of this type are errors.
fn is_error_type(event_type: &str) -> bool {
    // It may be asked for each of many values, so a long name isn't searched.
    if event_type.len() > 64 {
        return false;
    }
    let event_type = event_type.trim().to_ascii_lowercase();
    event_type.ends_with("error") || event_type.ends_with("exception")
}

/// Returns whether data are only sent to keep the connection alive: a comment or a word.
fn keeps_alive(line: &str) -> bool {
    const WORDS: &str = "null ping pong heartbeat keepalive keep-alive";
    let bare = line.trim().trim_matches('"');
    line.starts_with(':') || WORDS.split(' ').any(|word| bare.eq_ignore_ascii_case(word))
}

/// Returns the error that data without JSON are.
fn error_text(data: &str) -> Option<&str> {
    let label = ["error:", "[error]"]
        .into_iter()
        .find(|label| begins_with(data, label))?;
    data.get(label.len()..).map(str::trim_start)
}

fn begins_with(text: &str, word: &str) -> bool {
    let beginning = text.get(..word.len());
    beginning.is_some_and(|beginning| beginning.eq_ignore_ascii_case(word))
}

/// Removes the names of fields that were sent within the data.
fn without_label(data: &str) -> &str {
    let mut data = data.trim_start();
    while let Some(more) = data.strip_prefix("data:") {
        data = more.trim_start();
    }
    data
}
