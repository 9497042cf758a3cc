//! Answers that come in one piece.

use bytes::Bytes;
use http::{header, response::Parts};

use super::{
    CallFuture, Exchange,
    answer::{Answer, answer},
};
use crate::{
    model::{Completion, Warnings},
    response::{Response, trace_id_in},
    stream::CompletionStream,
    transport::{Body, MaybeSend},
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
        let answer = answer::<Completion>(&mut exchange, &parts, body).await?;
        let trace_id = trace_id_in(&answer.value).map(str::to_owned);
        let response = answer.into_response(parts).with_trace_id(trace_id);
        Ok(response.after(exchange.earlier))
    })
}

/// Reads the JSON answer of any other modelled operation.
pub(crate) fn decoded<T: Answer + MaybeSend + 'static>(
    mut exchange: Exchange,
    parts: Parts,
    body: Body,
) -> CallFuture<Response<T>> {
    Box::pin(async move {
        let answer = answer::<T>(&mut exchange, &parts, body).await?;
        Ok(answer.into_response(parts).after(exchange.earlier))
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
        let response = Response::new(bytes.clone(), parts, bytes, Warnings::default());
        Ok(response
            .after(exchange.earlier)
            .with_key(exchange.client.key().clone()))
    })
}

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
