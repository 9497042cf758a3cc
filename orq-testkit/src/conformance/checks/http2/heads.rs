//! Heads that are large.

use super::Site;
use crate::conformance::{
    checks::fidelity::{many_headers, many_headers_arrive},
    exchange::get,
    failure::{CheckFailed, Outcome},
    raw::peer::OK,
    subject::Subject,
};

/// Adds a length to HPACK (RFC 7541, 5.1), with a prefix of seven bits.
fn length(block: &mut Vec<u8>, length: usize) {
    let Some(mut rest) = length.checked_sub(0x7f) else {
        block.extend(u8::try_from(length));
        return;
    };
    block.push(0x7f);
    while rest >= 0x80 {
        block.extend(u8::try_from(rest % 0x80 + 0x80));
        rest /= 0x80;
    }
    block.extend(u8::try_from(rest));
}

/// Adds a header to HPACK as a literal without indexing (RFC 7541, 6.2.2).
fn literal(mut block: Vec<u8>, (name, value): (String, String)) -> Vec<u8> {
    block.push(0);
    for text in [name, value] {
        length(&mut block, text.len());
        block.extend(text.into_bytes());
    }
    block
}

/// A server that answers with status 200 and these headers.
fn answering(
    subject: &Subject,
    headers: impl IntoIterator<Item = (String, String)>,
) -> Result<Site, CheckFailed> {
    let block = headers.into_iter().fold(OK.to_vec(), literal);
    Site::answering(subject, block)
}

pub(crate) async fn as_many_as_250_response_headers(subject: &Subject) -> Outcome {
    let site = answering(subject, many_headers())?;
    many_headers_arrive(subject, &site.transport, get(&site.url())?).await
}

pub(crate) async fn head_too_large(subject: &Subject) -> Outcome {
    let lines = (0..1024).map(|number| (format!("x-{number}"), "y".repeat(1024)));
    answering(subject, lines)?
        .once(subject, "lines of 1 KiB")
        .await?;
    let line = [("x".to_owned(), "y".repeat(1 << 20))];
    answering(subject, line)?
        .once(subject, "a line of 1 MiB")
        .await
}
