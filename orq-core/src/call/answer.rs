//! Deserializing the body of a 2xx response, which may contain an error instead of a result.

use bytes::Bytes;
use http::header;
use serde::de::IgnoredAny;

use super::{exchange::Exchange, timed_body::TimedBody};
use crate::{
    error::{Error, ErrorKind, wraps_error},
    headers,
    model::{Completion, DecodeError, Wire, decode, members, without_byte_order_mark},
    response::ResponseMeta,
};

/// The result type of an operation.
pub(crate) trait Answer: Wire {
    /// Returns whether the body is an error, despite its 2xx status.
    fn is_error(&self) -> bool;

    /// Returns the member that the JSON must have to be a result, if there is nothing of one.
    fn lacks(&self) -> Option<&'static str>;

    /// Returns what there is of a completion beside an error.
    fn into_partial(self) -> Option<Completion> {
        None
    }
}

/// Reads the whole body of a 2xx response, and returns the deserialized result and the body.
pub(crate) async fn answer<T: Answer>(
    exchange: &Exchange,
    meta: &mut ResponseMeta,
    mut body: Box<TimedBody>,
) -> Result<(T, Bytes), Error> {
    let body = exchange.collect(meta, &mut body).await?;
    Ok((document(exchange, meta, &body)?, body))
}

/// Deserializes the whole body of a 2xx response. One that ends too early was truncated on the way.
pub(crate) fn document<T: Answer>(
    exchange: &Exchange,
    meta: &mut ResponseMeta,
    body: &Bytes,
) -> Result<T, Error> {
    let json = without_byte_order_mark(body);
    let unreadable = |kind, why: String| {
        let media_type = headers::text(&meta.headers, header::CONTENT_TYPE);
        let media_type = media_type.unwrap_or("no content type");
        let why = format!("the answer ({media_type}) can't be read: {why}");
        exchange.decode_error(kind, meta, body, why)
    };
    let kind = |is_cut: bool| match is_cut {
        true => ErrorKind::Truncated,
        false => ErrorKind::Decode,
    };
    let text = std::str::from_utf8(json)
        .map_err(|error| unreadable(kind(error.error_len().is_none()), error.to_string()))?;
    let (value, warnings) = decode::<T>(text).map_err(|error| {
        let why = error.to_string();
        match error {
            DecodeError::Json(_) if wraps_error(text) => exchange.api_error(meta.clone(), body),
            DecodeError::Json(error) => {
                let unreadable = unreadable(kind(ends_early(text, &error)), why.clone());
                // The source would show the key, too.
                match exchange.key.redact(why.as_bytes()) {
                    Some(_) => unreadable,
                    None => unreadable.with_source(error),
                }
            }
            DecodeError::TooManyMembers(_) => unreadable(ErrorKind::TooLarge, why),
        }
    })?;
    if value.is_error() {
        let error = exchange.api_error(meta.clone(), body);
        return Err(match value.into_partial() {
            Some(partial) => error.with_partial(partial, &exchange.key),
            None => error,
        });
    }
    if let Some(member) = value.lacks()
        && !has_member(text, member)
    {
        let why = format!("it has no `{member}`");
        return Err(unreadable(ErrorKind::Decode, why));
    }
    meta.warnings = warnings;
    Ok(value)
}

fn has_member(json: &str, name: &str) -> bool {
    let raw = serde_json::from_str(json);
    raw.is_ok_and(|raw| members(raw).iter().any(|(key, _)| key == name))
}

/// Returns whether JSON that can't be read may go on after its end. That of a number is no end of the text for the parser.
fn ends_early(text: &str, error: &serde_json::Error) -> bool {
    let goes_on = || serde_json::from_str::<IgnoredAny>(&format!("{text}0")).err();
    let in_number = text.ends_with(['-', '+', '.', 'e', 'E']);
    error.is_eof() || in_number && goes_on().is_some_and(|error| error.is_eof())
}
