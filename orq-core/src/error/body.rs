//! What orq's servers say in the body of an error.

use serde_json::Value;

/// The parts of an error body, whichever of its shapes it has.
///
/// Six JSON shapes are known, from an object under `error` to a bare `message`; see
/// <https://docs.orq.ai/reference/errors>. A text that is neither JSON nor HTML is taken as the message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ErrorBody {
    pub(crate) code: Option<String>,
    pub(crate) error_type: Option<String>,
    pub(crate) message: Option<String>,
}

impl ErrorBody {
    /// Reads the body of a response that is known to be an error.
    pub(crate) fn parse(body: &[u8]) -> Self {
        match serde_json::from_slice::<Value>(body) {
            Ok(value) => Self::from_value(&value).unwrap_or_default(),
            Err(_) => Self {
                message: plain_text(body),
                ..Self::default()
            },
        }
    }

    /// Reads JSON that may be an error: `None` if it has none of the shapes.
    pub(crate) fn from_value(value: &Value) -> Option<Self> {
        let (object, code) = match value.get("error") {
            Some(error @ Value::Object(_)) => (error, error.get("code").or(value.get("code"))),
            _ => (value, value.get("code")),
        };
        let text = |key: &str| object.get(key).and_then(Value::as_str).map(str::to_owned);
        let message = text("message").or_else(|| text("error")).or_else(|| {
            value
                .get("message")
                .and_then(Value::as_str)
                .map(str::to_owned)
        });
        let found = Self {
            code: code.and_then(scalar),
            error_type: text("type"),
            message,
        };
        (found != Self::default() || value.get("error").is_some_and(|error| !error.is_null()))
            .then_some(found)
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A short plain text, as load balancers and proxies answer. HTML and cut-off JSON say nothing in one line.
fn plain_text(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?.trim();
    let readable =
        !text.is_empty() && text.len() <= 1024 && !text.starts_with(['<', '{', '[', '"']);
    readable.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(body: &str) -> (Option<String>, Option<String>) {
        let body = ErrorBody::parse(body.as_bytes());
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
        let body = ErrorBody::parse(body.as_bytes());
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
    fn json_that_is_no_error_is_told_apart() {
        for json in [r#"{"choices":[]}"#, "[]", "7", r#"{"error":null}"#] {
            assert_eq!(
                ErrorBody::from_value(&serde_json::from_str(json).unwrap()),
                None,
                "{json}"
            );
        }
        for json in [r#"{"error":{}}"#, r#"{"error":[1]}"#] {
            assert!(
                ErrorBody::from_value(&serde_json::from_str(json).unwrap()).is_some(),
                "{json}"
            );
        }
    }
}
