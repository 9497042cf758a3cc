//! What a body is: an event stream or one JSON document.

use http::header;

use super::completion_stream::CompletionStream;
use crate::{
    call::{Answer, Exchange, TimedBody, document},
    error::{Error, ErrorKind},
    headers::{is_event_stream, is_json},
    model::without_byte_order_mark,
    response::{Response, ResponseMeta},
};

/// A 2xx response with a completion, of which an event stream is still to be read.
pub(crate) enum Form<T> {
    Document(Box<Response<T>>),
    Events(Box<CompletionStream>),
}

/// The names of fields that an event stream may begin with; that of a comment is empty.
const FIELDS: [&[u8]; 6] = [b"", b"data", b"event", b"id", b"retry", b"error"];

/// The length of the longest of them, in bytes.
const LONGEST: usize = 5;

/// The number of bytes after which no more are read ahead: a body may begin with many blanks.
const MOST_AHEAD: usize = 4096;

/// Reads a 2xx response whose body may be an event stream or a JSON document.
///
/// A body of the media type of event streams is one. Of any other or none, the first bytes decide; and if it isn't JSON,
/// a line of data anywhere.
pub(crate) async fn read<T: Answer>(
    exchange: &Exchange,
    mut meta: ResponseMeta,
    mut body: Box<TimedBody>,
) -> Result<Form<T>, Error> {
    let events = |meta, body| {
        let stream = CompletionStream::new(exchange, meta, body);
        Ok(Form::Events(Box::new(stream)))
    };
    if is_event_stream(&meta.headers) {
        return events(meta, body);
    }
    let located = |error: Error| error.with_response(meta.status, meta.headers.clone());
    let first = body.read_ahead(is_enough).await.map_err(located)?;
    if begins_events(&first) {
        return events(meta, body);
    }
    let is_typed = meta.headers.contains_key(header::CONTENT_TYPE);
    let may_be_json = matches!(significant(&first).first(), None | Some(b'{' | b'['));
    if is_typed && !may_be_json && !is_json(&meta.headers) {
        // What arrives is only shown in the error.
        body.end_soon();
    }
    let bytes = exchange.collect(&meta, &mut body).await?;
    match document::<T>(exchange, &mut meta, &bytes) {
        Ok(value) => {
            let response = Response::new(value, meta, Some(bytes), exchange.key.clone());
            Ok(Form::Document(Box::new(response)))
        }
        Err(error)
            if matches!(error.kind(), ErrorKind::Decode | ErrorKind::Truncated)
                && has_data_line(&bytes) =>
        {
            events(meta, Box::new(TimedBody::of(bytes)))
        }
        Err(error) => Err(error),
    }
}

fn significant(body: &[u8]) -> &[u8] {
    without_byte_order_mark(body).trim_ascii_start()
}

/// Returns the name of the first field, as far as it has arrived, and whether that is enough: it has ended or is longer
/// than any known one.
fn first_name(body: &[u8]) -> (&[u8], bool) {
    let line = significant(body);
    let is_end = |byte: &u8| matches!(byte, b':' | b'\n' | b'\r');
    match line.iter().take(LONGEST + 1).position(is_end) {
        Some(end) => (line.get(..end).unwrap_or_default(), true),
        None => (line, line.len() > LONGEST),
    }
}

fn is_enough(body: &[u8]) -> bool {
    first_name(body).1 || body.len() > MOST_AHEAD
}

/// Returns whether a body, of which enough or all has arrived, begins with a field or a comment.
fn begins_events(body: &[u8]) -> bool {
    match first_name(body) {
        (name, true) => FIELDS.contains(&name),
        (name, false) => !name.is_empty() && FIELDS.iter().any(|field| field.starts_with(name)),
    }
}

fn has_data_line(body: &[u8]) -> bool {
    body.split(|byte| matches!(byte, b'\n' | b'\r'))
        .any(|line| line.starts_with(b"data:"))
}
