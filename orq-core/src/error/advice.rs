//! Whether to try again.

use http::{HeaderMap, StatusCode};

use super::{ErrorKind, Inner};
use crate::transport::Delivery;

/// Whether it makes sense to make the same call again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetryAdvice {
    /// Another try may succeed, and nothing can be done twice by it: the request never left, the server
    /// refused to begin (429, 503), it said so itself (`x-should-retry: true`), or it was a GET.
    Safe,
    /// Another try may succeed, but the server may have begun or finished work on this one: an answer may be
    /// paid for twice.
    MayRepeat,
    /// The same call would fail again.
    Pointless,
}

pub(super) fn advise(error: &Inner) -> RetryAdvice {
    let begun = error.status.is_some_and(|status| status.is_success());
    match header(&error.headers, "x-should-retry") {
        // Once it has answered well it has done the work, whatever its proxy says.
        Some("true") if !begun => return RetryAdvice::Safe,
        Some("false") => return RetryAdvice::Pointless,
        _ => {}
    }
    let transient = if error.idempotent {
        RetryAdvice::Safe
    } else {
        RetryAdvice::MayRepeat
    };
    match error.kind {
        ErrorKind::Api => by_status(error, transient),
        // A transport that refuses a request, as it does outside of its runtime, would refuse it again.
        ErrorKind::Other if error.delivery == Some(Delivery::NotSent) => RetryAdvice::Pointless,
        ErrorKind::Other => RetryAdvice::MayRepeat,
        ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Closed | ErrorKind::Protocol => {
            if error.delivery == Some(Delivery::NotSent) {
                RetryAdvice::Safe
            } else {
                transient
            }
        }
        ErrorKind::StreamError if speaks_of_money(error) => RetryAdvice::Pointless,
        ErrorKind::Truncated | ErrorKind::StreamError => transient,
        // JSON that just ends was cut on its way.
        ErrorKind::Decode if error.idempotent && ends_too_soon(error) => RetryAdvice::Safe,
        ErrorKind::Config
        | ErrorKind::Argument
        | ErrorKind::Tls
        | ErrorKind::NoContent
        | ErrorKind::Decode
        | ErrorKind::TooLarge => RetryAdvice::Pointless,
    }
}

fn by_status(error: &Inner, transient: RetryAdvice) -> RetryAdvice {
    match error.status {
        Some(StatusCode::TOO_MANY_REQUESTS) if speaks_of_money(error) => RetryAdvice::Pointless,
        Some(StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) => RetryAdvice::Safe,
        Some(
            StatusCode::REQUEST_TIMEOUT
            | StatusCode::CONFLICT
            | StatusCode::INTERNAL_SERVER_ERROR
            | StatusCode::BAD_GATEWAY
            | StatusCode::GATEWAY_TIMEOUT,
        ) => transient,
        _ => RetryAdvice::Pointless,
    }
}

/// A budget that is spent stays spent for longer than anyone waits.
fn speaks_of_money(error: &Inner) -> bool {
    [&error.code, &error.error_type]
        .into_iter()
        .flatten()
        .any(|code| {
            ["budget", "cost", "quota"]
                .iter()
                .any(|word| code.to_ascii_lowercase().contains(word))
        })
}

fn ends_too_soon(error: &Inner) -> bool {
    let source = error.source.as_deref();
    let json = source.and_then(|source| source.downcast_ref::<serde_json::Error>());
    json.is_some_and(serde_json::Error::is_eof)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}
