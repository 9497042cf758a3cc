//! Transports that lack an ability and don't say so.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt, future::BoxFuture};
use orq_core::transport::Body;
use orq_testkit::conformance::{self, Settings, Suite};

use crate::{
    broken::{Hasty, Inner, Rebuilding, Tardy},
    connections::{Draining, Narrow, Proxied},
    hyper,
    red::{assert_fails, broken},
};

const DRAIN: [&str; 4] = [
    "flow::a_complete_body_keeps_its_connection",
    "http2::a_complete_body_keeps_its_stream",
    "flow::a_complete_body_without_an_end_is_closed",
    "flow::a_complete_body_that_goes_on_is_closed",
];

/// What hangs needs no long time to be found.
const GUARD: Duration = Duration::from_millis(500);

/// A transport that reads the rest of a complete body by this function.
fn draining(drain: fn(Body) -> BoxFuture<'static, ()>) -> Suite {
    broken(move |inner| Draining { inner, drain }).only(DRAIN)
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
            within(1000, read_to_the_end(body)).await;
        })
    });
    assert_fails(&suite, &[]);
}

#[test]
fn one_that_does_not_drain() {
    assert_fails(&broken(Rebuilding).only(DRAIN), &DRAIN[..2]);
}

#[test]
fn one_that_drains_for_ever() {
    let suite = draining(|body| Box::pin(read_to_the_end(body)));
    let hangs = [DRAIN[2], DRAIN[3]];
    assert_fails(&suite.only(hangs).hanging_after(GUARD), &hangs);
}

#[test]
fn one_that_drains_for_as_long_as_bytes_come() {
    let suite = draining(|mut body| {
        // No pause of the server's is as long.
        Box::pin(async move { while let Some(Some(_)) = within(60_000, body.next()).await {} })
    });
    assert_fails(&suite.only([DRAIN[3]]).hanging_after(GUARD), &[DRAIN[3]]);
}

const PROGRESS: [&str; 2] = ["flow::sending_is_tracked", "http2::sending_is_tracked"];

#[test]
fn one_that_marks_too_early() {
    assert_fails(&broken(Hasty).only(PROGRESS), &PROGRESS);
}

#[test]
fn one_that_marks_too_late() {
    assert_fails(&broken(Tardy).only(PROGRESS), &PROGRESS);
}

#[test]
fn one_that_marks_nothing() {
    assert_fails(&broken(Rebuilding).only(PROGRESS), &PROGRESS);
}

#[test]
fn one_that_has_few_responses_at_once() {
    let hangs = [
        "http2::more_streams_than_one_connection_carries",
        "http2::stalled_readers_stop_no_other",
    ];
    let suite = broken(|inner| Narrow::new(inner, 64)).only(hangs);
    assert_fails(&suite.hanging_after(GUARD), &hangs);
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
    assert_fails(&suite.clone().only(hangs).hanging_after(GUARD), &hangs);

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
