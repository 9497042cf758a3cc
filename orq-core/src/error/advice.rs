//! Whether to try again.

use http::StatusCode;

use super::{inner::Inner, kind::ErrorKind};
use crate::{headers, transport::Delivery};

/// Whether another attempt of the same call could succeed, and what it would risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetryAdvice {
    /// Another attempt may succeed and can't do anything twice: the request wasn't sent, the server refused to begin
    /// (429, or a 503 that the API itself answered), the server asks for it (`x-should-retry: true`), or the method
    /// is idempotent.
    Safe,
    /// Another attempt may succeed, but the server may have begun or finished the work of this one: an answer may be
    /// paid for twice.
    MayDuplicate,
    /// The same call would fail again.
    Never,
}

pub(super) fn advise(error: &Inner) -> RetryAdvice {
    let begun = error.status.is_some_and(|status| status.is_success());
    match headers::text(&error.headers, "x-should-retry") {
        // A server that answered 2xx has done the work, whatever a proxy says.
        Some("true") if !begun => return RetryAdvice::Safe,
        Some("false") => return RetryAdvice::Never,
        _ => {}
    }
    let transient = if error.idempotent {
        RetryAdvice::Safe
    } else {
        RetryAdvice::MayDuplicate
    };
    match error.kind {
        ErrorKind::Api => by_status(error, transient),
        // A transport that refuses a request, such as outside of its runtime, would refuse it again.
        ErrorKind::Other if error.delivery == Some(Delivery::NotSent) => RetryAdvice::Never,
        ErrorKind::Other => RetryAdvice::MayDuplicate,
        ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Closed | ErrorKind::Protocol => {
            if error.delivery == Some(Delivery::NotSent) {
                RetryAdvice::Safe
            } else {
                transient
            }
        }
        ErrorKind::StreamError if speaks_of_money(error) => RetryAdvice::Never,
        ErrorKind::Truncated | ErrorKind::StreamError => transient,
        // JSON that ends too early was cut on its way.
        ErrorKind::Decode if error.idempotent && ends_too_soon(error) => RetryAdvice::Safe,
        ErrorKind::Config
        | ErrorKind::Argument
        | ErrorKind::Tls
        | ErrorKind::NoContent
        | ErrorKind::Decode
        | ErrorKind::TooLarge => RetryAdvice::Never,
    }
}

fn by_status(error: &Inner, transient: RetryAdvice) -> RetryAdvice {
    match error.status {
        Some(StatusCode::TOO_MANY_REQUESTS) if speaks_of_money(error) => RetryAdvice::Never,
        Some(StatusCode::TOO_MANY_REQUESTS) => RetryAdvice::Safe,
        // A bare 503 may come from a proxy whose upstream died while it worked on the request.
        Some(StatusCode::SERVICE_UNAVAILABLE)
            if error.code.is_some() || error.retry_after.is_some() =>
        {
            RetryAdvice::Safe
        }
        Some(
            StatusCode::REQUEST_TIMEOUT
            | StatusCode::CONFLICT
            | StatusCode::INTERNAL_SERVER_ERROR
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT,
        ) => transient,
        _ => RetryAdvice::Never,
    }
}

/// A budget that is spent stays spent for longer than a call waits.
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
