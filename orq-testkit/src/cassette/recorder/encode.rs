//! From what was seen to what is written.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, header::CONTENT_LENGTH};

use super::exchange::{RecordedExchange, SeenHead, SeenResponse};
use crate::cassette::{
    error::{CassetteError, CassetteErrorKind},
    redact::{Redaction, Secret, credentials, scan},
    request::redacted,
    settings::Cassette,
    tape::{Chunk, Interaction, Outcome, Tape, TapedResponse},
};

/// The text of a cassette's file, redacted and searched.
pub(super) fn text(
    exchanges: &[RecordedExchange],
    now: Duration,
    cassette: &Cassette,
) -> Result<String, CassetteError> {
    let redaction = redaction(exchanges, cassette)?;
    let interactions = exchanges.iter().map(|exchange| Interaction {
        request: exchange.request.taped(&redaction, &cassette.kept_headers),
        outcome: outcome(exchange, now, &redaction),
    });
    let tape = Tape {
        pointers: redaction.pointers.clone(),
        interactions: interactions.collect(),
    };
    let text = tape.to_text().map_err(|error| {
        let message = "the cassette can't be written as JSON";
        CassetteError::new(CassetteErrorKind::Write, message)
            .with_source(error)
            .at(&cassette.path)
    })?;
    if let Some(place) = scan(&tape, &text, &redaction.secrets) {
        let message = format!("nothing was written, because a secret would stand in {place}");
        return Err(CassetteError::new(CassetteErrorKind::Secret, message).at(&cassette.path));
    }
    Ok(text)
}

/// The cassette's rules, and every credential that a request had: another request may show it.
fn redaction(
    exchanges: &[RecordedExchange],
    cassette: &Cassette,
) -> Result<Redaction, CassetteError> {
    let mut redaction = cassette.redaction.clone();
    if cassette.has_short_secret {
        return Err(cassette.short_secret("a secret that was named"));
    }
    for (index, exchange) in exchanges.iter().enumerate() {
        for credential in credentials(&exchange.request.headers) {
            match Secret::new(credential.bytes) {
                Some(secret) if !redaction.secrets.contains(&secret) => {
                    redaction.secrets.push(secret)
                }
                None if credential.is_key && !credential.bytes.is_empty() => {
                    return Err(
                        cassette.short_secret(&format!("the key of interaction {}", index + 1))
                    );
                }
                _ => {}
            }
        }
    }
    Ok(redaction)
}

fn outcome(exchange: &RecordedExchange, now: Duration, redaction: &Redaction) -> Outcome {
    match &exchange.head {
        SeenHead::Awaited => Outcome::Unanswered,
        SeenHead::Failed { at, failure } => Outcome::Failed {
            after_ms: millis(exchange.began, *at),
            failure: *failure,
        },
        SeenHead::Response(response) => {
            Outcome::Response(taped(response, exchange.began, now, redaction))
        }
    }
}

fn taped(
    response: &SeenResponse,
    began: Duration,
    now: Duration,
    redaction: &Redaction,
) -> TapedResponse {
    let seen: Vec<_> = response
        .chunks
        .iter()
        .map(|(_, bytes)| bytes.as_ref())
        .collect();
    let bytes = redaction.chunks(&seen);
    let lengths = (total(&seen), total(&bytes));
    // Never back, whatever the timer says: a cassette whose times aren't in order can't be played.
    let mut latest = 0;
    let mut since_head = |at| {
        latest = millis(response.at, at).max(latest);
        latest
    };
    let times = response.chunks.iter().map(|(at, _)| since_head(*at));
    let chunks = times.zip(bytes).map(|(at_ms, bytes)| Chunk {
        at_ms,
        bytes: bytes.into(),
    });
    let chunks = chunks.collect();
    let (end_at, end) = response.end(now);
    let mut headers = redacted(&response.headers, redaction);
    adjust_length(&mut headers, lengths);
    TapedResponse {
        after_ms: millis(began, response.at),
        status: response.status,
        headers,
        chunks,
        end_ms: since_head(end_at),
        end,
    }
}

/// A placeholder isn't as long as what it stands for, and `content-length` has to be true.
fn adjust_length(headers: &mut HeaderMap, (before, after): (usize, usize)) {
    let length = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let adjusted = length.and_then(|length| length.checked_add(after)?.checked_sub(before));
    if let Some(adjusted) = adjusted
        && before != after
    {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(adjusted));
    }
}

fn total(chunks: &[impl AsRef<[u8]>]) -> usize {
    chunks.iter().map(|chunk| chunk.as_ref().len()).sum()
}

fn millis(from: Duration, to: Duration) -> u64 {
    to.saturating_sub(from)
        .as_millis()
        .try_into()
        .unwrap_or(u64::MAX)
}
