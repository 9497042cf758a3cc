//! What an event of the stream means.

use std::collections::VecDeque;

use serde_json::value::RawValue;

use crate::{
    error::ErrorBody,
    model::{self, Choice, CompletionChunk, DecodeWarning, JsonMap},
    sse::Event,
};

/// What an event holds. One event may hold several: old servers glue JSON objects and the end mark together.
#[derive(Debug)]
pub(super) enum Item {
    Chunk(Box<CompletionChunk>),
    /// The end mark `[DONE]`.
    Done,
    /// The server reports an error.
    Error(ErrorBody),
    /// Neither; with the reason.
    Unreadable(String),
}

const END_MARK: &str = "[DONE]";

/// Reads one event into `items`.
pub(super) fn interpret(
    event: &Event<'_>,
    redact: impl Fn(&[u8]) -> Option<Vec<u8>>,
    items: &mut VecDeque<Item>,
    warnings: &mut Vec<DecodeWarning>,
) {
    let error = |text: &str| match redact(text.as_bytes()) {
        Some(redacted) => ErrorBody::parse(&redacted),
        None => ErrorBody::parse(text.as_bytes()),
    };
    let mut rest = event.data().trim();
    if event.event() == "error" {
        return items.push_back(Item::Error(error(rest)));
    }
    // Usually one object fills the event. An event without data keeps the connection alive.
    while !rest.is_empty() {
        if rest.starts_with(END_MARK) {
            return items.push_back(Item::Done);
        }
        let (json, after) = match first_value(rest) {
            Ok(split) => split,
            Err(why) => return items.push_back(Item::Unreadable(why)),
        };
        rest = after;
        match model::decode::<CompletionChunk>(json) {
            Ok((chunk, _)) if answers_with_error(&chunk.choices, &chunk.extra) => {
                return items.push_back(Item::Error(error(json)));
            }
            Ok((chunk, more)) => {
                warnings.extend(more);
                items.push_back(Item::Chunk(Box::new(chunk)));
            }
            // An event of a type that we don't know may hold anything.
            Err(_) if event.event() != "message" => {
                warnings.push(DecodeWarning::new(
                    "",
                    format!("skipped an event of type {:?}", event.event()),
                ));
            }
            Err(error) => return items.push_back(Item::Unreadable(error.to_string())),
        }
    }
}

/// Splits the first JSON value off, as text.
fn first_value(text: &str) -> Result<(&str, &str), String> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    match values.next() {
        Some(Ok(value)) => {
            let at = values.byte_offset();
            Ok((value.get(), text.get(at..).unwrap_or_default().trim_start()))
        }
        Some(Err(error)) => Err(error.to_string()),
        None => Ok((text, "")),
    }
}

/// Whether what was read as an answer is really an error: it has no choices, but says what an error says.
pub(crate) fn answers_with_error(choices: &[Choice], extra: &JsonMap) -> bool {
    let has = |key| extra.get(key).is_some_and(|value| !value.is_null());
    choices.is_empty() && (has("error") || has("message"))
}
