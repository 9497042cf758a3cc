//! An answer that is no good one.

use fastrand::Rng;
use http::StatusCode;
use serde_json::json;

use crate::chance::{one_of, percent};

/// A status, and what the server says of another try.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    /// Whether the server did what the request asked for, all the same.
    pub(crate) executed: bool,
    /// orq's code.
    pub(crate) code: &'static str,
    /// A header that speaks of another try.
    pub(crate) header: Option<(&'static str, &'static str)>,
}

/// Short waits, but for the last, which is longer than the client agrees to.
const WAITS: [(&str, &str); 6] = [
    ("retry-after", "0"),
    ("retry-after", "0.02"),
    ("retry-after", "1"),
    ("retry-after-ms", "0"),
    ("retry-after-ms", "15"),
    ("retry-after", "3600"),
];

impl Refusal {
    /// Any of them. What the server invites to repeat it has not executed.
    pub(crate) fn draw(rng: &mut Rng) -> Self {
        let wait = Some(one_of(rng, WAITS)).filter(|_| percent(rng, 50));
        let maybe_executed = percent(rng, 50);
        let should = one_of(rng, [None, None, None, Some("true"), Some("false")]);
        let (status, code) = one_of(
            rng,
            [
                (StatusCode::TOO_MANY_REQUESTS, "rate_limit_exceeded"),
                (StatusCode::TOO_MANY_REQUESTS, "token_budget_exceeded"),
                (StatusCode::SERVICE_UNAVAILABLE, "provider_overloaded"),
                (StatusCode::INTERNAL_SERVER_ERROR, "internal_error"),
                (StatusCode::BAD_GATEWAY, "provider_error"),
            ],
        );
        let began =
            status == StatusCode::INTERNAL_SERVER_ERROR || status == StatusCode::BAD_GATEWAY;
        Self {
            status,
            executed: began && should != Some("true") && maybe_executed,
            code,
            header: should.map(|should| ("x-should-retry", should)).or(wait),
        }
    }

    /// The body, in the documented shape.
    pub(crate) fn body(&self) -> Vec<u8> {
        let error = json!({ "code": self.code, "message": "not now" });
        json!({ "error": error }).to_string().into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::seeded;

    #[test]
    fn what_may_be_repeated_unasked_was_not_executed() {
        let rng = &mut seeded([3; 3]);
        let drawn: Vec<_> = (0..1000).map(|_| Refusal::draw(rng)).collect();
        for refusal in &drawn {
            let invites = refusal.header == Some(("x-should-retry", "true"));
            let refused = matches!(refusal.status.as_u16(), 429 | 503);
            assert!(!refusal.executed || !invites && !refused, "{refusal:?}");
        }
        assert!(drawn.iter().any(|refusal| refusal.executed));
    }
}
