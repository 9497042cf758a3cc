//! The code, type and message in the body of an error response.

use crate::{
    model::{JsonMap, RawJson, without_byte_order_mark},
    secret::ApiKey,
};

/// The parts of an error body.
///
/// Six JSON formats are known, from an object under `error` to a `message` at the top level; see
/// <https://docs.orq.ai/reference/errors>. A short text that is neither JSON nor HTML is taken as the message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ErrorBody {
    pub(crate) code: Option<String>,
    pub(crate) error_type: Option<String>,
    pub(crate) message: Option<String>,
}

impl ErrorBody {
    /// Parses the body of an error response, and redacts `key` in its parts.
    pub(crate) fn parse(body: &[u8], key: Option<&ApiKey>) -> Self {
        // Redacted after parsing: JSON can escape a string in several ways, and a short key may be part of a field's
        // name.
        let mut said = Self::read(without_byte_order_mark(body));
        for text in [&mut said.code, &mut said.error_type, &mut said.message]
            .into_iter()
            .flatten()
        {
            if let Some(key) = key {
                *text = key.hide(std::mem::take(text));
            }
        }
        said
    }

    fn read(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        match serde_json::from_str::<JsonMap>(&text) {
            Ok(object) => Self::from_object(&object),
            Err(_) => Self {
                message: plain_text(&text),
                ..Self::default()
            },
        }
    }

    fn from_object(object: &JsonMap) -> Self {
        let inner = object
            .get("error")
            .and_then(|error| error.parse::<JsonMap>().ok());
        let place = inner.as_ref().unwrap_or(object);
        let text = |key| place.get(key).and_then(RawJson::text);
        let outer = |key| object.get(key);
        Self {
            code: place.get("code").or(outer("code")).and_then(scalar),
            error_type: text("type"),
            message: text("message")
                .or_else(|| text("error"))
                .or_else(|| outer("message").and_then(RawJson::text)),
        }
    }
}

fn scalar(value: &RawJson) -> Option<String> {
    let json = value.json();
    let is_number = json.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    value.text().or_else(|| is_number.then(|| json.to_owned()))
}

/// Returns a short plain text, as load balancers and proxies send it; `None` for HTML, truncated JSON and texts of more
/// than 1024 bytes.
fn plain_text(text: &str) -> Option<String> {
    let text = text.trim();
    let readable =
        !text.is_empty() && text.len() <= 1024 && !text.starts_with(['<', '{', '[', '"']);
    readable.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(body: &str) -> (Option<String>, Option<String>) {
        let body = ErrorBody::read(body.as_bytes());
        (body.code, body.message)
    }

    fn some(code: &str, message: &str) -> (Option<String>, Option<String>) {
        (Some(code.to_owned()), Some(message.to_owned()))
    }

    #[test]
    fn an_object_under_error() {
        let body = r#"{"error":{"code":"invalid_api_key","message":"No.","doc_url":"…","details":{"a":1}}}"#;
        assert_eq!(parts(body), some("invalid_api_key", "No."));
    }

    #[test]
    fn a_string_under_error_beside_a_numeric_code() {
        let body = r#"{"id":"1","code":404,"error":"Deployment with key 'x' was not found.","source":"system"}"#;
        assert_eq!(
            parts(body),
            some("404", "Deployment with key 'x' was not found.")
        );
    }

    #[test]
    fn a_grpc_code() {
        let body = r#"{"code":7,"message":"not authorized for this endpoint","details":[]}"#;
        assert_eq!(parts(body), some("7", "not authorized for this endpoint"));
    }

    #[test]
    fn a_code_and_a_message() {
        assert_eq!(
            parts(r#"{"code":"internal_error","message":"Oops"}"#),
            some("internal_error", "Oops")
        );
    }

    #[test]
    fn a_bare_message() {
        assert_eq!(parts(r#"{"message":"Oops"}"#), (None, Some("Oops".into())));
    }

    #[test]
    fn openai_style() {
        let body = r#"{"error":{"message":"Blocked","type":"guardrail","param":null,"code":null,"failures":[]}}"#;
        let body = ErrorBody::read(body.as_bytes());
        assert_eq!(body.code, None);
        assert_eq!(body.error_type.as_deref(), Some("guardrail"));
        assert_eq!(body.message.as_deref(), Some("Blocked"));
    }

    #[test]
    fn bodies_that_are_no_json() {
        assert_eq!(parts(""), (None, None));
        assert_eq!(parts("<!doctype html><title>502</title>"), (None, None));
        assert_eq!(parts(r#"{"error":{"code":"inv"#), (None, None));
        assert_eq!(
            parts("upstream connect error\n"),
            (None, Some("upstream connect error".into()))
        );
    }

    #[test]
    fn json_that_says_nothing_says_nothing() {
        for json in [
            r#"{"choices":[]}"#,
            "[]",
            r#"{"error":null}"#,
            r#"{"error":{}}"#,
            r#"{"error":[1]}"#,
        ] {
            assert_eq!(parts(json), (None, None), "{json}");
        }
    }

    #[test]
    fn half_an_emoji_or_a_byte_of_latin_1_costs_neither_code_nor_message() {
        let mut body =
            br#"{"error":{"code":"cost_budget_exceeded","message":"no \ud83d caf"#.to_vec();
        body.extend(b"\xe9\"}}");
        let body = ErrorBody::read(&body);
        assert_eq!(body.code.as_deref(), Some("cost_budget_exceeded"));
        assert_eq!(body.message.as_deref(), Some("no \u{fffd} caf\u{fffd}"));
    }

    #[test]
    fn the_key_is_replaced_however_it_is_spelled() {
        let key = ApiKey::new("abcd/efgh").unwrap();
        let body = br#"{"error":{"code":"abcd/efgh","message":"the key abcd\/efgh"}}"#;
        let body = ErrorBody::parse(body, Some(&key));
        assert_eq!(body.code.as_deref(), Some("[redacted]"));
        assert_eq!(body.message.as_deref(), Some("the key [redacted]"));
    }
}
