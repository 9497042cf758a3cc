//! Who is broken in one way fails the checks that look at it, and no others.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use futures::{StreamExt, future::BoxFuture};
use orq_core::{HttpTransport, transport::Body};
use orq_testkit::conformance::{self, CHECKS, Settings, Suite};

use crate::{
    broken::{
        Buffering, Hasty, Hiding, Hungry, Inner, Judging, Lingering, Nervous, Optimist,
        ReadingAhead, Rebuilding, Redirected, Remembering, Retrying, Signing, Talkative, Tardy,
        Timeless, Unbroken,
    },
    connections::{Draining, Narrow, Proxied},
    hyper, present,
};

/// A transport that is correct but for what `breaks` makes of it.
fn broken<T: HttpTransport + 'static>(
    breaks: impl Fn(Inner) -> T + Send + Sync + 'static,
) -> Suite {
    present(capable(breaks))
}

/// As [`broken`], with every ability.
fn capable<T: HttpTransport + 'static>(
    breaks: impl Fn(Inner) -> T + Send + Sync + 'static,
) -> Suite {
    conformance::transport(move |settings: &Settings| breaks(Arc::new(hyper(settings))))
}

#[track_caller]
fn assert_fails(suite: &Suite, expected: &[&str]) {
    let report = suite.run();
    let failed: BTreeSet<_> = report.failed().into_iter().collect();
    let expected = expected.iter().copied();
    let expected = expected.filter(|check| !report.skipped().contains(check));
    assert_eq!(failed, expected.collect(), "{report}");
}

/// Who fails by hanging needs no long time to be sure of it. All others have theirs.
#[track_caller]
fn assert_hangs_and_fails(suite: Suite, hangs: &[&str], fails: &[&str]) {
    let rest = CHECKS.iter().copied();
    let rest = rest.filter(|check| !hangs.contains(check));
    assert_fails(&suite.clone().only(rest), fails);

    let guard = Duration::from_millis(300);
    let suite = suite.only(hangs.iter().copied()).hanging_after(guard);
    assert_fails(&suite, hangs);
}

#[test]
fn one_that_retries() {
    let expected = [
        "faults::accept_and_close",
        "faults::reset_at_once",
        "faults::closed_after_the_request",
        "faults::reset_after_the_request",
        "faults::closed_after_the_request_on_a_used_connection",
        "faults::closed_while_sending",
        "faults::half_a_head",
        "tls::closed_in_the_handshake",
        "http2::refused_stream",
        "http2::reset_after_the_request",
        "http2::going_away_before_the_request",
        "http2::going_away_and_closing_after_the_request",
    ];
    assert_fails(&broken(Retrying), &expected);
}

#[test]
fn one_that_buffers() {
    let hangs = [
        "fidelity::gzip_arrives_as_it_is_flushed",
        "flow::the_head_does_not_wait_for_the_body",
        "flow::dropping_the_body_closes_its_connection",
        "secrets::the_transport_shows_no_key",
        "faults::reset_in_the_body",
        "http2::dropping_the_body_resets_its_stream",
        "http2::an_unread_body_stops_the_server",
    ];
    let too_late = ["flow::an_unread_body_stops_the_server"];
    assert_hangs_and_fails(broken(Buffering), &hangs, &too_late);
}

#[test]
fn one_that_follows_redirects() {
    assert_fails(
        &broken(Redirected),
        &["fidelity::redirects_are_not_followed"],
    );
}

#[test]
fn one_that_says_not_sent_too_often() {
    let expected = [
        "faults::closed_after_the_request",
        "faults::reset_after_the_request",
        "faults::closed_after_the_request_on_a_used_connection",
        "faults::closed_while_sending",
        "faults::half_a_head",
        "http2::reset_after_the_request",
        "http2::going_away_and_closing_after_the_request",
    ];
    assert_fails(&broken(Optimist), &expected);
}

#[test]
fn one_that_shows_the_key_in_its_debug_output() {
    let expected = ["secrets::the_transport_shows_no_key"];
    assert_fails(&broken(Remembering::new), &expected);
}

#[test]
fn one_that_shows_the_key_in_errors() {
    let expected = [
        "faults::refused",
        "faults::unknown_host",
        "faults::not_an_exchange",
        "tls::unknown_authority",
        "tls::wrong_host",
        "tls::expired",
        "tls::a_server_without_tls",
        "tls::closed_in_the_handshake",
        "tls::a_handshake_that_stalls",
    ];
    assert_fails(&broken(Talkative), &expected);
}

#[test]
fn one_that_takes_a_cut_body_for_a_whole_one() {
    let expected = [
        "faults::body_shorter_than_announced",
        "faults::chunks_without_an_end",
        "faults::broken_chunk",
        "faults::reset_in_the_body",
        "faults::broken_gzip",
        "faults::cut_gzip",
        "faults::gzip_cut_between_members",
        "tls::cut_without_a_goodbye",
        "http2::reset_in_the_body",
        "http2::reset_without_an_error_in_the_body",
        "http2::reset_without_an_error_or_a_length",
    ];
    assert_fails(&broken(Unbroken), &expected);
}

#[test]
fn one_that_reads_ahead() {
    let expected = [
        "flow::an_unread_body_stops_the_server",
        "http2::an_unread_body_stops_the_server",
    ];
    assert_fails(&broken(ReadingAhead), &expected);
}

#[test]
fn one_that_does_not_stop() {
    let hangs = [
        "flow::dropping_the_request_closes_its_connection",
        "http2::dropping_the_request_resets_its_stream",
    ];
    assert_hangs_and_fails(broken(Lingering), &hangs, &[]);
}

#[test]
fn one_that_judges_statuses() {
    assert_fails(&broken(Judging), &["fidelity::every_status_is_an_answer"]);
}

#[test]
fn one_that_keeps_cookies() {
    assert_fails(&broken(Hungry::new), &["fidelity::no_cookie_is_kept"]);
}

#[test]
fn one_that_panics() {
    let expected = ["faults::refused", "faults::unknown_host"];
    let suite = broken(Nervous).only(expected);
    assert_fails(&suite, &expected);
    assert!(suite.run().to_string().contains("it panicked: "));
}

#[test]
fn one_that_hides_an_encoding() {
    let expected = ["fidelity::an_unknown_encoding_is_left"];
    assert_fails(&broken(Hiding), &expected);
}

const DRAIN: [&str; 3] = [
    "flow::a_complete_body_keeps_its_connection",
    "flow::a_complete_body_without_an_end_is_closed",
    "http2::a_complete_body_keeps_its_stream",
];

/// A transport that reads the rest of a complete body by this function.
fn draining(drain: fn(Body) -> BoxFuture<'static, ()>) -> Suite {
    capable(move |inner| Draining { inner, drain }).only(DRAIN)
}

#[expect(clippy::disallowed_methods, reason = "the bound is in real time")]
async fn within<F: Future>(millis: u64, future: F) -> Option<F::Output> {
    let bound = Duration::from_millis(millis);
    tokio::time::timeout(bound, future).await.ok()
}

async fn read_to_the_end(mut body: Body) {
    while body.next().await.is_some() {}
}

#[test]
fn one_that_drains_for_a_bounded_time() {
    let suite = draining(|body| {
        Box::pin(async move {
            within(500, read_to_the_end(body)).await;
        })
    });
    assert_fails(&suite, &[]);
}

#[test]
fn one_that_does_not_drain() {
    let expected = [DRAIN[0], DRAIN[2]];
    assert_fails(&capable(Rebuilding).only(DRAIN), &expected);
}

#[test]
fn one_that_drains_for_ever() {
    let suite = draining(|body| Box::pin(read_to_the_end(body)));
    let guard = Duration::from_secs(1);
    assert_fails(&suite.only([DRAIN[1]]).hanging_after(guard), &[DRAIN[1]]);
}

#[test]
fn one_that_drains_for_as_long_as_bytes_come() {
    let suite = draining(|mut body| {
        Box::pin(async move { while let Some(Some(_)) = within(200, body.next()).await {} })
    });
    let guard = Duration::from_secs(1);
    assert_fails(&suite.only([DRAIN[1]]).hanging_after(guard), &[DRAIN[1]]);
}

const PROGRESS: [&str; 2] = ["flow::sending_is_tracked", "http2::sending_is_tracked"];

#[test]
fn one_that_marks_too_early() {
    assert_fails(&capable(Hasty).only(PROGRESS), &PROGRESS);
}

#[test]
fn one_that_marks_too_late() {
    assert_fails(&capable(Tardy).only(PROGRESS), &PROGRESS);
}

#[test]
fn one_that_marks_nothing() {
    assert_fails(&capable(Rebuilding).only(PROGRESS), &PROGRESS);
}

#[test]
fn one_that_has_few_responses_at_once() {
    let hangs = [
        "http2::more_streams_than_one_connection_carries",
        "http2::stalled_readers_stop_no_other",
    ];
    let suite = capable(|inner| Narrow::new(inner, 64)).only(hangs);
    assert_fails(&suite.hanging_after(Duration::from_secs(1)), &hangs);
}

#[test]
fn one_that_ignores_its_settings() {
    let suite = conformance::transport(|settings: &Settings| {
        let mut ignorant = Settings::default();
        ignorant.roots.clone_from(&settings.roots);
        hyper(&ignorant)
    });
    let hangs = [
        "tls::a_handshake_that_stalls",
        "http2::a_silent_peer_before_the_head",
        "http2::a_silent_peer_in_the_body",
    ];
    let guard = Duration::from_secs(1);
    assert_fails(&suite.clone().only(hangs).hanging_after(guard), &hangs);

    let fails = [
        "proxy::a_request_through_a_tunnel",
        "proxy::a_refused_tunnel",
        "proxy::a_tunnel_that_wants_credentials",
        "proxy::a_tunnel_that_breaks_off",
        "proxy::a_tunnel_that_stalls",
    ];
    assert_fails(&suite.only(fails), &fails);
}

#[test]
fn one_that_sends_plain_http_to_its_proxy() {
    let suite = conformance::transport(|settings: &Settings| {
        let inner: Inner = Arc::new(hyper(settings));
        Proxied(inner, settings.proxy.clone())
    });
    let expected = ["proxy::plain_http_needs_no_proxy"];
    assert_fails(&suite.only(expected), &expected);
}

#[test]
fn a_layer_that_forgets_the_timer() {
    let expected = ["layer::the_timer_is_passed_on"];
    assert_fails(&conformance::layer(Timeless), &expected);
}

#[test]
fn a_layer_that_forgets_the_call_context() {
    let expected = ["layer::the_call_context_is_passed_on"];
    assert_fails(&conformance::layer(Rebuilding), &expected);
}

#[test]
fn a_layer_that_adds_a_header() {
    let expected = ["fidelity::nothing_but_documented_headers_is_added"];
    assert_fails(&conformance::layer(Signing), &expected);
}
