//! A policy as its author tests it: with errors of responses and of transports, and with made-up earlier attempts.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::time::Duration;

use orq_core::{
    Error, ErrorKind, RetryAdvice,
    bytes::Bytes,
    error::Clock,
    http::{Response, StatusCode},
    retry::{Backoff, FailedAttempt, NoRetry, RetryDecision, RetryPolicy, StandardRetry},
    transport::{Delivery, Phase, TransportError, TransportErrorKind},
};

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A response with this status, headers and body.
fn response(status: u16, headers: &[(&'static str, &str)], body: &str) -> Response<Bytes> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(Bytes::from(body.to_owned())).unwrap()
}

fn transport(kind: TransportErrorKind, phase: Phase, delivery: Delivery) -> Error {
    Error::from(TransportError::new(kind, phase, delivery))
}

/// Waits a second longer after each failure, up to three attempts, unless the server asks for less.
#[derive(Debug)]
struct Linear;

impl RetryPolicy for Linear {
    fn decide(&self, error: &Error, earlier: &[FailedAttempt]) -> RetryDecision {
        if error.retry_advice() != RetryAdvice::Safe || earlier.len() >= 2 {
            return RetryDecision::stop("no more");
        }
        let waited: Duration = earlier.iter().filter_map(FailedAttempt::waited).sum();
        RetryDecision::repeat(error.retry_after().unwrap_or(waited + secs(1)))
    }
}

#[test]
fn an_error_of_a_response_is_what_the_client_would_make_of_it() {
    let body = r#"{"error":{"code":"rate_limit_exceeded","message":"Slow down","type":"limit"}}"#;
    let headers = [("retry-after", "3"), ("x-orq-trace-id", "t-1")];
    let error = Error::from_response(response(429, &headers, body));
    assert_eq!(error.kind(), ErrorKind::Api);
    assert_eq!(error.status(), Some(StatusCode::TOO_MANY_REQUESTS));
    assert_eq!(error.code(), Some("rate_limit_exceeded"));
    assert_eq!(error.message(), Some("Slow down"));
    assert_eq!(error.error_type(), Some("limit"));
    assert_eq!(error.retry_after(), Some(secs(3)));
    assert_eq!(error.trace_id(), Some("t-1"));
    assert_eq!(error.headers()["retry-after"], "3");
    assert_eq!(error.body().unwrap(), body.as_bytes());
    assert_eq!(error.delivery(), Some(Delivery::Answered));
    assert!(error.is_rate_limited() && error.attempts().is_empty());
}

#[test]
fn an_error_of_a_response_has_the_advice_of_its_status_and_headers() {
    let busy = r#"{"code":"overloaded"}"#;
    for (status, headers, body, advice) in [
        (429, &[][..], "", RetryAdvice::Safe),
        (
            429,
            &[][..],
            r#"{"code":"cost_budget_exceeded"}"#,
            RetryAdvice::Never,
        ),
        (503, &[][..], busy, RetryAdvice::Safe),
        (503, &[][..], "", RetryAdvice::MayDuplicate),
        (503, &[("retry-after", "1")][..], "", RetryAdvice::Safe),
        (500, &[][..], "", RetryAdvice::MayDuplicate),
        (
            500,
            &[("x-should-retry", "true")][..],
            "",
            RetryAdvice::Safe,
        ),
        (
            429,
            &[("x-should-retry", "false")][..],
            "",
            RetryAdvice::Never,
        ),
        (404, &[][..], "", RetryAdvice::Never),
    ] {
        let error = Error::from_response(response(status, headers, body));
        assert_eq!(error.retry_advice(), advice, "{status} {headers:?} {body}");
    }
}

#[test]
fn an_attempt_is_the_record_of_its_error() {
    let error = Error::from_response(response(503, &[], "busy"));
    let repeated = FailedAttempt::new(&error, RetryDecision::repeat(secs(2)));
    assert_eq!(repeated.kind, ErrorKind::Api);
    assert_eq!(repeated.status, Some(StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(repeated.delivery, Some(Delivery::Answered));
    assert_eq!(repeated.summary, error.to_string());
    assert_eq!(repeated.waited(), Some(secs(2)));
    let last = FailedAttempt::new(&error, RetryDecision::stop("enough"));
    assert_eq!(last.waited(), None);
    assert_ne!(last, repeated);
}

#[test]
fn a_policy_of_the_callers_own_sees_the_error_and_the_attempts_before_it() {
    let mut earlier = Vec::new();
    let mut decisions = Vec::new();
    for _ in 0..3 {
        let error = Error::from_response(response(429, &[], ""));
        let decision = Linear.decide(&error, &earlier);
        earlier.push(FailedAttempt::new(&error, decision.clone()));
        decisions.push(decision);
    }
    let stop = RetryDecision::stop("no more");
    let (one, two) = (
        RetryDecision::repeat(secs(1)),
        RetryDecision::repeat(secs(2)),
    );
    assert_eq!(decisions, [one, two, stop]);
    let asked = Error::from_response(response(429, &[("retry-after-ms", "250")], ""));
    let expected = RetryDecision::repeat(Duration::from_millis(250));
    assert_eq!(Linear.decide(&asked, &[]), expected);
}

#[test]
fn the_standard_policy_tells_what_was_not_sent_from_what_may_have_been() {
    use TransportErrorKind::{Closed, Connect, Protocol, Proxy, Runtime, Timeout, Tls};
    let backoff = Backoff::exponential(secs(4), secs(4)).jitter(|| 0.5);
    let policy = StandardRetry::new().backoff(backoff);
    for (kind, phase, delivery, repeats) in [
        (Connect, Phase::Connect, Delivery::NotSent, true),
        (Timeout, Phase::Connect, Delivery::NotSent, true),
        (Closed, Phase::Send, Delivery::NotSent, true),
        (Closed, Phase::Headers, Delivery::MaybeSent, false),
        (Protocol, Phase::Body, Delivery::Answered, false),
        (Tls, Phase::Connect, Delivery::NotSent, false),
        (Proxy, Phase::Connect, Delivery::NotSent, false),
        (Runtime, Phase::Connect, Delivery::NotSent, false),
        (Runtime, Phase::Headers, Delivery::MaybeSent, false),
    ] {
        let error = transport(kind, phase, delivery);
        let decision = policy.decide(&error, &[]);
        let is_repeat = decision == RetryDecision::repeat(secs(2));
        assert_eq!(
            is_repeat, repeats,
            "{kind} {phase} {delivery}: {decision:?}"
        );
        let broken = policy.clone().retry_on_broken().decide(&error, &[]);
        let is_stop = matches!(broken, RetryDecision::Stop { .. });
        let is_certain = matches!(kind, Tls | Proxy) || kind == Runtime && phase == Phase::Connect;
        assert_eq!(is_stop, is_certain, "{kind} {phase} {delivery}");
    }
}

#[test]
fn the_standard_policy_counts_the_attempts_that_it_is_given() {
    let error = Error::from_response(response(429, &[("retry-after", "7")], ""));
    let attempt = FailedAttempt::new(&error, RetryDecision::repeat(secs(0)));
    for (made, repeats) in [(0, true), (1, true), (2, false), (100, false)] {
        let decision = StandardRetry::new().decide(&error, &vec![attempt.clone(); made]);
        let is_repeat = decision == RetryDecision::repeat(secs(7));
        assert_eq!(is_repeat, repeats, "{made}: {decision:?}");
    }
    let impatient = StandardRetry::new().max_wait(secs(6)).decide(&error, &[]);
    assert!(matches!(impatient, RetryDecision::Stop { why, .. } if why.contains("7s")));
    let off = NoRetry.decide(&error, &[]);
    assert_eq!(off, RetryDecision::stop("retries are off"));
}

#[test]
fn an_error_of_a_transport_says_what_the_transport_said() {
    let (kind, phase) = (TransportErrorKind::Timeout, Phase::Connect);
    let error = transport(kind, phase, Delivery::NotSent);
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.phase(), Some(Phase::Connect));
    assert_eq!(error.delivery(), Some(Delivery::NotSent));
    assert_eq!(error.timeout().map(|it| it.clock), Some(Clock::Connect));
    assert_eq!((error.status(), error.body()), (None, None));
}

#[test]
fn a_timeout_and_a_connection_that_was_not_made_are_two_questions() {
    use TransportErrorKind::{Closed, Connect, Timeout, Tls};
    for (kind, phase, is_timeout, is_connect) in [
        (Connect, Phase::Connect, false, true),
        (Tls, Phase::Connect, false, true),
        (Timeout, Phase::Connect, true, true),
        (Timeout, Phase::Headers, true, false),
        (Closed, Phase::Send, false, false),
        (Closed, Phase::Body, false, false),
    ] {
        let error = transport(kind, phase, Delivery::MaybeSent);
        let answers = (error.is_timeout(), error.is_connect());
        assert_eq!(answers, (is_timeout, is_connect), "{kind} {phase}");
    }
    let error = Error::from_response(response(504, &[], "timeout"));
    assert!(!error.is_timeout() && !error.is_connect());
}
