//! What is going to happen to one request.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, Response, StatusCode, header::CONTENT_TYPE};
use orq_core::transport::Body;

use super::{injected::InjectedKind, offset::ByteOffset};
use crate::{
    reply::{BodyEnd, Fault},
    shape::Problem,
};

/// What an injection does, before any lot is drawn.
#[derive(Clone, Debug)]
pub(super) enum Plan {
    Refuse,
    BeforeHead(Fault),
    Answer(ErrorAnswer),
    InBody(BodyEnd, ByteOffset),
    HeadAfter(Duration),
    Paced(Duration),
}

impl Plan {
    /// What the log calls it.
    pub(super) fn kind(&self) -> InjectedKind {
        match self {
            Self::Refuse => InjectedKind::Refused,
            Self::BeforeHead(fault) => InjectedKind::BeforeHead(*fault),
            Self::Answer(answer) => InjectedKind::Status(answer.status.as_u16()),
            Self::InBody(BodyEnd::Break(fault), _) => InjectedKind::InBody(*fault),
            Self::InBody(BodyEnd::Cut, _) => InjectedKind::Cut,
            Self::InBody(BodyEnd::Stall, _) => InjectedKind::Stalled,
            Self::HeadAfter(delay) => InjectedKind::HeadAfter(*delay),
            Self::Paced(pause) => InjectedKind::Paced(*pause),
        }
    }
}

/// An error answer in the server's place.
#[derive(Clone, Debug)]
pub(super) struct ErrorAnswer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
}

impl ErrorAnswer {
    pub(super) fn new(status: StatusCode) -> Self {
        let json = HeaderValue::from_static("application/json");
        Self {
            status,
            headers: HeaderMap::from_iter([(CONTENT_TYPE, json)]),
        }
    }

    /// The answer, with a body in the shape that orq documents for errors.
    pub(super) fn response(&self) -> Response<Body> {
        let reason = self.status.canonical_reason().unwrap_or("an error");
        let message = format!("Injected in the place of an answer: {reason}.");
        let problem = Problem::coded(self.status, code(self.status), &message, None);
        let mut response = Response::new(Body::from(problem.body.to_string()));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers.clone();
        response
    }
}

/// The code that orq documents for a status; of several the most general.
fn code(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "invalid_request_body",
        401 => "invalid_api_key",
        402 => "quota_exceeded",
        403 => "insufficient_scope",
        404 => "deployment_not_found",
        408 => "request_timeout",
        422 => "variant_not_resolved",
        429 => "rate_limit_exceeded",
        501 => "not_implemented",
        502 => "provider_error",
        503 => "service_unavailable",
        504 => "provider_timeout",
        500.. => "internal_error",
        _ => "invalid_request",
    }
}
