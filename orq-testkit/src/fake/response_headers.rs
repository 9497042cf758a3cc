//! What a double finds out about a request, and tells in the head of its answer.

use http::{
    HeaderMap, HeaderName, HeaderValue, Response, StatusCode,
    header::{ALLOW, RETRY_AFTER},
};

use super::limit::limiter::Standing;
use crate::{
    request::Served,
    shape::{Problem, Stamp},
};

/// What was found out on the way to an answer.
#[derive(Debug, Default)]
pub(super) struct ResponseHeaders {
    pub(super) served: Served,
    /// Whether the body said what to answer.
    pub(super) mocked: bool,
    /// The methods that the path has, if the request's isn't one of them.
    pub(super) allow: String,
    standing: Option<Standing>,
}

impl ResponseHeaders {
    /// The request met a limit.
    ///
    /// # Errors
    ///
    /// If it isn't let through.
    pub(super) fn limited(&mut self, standing: Standing) -> Result<(), Problem> {
        self.standing = Some(match self.standing {
            Some(earlier) => earlier.tighter(standing),
            None => standing,
        });
        match standing.admitted {
            true => Ok(()),
            false => Err(standing.refusal()),
        }
    }

    /// Adds what the head of an answer tells beside the answer itself.
    pub(super) fn tell<B>(&self, response: &mut Response<B>, stamp: Stamp) {
        let ok = response.status() == StatusCode::OK;
        let headers = response.headers_mut();
        if !self.mocked {
            set(headers, "x-orq-trace-id", stamp.trace_id());
        }
        if !self.allow.is_empty() {
            set(headers, ALLOW.as_str(), self.allow.clone());
        }
        let Some(standing) = &self.standing else {
            return;
        };
        if !standing.admitted {
            set(
                headers,
                RETRY_AFTER.as_str(),
                standing.seconds().to_string(),
            );
        }
        if ok || !standing.admitted {
            let limit = standing.limit.requests();
            set(headers, "x-ratelimit-limit", limit.to_string());
            let remaining = standing.remaining.to_string();
            set(headers, "x-ratelimit-remaining", remaining);
            let reset = format!("{}s", standing.seconds());
            set(headers, "x-ratelimit-reset", reset);
            // The double costs nothing, so none of the budget is ever used.
            set(headers, "x-ratelimit-limit-cost", "100".to_owned());
            set(headers, "x-ratelimit-remaining-cost", "100".to_owned());
            set(headers, "x-ratelimit-reset-cost", "60s".to_owned());
        }
    }
}

pub(super) fn set(headers: &mut HeaderMap, name: &str, value: String) {
    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
        headers.insert(name, value);
    }
}
