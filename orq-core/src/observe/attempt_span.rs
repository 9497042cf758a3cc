//! The span of an attempt, and what it has in common with that of its call.

use std::future::Future;

use bytes::Bytes;
use http::{Request, Response, Uri};
use tracing::{Instrument, Level, Span, instrument::Instrumented, span};

use super::{error_type::error_type, names, spans::Spans};
use crate::{error::Error, headers::without_secrets, secret::ApiKey};

/// The target of all spans.
pub(super) const TARGET: &str = "orq";

/// The span of an attempt.
pub(crate) struct AttemptSpan(Span);

impl AttemptSpan {
    /// Starts the span within that of its call, and adds its context to the headers of the request, which has this key.
    /// Without a span of the call, it is disabled, and the context is that of the current span.
    pub(super) fn start(
        call: Option<&Span>,
        spans: &Spans,
        number: u32,
        request: &mut Request<Bytes>,
        key: &ApiKey,
    ) -> Self {
        let Some(call) = call else {
            spans.propagate(&Span::current(), request.headers_mut());
            return Self(Span::none());
        };
        let (method, uri) = (request.method().as_str(), request.uri());
        let span = span!(
            target: TARGET,
            parent: call,
            Level::INFO,
            "attempt",
            { names::OTEL_KIND } = "client",
            { names::OTEL_NAME } = method,
            { names::OTEL_STATUS } = tracing::field::Empty,
            { names::HTTP_METHOD } = method,
            { names::URL_FULL } = key.hide(without_secrets(&uri.to_string())),
            { names::SERVER_ADDRESS } = address(uri),
            { names::SERVER_PORT } = port(uri),
            { names::HTTP_RESEND_COUNT } = number.checked_sub(1).filter(|it| *it > 0).map(i64::from),
            { names::HTTP_STATUS } = tracing::field::Empty,
            { names::ERROR_TYPE } = tracing::field::Empty,
        );
        spans.propagate(&span, request.headers_mut());
        Self(span)
    }

    /// Returns a future that is polled within the span.
    pub(crate) fn inside<F: Future>(&self, sending: F) -> Instrumented<F> {
        sending.instrument(self.0.clone())
    }

    /// Records the end of the attempt: the head of its response, or an error.
    pub(crate) fn end<B>(self, result: &Result<Response<B>, Error>) {
        match result {
            _ if self.0.is_disabled() => {}
            Ok(response) => {
                let status = response.status();
                self.0
                    .record(names::HTTP_STATUS, i64::from(status.as_u16()));
                if !status.is_success() {
                    fail(&self.0, status.as_str());
                }
            }
            Err(error) => fail(&self.0, &error_type(error)),
        }
    }
}

pub(super) fn fail(span: &Span, kind: &str) {
    span.record(names::OTEL_STATUS, "error");
    span.record(names::ERROR_TYPE, kind);
}

/// Returns the host without the brackets of an IPv6 address, which belong to URLs only.
pub(super) fn address(uri: &Uri) -> Option<&str> {
    Some(uri.host()?.trim_matches(['[', ']']))
}

pub(super) fn port(uri: &Uri) -> Option<i64> {
    let default = match uri.scheme_str()? {
        "https" => 443,
        _ => 80,
    };
    Some(uri.port_u16().map_or(default, i64::from))
}
