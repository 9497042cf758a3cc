//! Whether to retry.

use http::StatusCode;

use super::{inner::Inner, kind::ErrorKind};
use crate::{headers, transport::Delivery};

/// Whether a retry of the same call may succeed, and whether it may make the server do the work twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetryAdvice {
    /// A retry may succeed, and the server doesn't do the work twice: the request wasn't sent, the server rejected it
    /// (429, 421, 425, or a 503 with the API's own error code or `Retry-After`), the server asks for a retry
    /// (`x-should-retry: true`), or
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
    asked(error) == Some(false) || speaks_of_money(error)
}

/// Returns whether the server asks for a retry, or against one.
fn asked(error: &Inner) -> Option<bool> {
    let value = headers::text(&error.headers, "x-should-retry")?;
    value.to_ascii_lowercase().parse().ok()
}

pub(super) fn advise(error: &Inner) -> RetryAdvice {
    let begun = error.status.is_some_and(|status| status.is_success());
    match asked(error) {
        // After a 2xx the server has done the work, even if a proxy asks for a retry.
        Some(true) if !begun => return RetryAdvice::Safe,
        Some(false) => return RetryAdvice::Never,
        _ => {}
    }
    let is_unsent = error.delivery == Some(Delivery::NotSent);
    let transient = match error.idempotent {
        true => RetryAdvice::Safe,
        false => RetryAdvice::MayDuplicate,
    };
    match error.kind {
        ErrorKind::Api | ErrorKind::StreamError => match reported_status(error) {
            status
                if (begun || status == Some(StatusCode::TOO_MANY_REQUESTS))
                    && speaks_of_money(error) =>
            {
                RetryAdvice::Never
            }
            Some(status) if is_unprocessed(status) && !has_answered(error) => RetryAdvice::Safe,
            // A 503 without these may come from a proxy whose upstream failed while it processed the request. Its body
            // may have a code elsewhere, or repeat the status as one.
            Some(status @ StatusCode::SERVICE_UNAVAILABLE)
                if !begun
                    && (error.has_own_code && error.code.as_deref() != Some(status.as_str())
                        || error.retry_after.is_some()) =>
            {
                RetryAdvice::Safe
            }
            Some(status) if !is_unprocessed(status) && !is_transient(status) => RetryAdvice::Never,
            _ => transient,
        },
        // A transport that rejects a request, for example outside of its runtime, would reject it again.
        ErrorKind::Other | ErrorKind::Runtime if is_unsent => RetryAdvice::Never,
        ErrorKind::Other | ErrorKind::Runtime => RetryAdvice::MayDuplicate,
        ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Closed | ErrorKind::Protocol => {
            if is_unsent {
                RetryAdvice::Safe
            } else {
                transient
            }
        }
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

/// Returns the status of the response. That of an error in a 2xx response or in an event is its code, if that is a
/// status of errors.
pub(super) fn reported_status(error: &Inner) -> Option<StatusCode> {
    let status = error.status.filter(|status| !status.is_success());
    let is_failure = |status: &StatusCode| status.is_client_error() || status.is_server_error();
    let in_code = || StatusCode::from_bytes(error.code.as_ref()?.as_bytes()).ok();
    status.or_else(|| in_code().filter(is_failure))
}

/// Returns whether a response with this status says that the request wasn't processed: 429, and
/// [421](https://www.rfc-editor.org/rfc/rfc9110#section-15.5.20) and
/// [425](https://www.rfc-editor.org/rfc/rfc8470#section-5.2).
fn is_unprocessed(status: StatusCode) -> bool {
    matches!(status.as_u16(), 421 | 425 | 429)
}

fn has_answered(error: &Inner) -> bool {
    let partial = error.partial.as_ref();
    partial.is_some_and(|partial| !partial.choices.is_empty())
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
    let names = [&error.code, &error.error_type].into_iter().flatten();
    let mut names = names.map(|name| name.to_ascii_lowercase());
    names.any(|name| {
        ["budget", "cost", "quota"]
            .iter()
            .any(|word| name.contains(word))
    })
}
