//! Whether the body of a 2xx response or an event is an error.

use super::value::{elements, find};
use crate::model::{Choice, FinishReason, JsonMap, Nullable, RawJson};

/// Returns whether a completion, a chunk or another object with these choices and unknown fields is an error:
///
/// - it has an object or a list under `error`; or a text, unless each choice is complete;
/// - one of its choices has that, or a finish reason such as `error`;
/// - it has no choices, but a message under one of the usual names.
///
/// A field that is null, empty, false or zero, or consists of such fields, says nothing.
pub(crate) fn says_error(choices: &[Choice], extra: &JsonMap) -> bool {
    const MESSAGES: [&str; 7] = [
        "message",
        "msg",
        "fault",
        "detail",
        "errors",
        "errormessage",
        "errordescription",
    ];
    let is_complete = !choices.is_empty() && choices.iter().all(is_complete);
    names_error(extra, is_complete)
        || choices.iter().any(has_failed)
        || choices.is_empty() && MESSAGES.iter().any(|name| find(extra, name).is_some())
}

/// Returns whether JSON that isn't an object is an error: a list whose first element is one, or a text with one.
pub(crate) fn wraps_error(json: &str) -> bool {
    const LONGEST: usize = 64 * 1024;
    let json = json.trim();
    if json.len() > LONGEST || !json.starts_with(['[', '"']) {
        return false;
    }
    let Ok(value) = RawJson::from_text(json) else {
        return false;
    };
    let object = match value.text() {
        Some(text) => serde_json::from_str(&text).ok(),
        None => elements(&value)
            .first()
            .and_then(|first| serde_json::from_str(first.get()).ok()),
    };
    object.is_some_and(|object: JsonMap| says_error(&[], &object))
}

fn names_error(extra: &JsonMap, is_complete: bool) -> bool {
    let is_nested = |error: &RawJson| error.json().starts_with(['{', '[']);
    find(extra, "error").is_some_and(|error| is_nested(error) || !is_complete)
}

fn has_failed(choice: &Choice) -> bool {
    let reason = choice.finish_reason.as_option().map(FinishReason::as_str);
    let is_complete = is_complete(choice);
    let in_message = choice.message.as_ref().map(|message| &message.extra);
    reason.is_some_and(|reason| reason.to_ascii_lowercase().ends_with("error"))
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
            || message
                .tool_calls
                .as_ref()
                .is_some_and(|calls| !calls.is_empty())
            || message.image_url().is_some()
            || message.refusal.as_option().is_some())
}
