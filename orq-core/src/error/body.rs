//! Finding the code, type and message of an error in what a server sent.

use serde_json::value::RawValue;

use super::{
    page::{cut, title},
    value::{
        DEPTH, Member, NAMES, Part, elements, find, is_blank, is_code, is_named, path, scalar,
    },
};
use crate::{
    model::{first_value, members, text_of, without_byte_order_mark},
    secret::ApiKey,
    sse::Decoder,
};

/// The parts of an error body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ErrorBody {
    pub(crate) code: Option<String>,
    pub(crate) error_type: Option<String>,
    pub(crate) message: Option<String>,
    /// Whether the code stands where the API puts it, so that the API itself has answered: a gateway's error may have
    /// a code elsewhere.
    pub(crate) has_own_code: bool,
}

/// The maximum length of a part, in bytes. The body has the rest.
const LONGEST: usize = 8192;

impl ErrorBody {
    /// Parses the body of an error response or the data of an event, and redacts `key` in its parts.
    ///
    /// It may be JSON, a list or a text with JSON, a stream of events, or a short plain text. See [`NAMES`].
    pub(crate) fn parse(body: &[u8], key: Option<&ApiKey>) -> Self {
        // Redacted after parsing: JSON can escape a string in several ways, and a short key may be part of a field's
        // name.
        let text = String::from_utf8_lossy(without_byte_order_mark(body));
        let mut said = Self::of_events(&text).unwrap_or_else(|| Self::of_data(&text));
        said.has_own_code = serde_json::from_str(&text).is_ok_and(has_own_code);
        for text in [&mut said.code, &mut said.error_type, &mut said.message]
            .into_iter()
            .flatten()
        {
            if let Some(key) = key {
                *text = key.hide(std::mem::take(text));
            }
            text.truncate(cut(text, LONGEST).len());
        }
        said
    }

    /// Returns the parts of JSON or of another text, which is the message only if it is readable.
    fn of_data(text: &str) -> Self {
        if let Ok(json) = serde_json::from_str(text) {
            return Self::of_json(json, DEPTH);
        }
        let text = text.trim();
        let mut said = Self::of_text(text, DEPTH);
        if !is_readable(text) {
            said.message = said.message.filter(|message| message != text);
        }
        said
    }

    /// Returns the parts of the first event that has any; `None` if the text has no event.
    fn of_events(text: &str) -> Option<Self> {
        // The last event may lack its blank line.
        let text = format!("{text}\n\n");
        let (mut left, mut decoder) = (text.as_bytes(), Decoder::new());
        let mut said = None;
        while said.as_ref().is_none_or(|said| *said == Self::default())
            && let Ok(Some(event)) = decoder.next(&mut left)
        {
            said = Some(Self::of_data(event.data));
        }
        said
    }

    fn of_json(value: &RawValue, depth: usize) -> Self {
        let Some(depth) = depth.checked_sub(1) else {
            return Self::default();
        };
        match value.get().as_bytes().first() {
            Some(b'{') => Self::of_object(&members(value), depth),
            Some(b'[') => Self::of_list(value, depth),
            Some(b'"') => Self::of_text(&text_of(value).unwrap_or_default(), depth),
            _ => Self::default(),
        }
    }

    fn of_object(object: &[Member<'_>], depth: usize) -> Self {
        let is_known = |key: &str| NAMES.iter().any(|(name, ..)| is_named(key, name));
        let (known, others): (Vec<_>, Vec<_>) =
            object.iter().cloned().partition(|(key, _)| is_known(key));
        let mut said = Self::default();
        for (name, part, _) in NAMES {
            let Some(value) = find(&known, name) else {
                continue;
            };
            let is_nested = value.get().starts_with(['{', '[']);
            match part {
                Part::Inner if is_nested => said = Self::of_json(value, depth),
                Part::Inner => {}
                Part::Code => said.code = said.code.take().or_else(|| scalar(value)),
                Part::Type => {
                    // Some servers mark each error object so.
                    let kind = text_of(value).filter(|kind| kind != "error");
                    said.error_type = said.error_type.take().or(kind);
                }
                Part::Text if is_nested => {}
                Part::Text => {
                    let mut inner = Self::of_json(value, depth);
                    let code = scalar(value).filter(|code| is_code(code));
                    inner.code = inner.code.or(code);
                    said.fill(inner);
                }
                Part::Message => {
                    let mut inner = Self::of_json(value, depth);
                    let title = find(&known, "title").and_then(text_of);
                    if name == "detail"
                        && let (Some(title), Some(detail)) = (title, &inner.message)
                    {
                        inner.message = Some(format!("{title}: {detail}"));
                    }
                    said.fill(inner);
                }
            }
        }
        // Elsewhere it is only the status of the response.
        if find(&known, "statusmsg").is_some() {
            let code = find(&others, "statuscode").and_then(scalar);
            said.code = said.code.take().or(code);
        }
        // FastAPI says where an error is in the request.
        if let Some(message) = &said.message
            && let Some(place) = find(&others, "loc").and_then(path)
        {
            said.message = Some(format!("{place}: {message}"));
        }
        if said != Self::default() || depth == 0 {
            return said;
        }
        // The error may be part of another object, whose other fields may mean anything.
        for (_, value) in others {
            let inner = members(value);
            if find(&inner, "error").is_some() {
                said.fill(Self::of_object(&inner, depth - 1));
            }
        }
        said
    }

    fn of_list(list: &RawValue, depth: usize) -> Self {
        let mut said = Self::default();
        let mut messages = Vec::new();
        for element in elements(list).into_iter().take(DEPTH) {
            let mut inner = Self::of_json(element, depth);
            messages.extend(inner.message.take());
            said.code = said.code.or(inner.code);
            said.error_type = said.error_type.or(inner.error_type);
        }
        said.message = (!messages.is_empty()).then(|| messages.join("; "));
        said
    }

    /// Returns the text as the message. If it is JSON, as of an upstream's error, returns the parts of that; if it
    /// contains an error object, the code and the type of that.
    fn of_text(text: &str, depth: usize) -> Self {
        let text = text.trim();
        if is_blank(text) {
            return Self::default();
        }
        if text.starts_with('<') {
            return Self {
                message: title(text).or_else(|| Some(text.to_owned())),
                ..Self::default()
            };
        }
        let (words, json) = match text.starts_with(['[', '"']) {
            true => ("", text),
            false => text.split_at(text.find('{').unwrap_or(text.len())),
        };
        let value = first_value(json).map(|(value, _)| value);
        let has_error = |value| find(&members(value), "error").is_some();
        let mut said = match value {
            // What follows may be another event or an end mark.
            Some(value) if value.get() == text || has_error(value) => Self::of_json(value, depth),
            _ => Self::default(),
        };
        // What stands before it are words, too.
        if !words.is_empty() {
            said.message = None;
        }
        said.message.get_or_insert_with(|| text.to_owned());
        said
    }

    /// Adds the parts that are missing.
    fn fill(&mut self, other: Self) {
        // A type alone may be that of something else.
        if other.code.is_some() || other.message.is_some() {
            self.code = self.code.take().or(other.code);
            self.error_type = self.error_type.take().or(other.error_type);
            self.message = self.message.take().or(other.message);
        }
    }
}

/// Returns whether a value is an object that has a code, or an object with one under `error`.
fn has_own_code(json: &RawValue) -> bool {
    let has_code = |json| {
        let mut object = members(json).into_iter();
        object.any(|(name, value)| name == "code" && scalar(value).is_some())
    };
    let mut object = members(json).into_iter();
    has_code(json) || object.any(|(name, value)| name == "error" && has_code(value))
}

/// Returns whether a text is short and plain, as load balancers and proxies send it, rather than HTML or truncated
/// JSON.
fn is_readable(text: &str) -> bool {
    text.len() <= 1024 && !text.starts_with(['<', '{', '[', '"'])
}

#[cfg(test)]
mod tests;
