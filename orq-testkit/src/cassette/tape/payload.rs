//! A request's body, as a cassette holds it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::base64_text;

/// Bytes in the most readable of three forms.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Payload {
    Json(Value),
    Text(String),
    Base64(#[serde(with = "base64_text")] Vec<u8>),
}

/// JSON that is nested deeper is kept as text, so that serde_json, which stops at 128, can read the whole cassette.
const DEEPEST: usize = 100;

impl Payload {
    /// A body: JSON if it is JSON, else text if it is UTF-8. No bytes are no body.
    pub(crate) fn body(bytes: &[u8]) -> Option<Self> {
        if bytes.is_empty() {
            return None;
        }
        match serde_json::from_slice(bytes) {
            Ok(json) if depth(&json) <= DEEPEST => Some(Self::Json(json)),
            _ => Some(Self::text(bytes)),
        }
    }

    /// Text if it is UTF-8.
    pub(crate) fn text(bytes: &[u8]) -> Self {
        match str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Base64(bytes.to_vec()),
        }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Json(json) => json.to_string().into_bytes(),
            Self::Text(text) => text.clone().into_bytes(),
            Self::Base64(bytes) => bytes.clone(),
        }
    }

    /// The same bytes as a [`body`](Payload::body).
    pub(super) fn most_readable(self) -> Option<Self> {
        match self {
            Self::Json(json) => Some(Self::Json(json)),
            other => Self::body(&other.bytes()),
        }
    }
}

fn depth(json: &Value) -> usize {
    let inner = match json {
        Value::Array(items) => items.iter().map(depth).max(),
        Value::Object(fields) => fields.values().map(depth).max(),
        _ => return 0,
    };
    1 + inner.unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_take_the_most_readable_form() {
        let form = |bytes: &[u8]| Payload::body(bytes).map(|body| serde_json::to_string(&body));
        let form = |bytes: &[u8]| form(bytes).map(Result::unwrap);
        assert_eq!(form(b""), None);
        assert_eq!(form(br#" {"a":1}"#).unwrap(), r#"{"json":{"a":1}}"#);
        assert_eq!(form(b"{").unwrap(), r#"{"text":"{"}"#);
        assert_eq!(form(b"\xff").unwrap(), r#"{"base64":"/w=="}"#);
    }

    #[test]
    fn json_that_is_nested_too_deep_is_text() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        let is_json = |depth| {
            matches!(
                Payload::body(nested(depth).as_bytes()),
                Some(Payload::Json(_))
            )
        };
        assert!(is_json(100));
        assert!(!is_json(101));
        assert!(!is_json(100_000));
    }
}
