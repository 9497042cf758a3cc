//! From what was seen to what is written.

use std::time::Duration;

use super::exchange::{RecordedExchange, SeenResponse};
use crate::cassette::{
    error::{CassetteError, CassetteErrorKind},
    redact::{Redaction, SHORTEST_SECRET, Secret, credentials, is_replayed, scan},
    settings::Cassette,
    tape::{Chunk, Interaction, Payload, Tape, TapedResponse},
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
        response: exchange
            .response
            .as_ref()
            .map(|seen| taped(seen, now, &redaction, cassette)),
        error: exchange.error,
    });
    let tape = Tape::new(redaction.pointers.clone(), interactions.collect());
    let text = tape.to_text().map_err(|error| {
        let message = "the cassette can't be written as JSON";
        CassetteError::new(CassetteErrorKind::Write, message)
            .with_source(error)
            .at(&cassette.path)
    })?;
    if let Some(place) = scan(&tape, &text, &redaction.secrets) {
        let message = format!("nothing was written, because a secret would be in {place}");
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
    let too_short = |whose: &str| {
        let message = format!(
            "nothing was written: {whose} has fewer than {SHORTEST_SECRET} bytes, too few to be searched for; record \
             with a longer one"
        );
        CassetteError::new(CassetteErrorKind::Secret, message).at(&cassette.path)
    };
    if cassette.has_short_secret {
        return Err(too_short("a secret that was named"));
    }
    for (index, exchange) in exchanges.iter().enumerate() {
        for (name, credential) in credentials(exchange.request.0.headers()) {
            let Some(secret) = Secret::new(&credential) else {
                let number = index + 1;
                return Err(too_short(&format!(
                    "the credential in the header {name} of interaction {number}"
                )));
            };
            redaction.add(secret);
        }
    }
    Ok(redaction)
}

fn taped(
    seen: &SeenResponse,
    now: Duration,
    redaction: &Redaction,
    cassette: &Cassette,
) -> TapedResponse {
    let bytes = seen.chunks.iter().map(|(_, bytes)| bytes.as_ref());
    let bytes: Vec<_> = bytes.collect();
    let chunks = seen.chunks.iter().zip(redaction.chunks(&bytes));
    let chunks = chunks.map(|((at_ms, _), bytes)| Chunk {
        at_ms: *at_ms,
        payload: Payload::text(&bytes),
    });
    let is_kept = |name: &_| is_replayed(name) || cassette.kept_headers.contains(name);
    TapedResponse {
        after_ms: seen.after_ms,
        status: seen.status,
        headers: redaction.headers(&seen.headers, is_kept),
        chunks: chunks.collect(),
        end: seen.end(now),
    }
}
