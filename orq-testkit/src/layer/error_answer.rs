//! An error answer in the server's place.

use http::{
    HeaderMap, HeaderValue, Response, StatusCode,
    header::{CONTENT_TYPE, Entry},
};
use orq_core::transport::Body;

use crate::shape::Problem;

/// Returns an answer with these headers, and a body in the shape that orq documents for errors.
pub(super) fn error_answer(status: StatusCode, mut headers: HeaderMap) -> Response<Body> {
    let reason = status.canonical_reason().unwrap_or("an error");
    let message = format!("Injected in the place of an answer: {reason}.");
    let problem = Problem::coded(status, code(status), &message, None);
    let mut response = Response::new(Body::from(problem.body.to_string()));
    if let Entry::Vacant(content_type) = headers.entry(CONTENT_TYPE) {
        content_type.insert(HeaderValue::from_static("application/json"));
    }
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// Returns the code that orq documents for a status; of several the most general.
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
