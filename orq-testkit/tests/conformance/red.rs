//! Who is broken in one way fails the checks that look at it, and no others.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use orq_core::HttpTransport;
use orq_testkit::conformance::{self, CHECKS, Settings, Suite};

use crate::{
    broken::{
        Buffering, Hiding, Hungry, Inner, Judging, Nervous, Optimist, Rebuilding, Redirected,
        Remembering, Retrying, Signing, Talkative, Timeless, Unbroken,
    },
    connections::{Lingering, ReadingAhead},
    hyper,
};

/// A transport that is correct but for what `breaks` makes of it.
pub(crate) fn broken<T: HttpTransport + 'static>(
    breaks: impl Fn(Inner) -> T + Send + Sync + 'static,
) -> Suite {
    conformance::transport(move |settings: &Settings| breaks(Arc::new(hyper(settings))))
}

#[track_caller]
pub(crate) fn assert_fails(suite: &Suite, expected: &[&str]) {
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
        "proxy::a_tunnel_that_breaks_off",
        "http2::refused_stream",
        "http2::reset_after_the_request",
        "http2::going_away_before_the_request",
        "http2::going_away_and_closing_after_the_request",
        "http2::a_silent_peer_before_the_head",
    ];
    assert_fails(&broken(Retrying), &expected);
}

#[test]
fn one_that_buffers() {
    let hangs = [
        "fidelity::gzip_arrives_as_it_is_flushed",
        "flow::the_head_does_not_wait_for_the_body",
        "flow::dropping_the_body_closes_its_connection",
        "flow::a_complete_body_without_an_end_is_closed",
        "flow::a_complete_body_that_goes_on_is_closed",
        "secrets::the_transport_shows_no_key",
        "faults::reset_in_the_body",
        "http2::dropping_the_body_resets_its_stream",
        "http2::an_unread_body_stops_the_server",
        "http2::a_complete_body_keeps_its_stream",
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
        "http2::a_silent_peer_before_the_head",
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
        "proxy::a_refused_tunnel",
        "proxy::a_tunnel_that_wants_credentials",
        "proxy::a_tunnel_that_breaks_off",
        "proxy::a_tunnel_that_stalls",
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
        "http2::a_silent_peer_in_the_body",
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
        "http2::a_request_dropped_while_it_waits_is_not_sent",
    ];
    let fails = ["flow::sending_is_tracked", "http2::sending_is_tracked"];
    assert_hangs_and_fails(broken(Lingering), &hangs, &fails);
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
    let report = broken(Nervous).only(expected).run();
    assert_eq!(report.failed(), expected);
    assert!(report.to_string().contains("it panicked: "));
}

#[test]
fn one_that_hides_an_encoding() {
    let expected = ["fidelity::an_unknown_encoding_is_left"];
    assert_fails(&broken(Hiding), &expected);
}

#[test]
fn a_layer_that_forgets_the_timer() {
    let expected = ["layer::the_timer_is_passed_on"];
    assert_fails(&conformance::layer(Timeless), &expected);
}

#[test]
fn a_layer_that_forgets_the_call_context() {
    let expected = [
        "flow::a_complete_body_keeps_its_connection",
        "layer::the_call_context_is_passed_on",
    ];
    assert_fails(&conformance::layer(Rebuilding), &expected);
}

#[test]
fn a_layer_that_adds_a_header() {
    let expected = ["fidelity::nothing_but_documented_headers_is_added"];
    assert_fails(&conformance::layer(Signing), &expected);
}
