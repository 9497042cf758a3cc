//! Answers that come in one piece.

use bytes::Bytes;
use http::{header, response::Parts};

use super::{CallFuture, Exchange};
use crate::{
    error::Error,
    model::{self, Completion, DecodeWarning, DeploymentConfig, DeploymentPage, JsonMap, Wire},
    response::Response,
    stream::{CompletionStream, answers_with_error},
    transport::Body,
};

/// Reads the answer of invoke. The content type decides how: an event stream is read to its end and assembled.
pub(crate) fn completion(
    mut exchange: Exchange,
    parts: Parts,
    body: Body,
) -> CallFuture<Response<Completion>> {
    Box::pin(async move {
        if is_event_stream(&parts) {
            return CompletionStream::new(exchange, parts, body).finish().await;
        }
        let bytes = exchange.collect(&parts, body).await?;
        let (completion, warnings) = decode::<Completion>(&exchange, &parts, &bytes)?;
        if answers_with_error(&completion.choices, &completion.extra) {
            return Err(exchange.api_error(parts.status, parts.headers, bytes));
        }
        let trace_id = completion
            .telemetry
            .as_ref()
            .and_then(|telemetry| telemetry.trace_id.clone());
        let response = Response::new(completion, parts, bytes, warnings);
        Ok(response.with_trace_id(trace_id).after(exchange.earlier))
    })
}

/// What may turn out to be an error with a good status.
pub(crate) trait Answer {
    fn is_error(&self) -> bool;
}

impl Answer for DeploymentConfig {
    fn is_error(&self) -> bool {
        self.model.is_none() && says_error(&self.extra)
    }
}

impl Answer for DeploymentPage {
    fn is_error(&self) -> bool {
        self.data.is_empty() && says_error(&self.extra)
    }
}

fn says_error(extra: &JsonMap) -> bool {
    answers_with_error(&[], extra)
}

/// Reads the JSON answer of any other modelled operation.
pub(crate) fn decoded<T: Wire + Answer + 'static>(
    mut exchange: Exchange,
    parts: Parts,
    body: Body,
) -> CallFuture<Response<T>> {
    Box::pin(async move {
        let bytes = exchange.collect(&parts, body).await?;
        let (value, warnings) = decode::<T>(&exchange, &parts, &bytes)?;
        if value.is_error() {
            return Err(exchange.api_error(parts.status, parts.headers, bytes));
        }
        Ok(Response::new(value, parts, bytes, warnings).after(exchange.earlier))
    })
}

/// Leaves the body as it is.
pub(crate) fn bytes(
    mut exchange: Exchange,
    parts: Parts,
    body: Body,
) -> CallFuture<Response<Bytes>> {
    Box::pin(async move {
        let bytes = exchange.collect(&parts, body).await?;
        let response = Response::new(bytes.clone(), parts, bytes, Vec::new());
        Ok(response
            .after(exchange.earlier)
            .with_key(exchange.client.key().clone()))
    })
}

/// Reads a body as JSON of the answer's shape.
pub(crate) fn decode<T: Wire + 'static>(
    exchange: &Exchange,
    parts: &Parts,
    body: &[u8],
) -> Result<(T, Vec<DecodeWarning>), Error> {
    let key = exchange.client.key();
    let unreadable = |why: &str| {
        let kind = parts.headers.get(header::CONTENT_TYPE);
        let kind = kind
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or("no content type");
        let why = format!("the answer ({kind}) can't be read: {why}");
        exchange.decode_error(parts, body, why)
    };
    let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    let text = std::str::from_utf8(body).map_err(|error| unreadable(&error.to_string()))?;
    model::decode(text).map_err(|error| {
        let why = error.to_string();
        match key.redact_text(&why) {
            Some(redacted) => unreadable(&redacted),
            None => unreadable(&why).with_source(error),
        }
    })
}

/// Which some servers put before their JSON, though they shouldn't
/// ([RFC 8259, 8.1](https://www.rfc-editor.org/rfc/rfc8259#section-8.1)).
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Whether the response says that it is an event stream.
pub(crate) fn is_event_stream(parts: &Parts) -> bool {
    has_media_type(parts, |essence| {
        essence.eq_ignore_ascii_case("text/event-stream")
    })
}

/// Whether the response says that it is JSON, or a kind of JSON.
pub(crate) fn is_json(parts: &Parts) -> bool {
    has_media_type(parts, |essence| {
        let essence = essence.to_ascii_lowercase();
        essence == "application/json" || essence.ends_with("+json")
    })
}

fn has_media_type(parts: &Parts, is: impl Fn(&str) -> bool) -> bool {
    let value = parts
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    value.is_some_and(|value| is(value.split(';').next().unwrap_or_default().trim()))
}
