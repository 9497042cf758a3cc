//! Whether the body of a 2xx response or an event is an error.

use super::value::{NAMES, find_in};
use crate::model::{Choice, FinishReason, JsonMap, Nullable, RawJson, first_value};

/// Returns whether a completion, a chunk or another object with these choices and unknown fields is an error:
///
/// - it has an object or a list under `error`; or a text there or something under `base_resp`, unless each choice is
///   complete;
/// - one of its choices has that, or a finish reason such as `error`;
/// - it has no choices, and no other part of an answer (`has_rest`), but a message or a code under one of the usual
///   names, or `"success": false`.
///
/// A field that is null, empty, false, zero or a word of success, or consists of such fields, says nothing.
pub(crate) fn says_error(choices: &[Choice], extra: &JsonMap, has_rest: bool) -> bool {
    let are_complete = || !choices.is_empty() && choices.iter().all(is_complete);
    names_error(extra, are_complete)
        || choices.iter().any(has_failed)
        || choices.is_empty()
            && !has_rest
            && (names_message(extra) || extra.get("success").is_some_and(|it| it.json() == "false"))
}

/// Returns whether JSON that isn't an object is an error: a list whose first element is one.
pub(crate) fn wraps_error(json: &str) -> bool {
    const LONGEST: usize = 64 * 1024;
    let first = json.trim_start().strip_prefix('[').and_then(first_value);
    let first = first.filter(|(first, _)| first.get().len() <= LONGEST);
    let object = first.and_then(|(first, _)| serde_json::from_str(first.get()).ok());
    object.is_some_and(|object: JsonMap| says_error(&[], &object, false))
}

fn names_message(extra: &JsonMap) -> bool {
    let mut names = NAMES.iter().filter(|(_, _, is_error)| *is_error);
    names.any(|(name, ..)| find_in(extra, name).is_some())
}

fn names_error(extra: &JsonMap, is_complete: impl Fn() -> bool) -> bool {
    let is_nested = |error: &RawJson| error.json().starts_with(['{', '[']);
    find_in(extra, "error").is_some_and(|error| is_nested(error) || !is_complete())
        || find_in(extra, "baseresp").is_some() && !is_complete()
}

fn has_failed(choice: &Choice) -> bool {
    let reason = choice.finish_reason.as_option().map(FinishReason::as_str);
    let is_complete = || is_complete(choice);
    let in_message = choice.message.as_ref().map(|message| &message.extra);
    let end = reason.and_then(|reason| reason.as_bytes().last_chunk::<5>());
    end.is_some_and(|end| end.eq_ignore_ascii_case(b"error"))
        || names_error(&choice.extra, is_complete)
        || in_message.is_some_and(|extra| names_error(extra, is_complete))
}

/// Returns whether the model has stopped, and has left something.
fn is_complete(choice: &Choice) -> bool {
    let Some(message) = &choice.message else {
        return false;
    };
    matches!(choice.finish_reason, Nullable::Value(_))
        && (message.text().is_some_and(|text| !text.trim().is_empty())
            || message.tool_calls.iter().flatten().next().is_some()
            || message.image_url().is_some()
            || message.refusal.as_option().is_some())
}
