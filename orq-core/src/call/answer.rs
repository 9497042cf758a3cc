//! From a good response's body to an answer that is no error after all.

use bytes::Bytes;
use http::{header, response::Parts};

use super::Exchange;
use crate::{
    error::{Error, ErrorKind},
    model::{
        self, Choice, Completion, CompletionChunk, DecodeError, DeploymentConfig, DeploymentPage,
        JsonMap, RawJson, Warnings, Wire,
    },
    response::Response,
    transport::Body,
};

/// What a modelled operation answers with. It may turn out to be an error with a good status.
pub(crate) trait Answer: Wire {
    fn is_error(&self) -> bool;
}

impl Answer for Completion {
    fn is_error(&self) -> bool {
        says_error(&self.choices, &self.extra)
    }
}

impl Answer for CompletionChunk {
    fn is_error(&self) -> bool {
        says_error(&self.choices, &self.extra)
    }
}

impl Answer for DeploymentConfig {
    fn is_error(&self) -> bool {
        self.model.is_none() && says_error(&[], &self.extra)
    }
}

impl Answer for DeploymentPage {
    fn is_error(&self) -> bool {
        self.data.is_empty() && says_error(&[], &self.extra)
    }
}

/// Whether what was read as an answer is really an error: it holds an error object, or has no choices and says what
/// an error says.
fn says_error(choices: &[Choice], extra: &JsonMap) -> bool {
    let text = |key| extra.get(key).map(RawJson::json).unwrap_or_default();
    let says = |key| {
        !matches!(
            text(key),
            "" | "null" | "false" | "0" | "\"\"" | "{}" | "[]"
        )
    };
    // A router that fails in mid-answer reports the error beside an empty choice.
    let has_error_object = says("error") && text("error").starts_with('{');
    has_error_object || choices.is_empty() && (says("error") || says("message"))
}

/// An answer, and the body that it was read from.
pub(crate) struct Answered<T> {
    pub(crate) value: T,
    pub(crate) warnings: Warnings,
    body: Bytes,
}

impl<T> Answered<T> {
    pub(crate) fn into_response(self, parts: Parts) -> Response<T> {
        Response::new(self.value, parts, self.body, self.warnings)
    }
}

/// Reads a good response's whole body as an answer.
pub(crate) async fn answer<T: Answer>(
    exchange: &mut Exchange,
    parts: &Parts,
    body: Body,
) -> Result<Answered<T>, Error> {
    let body = exchange.collect(parts, body).await?;
    let (value, warnings) = decode::<T>(exchange, parts, &body)?;
    if value.is_error() {
        return Err(exchange.api_error(parts.status, parts.headers.clone(), body));
    }
    Ok(Answered {
        value,
        warnings,
        body,
    })
}

/// Reads a body as JSON of the answer's shape.
fn decode<T: Wire>(
    exchange: &Exchange,
    parts: &Parts,
    body: &[u8],
) -> Result<(T, Warnings), Error> {
    let key = exchange.client.key();
    let unreadable = |kind: ErrorKind, why: &str| {
        let media_type = parts.headers.get(header::CONTENT_TYPE);
        let media_type = media_type
            .and_then(|media_type| media_type.to_str().ok())
            .unwrap_or("no content type");
        let why = format!("the answer ({media_type}) can't be read: {why}");
        exchange.unreadable(kind, parts, body, why)
    };
    let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    let text = std::str::from_utf8(body)
        .map_err(|error| unreadable(ErrorKind::Decode, &error.to_string()))?;
    model::decode(text).map_err(|error| {
        let why = error.to_string();
        let DecodeError::Json(error) = error else {
            return unreadable(ErrorKind::TooLarge, &why);
        };
        match key.redact_text(&why) {
            Some(redacted) => unreadable(ErrorKind::Decode, &redacted),
            None => unreadable(ErrorKind::Decode, &why).with_source(error),
        }
    })
}

/// Which some servers put before their JSON, though they shouldn't
/// ([RFC 8259, 8.1](https://www.rfc-editor.org/rfc/rfc8259#section-8.1)).
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
