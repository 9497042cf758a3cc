//! Whether to retry.

use http::StatusCode;

use super::{inner::Inner, kind::ErrorKind};
use crate::{headers, transport::Delivery};

/// Whether a retry of the same call may succeed, and whether it may make the server do the work twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetryAdvice {
    /// A retry may succeed, and the server doesn't do the work twice: the request wasn't sent, the server rejected it
    /// (429, or a 503 with the API's own error code or `Retry-After`), the server asks for a retry (`x-should-retry: true`), or
    /// the failure is transient and the method idempotent
    /// ([RFC 9110, 9.2.2](https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2)).
    Safe,
    /// A retry may succeed, but the server may have processed this request already, and the completion may be charged
    /// twice.
    MayDuplicate,
    /// A retry would fail again.
    Never,
}

/// Returns whether the server excludes a retry: by `x-should-retry: false`, or since a budget, a cost or a quota is
/// exceeded.
pub(super) fn is_excluded(error: &Inner) -> bool {
    headers::text(&error.headers, "x-should-retry") == Some("false") || speaks_of_money(error)
}

pub(super) fn advise(error: &Inner) -> RetryAdvice {
    let begun = error.status.is_some_and(|status| status.is_success());
    match headers::text(&error.headers, "x-should-retry") {
        // After a 2xx the server has done the work, even if a proxy asks for a retry.
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
        ErrorKind::Api if begun => reported(error, transient),
        ErrorKind::Api => match error.status {
            Some(StatusCode::TOO_MANY_REQUESTS) if speaks_of_money(error) => RetryAdvice::Never,
            Some(StatusCode::TOO_MANY_REQUESTS) => RetryAdvice::Safe,
            // A 503 without these may come from a proxy whose upstream failed while it processed the request. Its body
            // may have a code elsewhere, or repeat the status as one.
            Some(status @ StatusCode::SERVICE_UNAVAILABLE)
                if error.has_own_code && error.code.as_deref() != Some(status.as_str())
                    || error.retry_after.is_some() =>
            {
                RetryAdvice::Safe
            }
            Some(status) if is_transient(status) => transient,
            _ => RetryAdvice::Never,
        },
        // A transport that rejects a request, for example outside of its runtime, would reject it again.
        ErrorKind::Other | ErrorKind::Runtime if error.delivery == Some(Delivery::NotSent) => {
            RetryAdvice::Never
        }
        ErrorKind::Other | ErrorKind::Runtime => RetryAdvice::MayDuplicate,
        ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Closed | ErrorKind::Protocol => {
            if error.delivery == Some(Delivery::NotSent) {
                RetryAdvice::Safe
            } else {
                transient
            }
        }
        ErrorKind::StreamError => reported(error, transient),
        ErrorKind::Truncated => transient,
        ErrorKind::Config
        | ErrorKind::Argument
        | ErrorKind::Tls
        | ErrorKind::Proxy
        | ErrorKind::NoContent
        | ErrorKind::Decode
        | ErrorKind::TooLarge => RetryAdvice::Never,
    }
}

/// Returns the advice for an error in a 2xx response or in an event. Its code may be a status.
fn reported(error: &Inner, transient: RetryAdvice) -> RetryAdvice {
    let code = error.code.as_deref().unwrap_or_default();
    let status = code
        .parse()
        .ok()
        .and_then(|code| StatusCode::from_u16(code).ok());
    let is_lasting = |status: StatusCode| {
        (status.is_client_error() || status.is_server_error())
            && status != StatusCode::TOO_MANY_REQUESTS
            && !is_transient(status)
    };
    if speaks_of_money(error) || status.is_some_and(is_lasting) {
        RetryAdvice::Never
    } else {
        transient
    }
}

/// Returns whether a failure with this status may pass. Proxies and hosts use many that have no standard meaning, such
/// as 520 and 529.
fn is_transient(status: StatusCode) -> bool {
    match status {
        StatusCode::REQUEST_TIMEOUT | StatusCode::CONFLICT => true,
        StatusCode::NOT_IMPLEMENTED | StatusCode::HTTP_VERSION_NOT_SUPPORTED => false,
        status => status.is_server_error(),
    }
}

/// Returns whether the code or type is about a budget, a cost or a quota, which isn't restored within a call.
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
