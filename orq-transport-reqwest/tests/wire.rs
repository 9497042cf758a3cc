//! The reqwest transport on real sockets.
#![cfg(all(feature = "gzip", feature = "http2", feature = "rustls"))]
#![allow(clippy::unwrap_used)]

#[path = "own/address.rs"]
mod address;
#[path = "own/no_runtime.rs"]
mod no_runtime;
#[cfg(feature = "system-proxy")]
#[path = "own/proxy.rs"]
mod proxy;
#[path = "own/ready_made.rs"]
mod ready_made;
#[macro_use]
#[path = "../../orq-testkit/src/conformance/mod.rs"]
mod wire;

use std::sync::Arc;

use orq_transport_reqwest::ReqwestTransport;
use wire::{Settings, Transport};

fn make(settings: Settings) -> Transport {
    let mut builder = ReqwestTransport::builder();
    for root in settings.roots {
        builder = builder.add_root_certificate_der(root);
    }
    if let Some(timeout) = settings.connect_timeout {
        builder = builder.connect_timeout(timeout);
    }
    Arc::new(builder.build().unwrap())
}

wire_tests!(crate::make);

/// reqwest's decoders hide that the stream was reset. The client judges the end of an event stream by itself.
#[tokio::test]
async fn a_body_without_a_length_can_be_cut_unseen() {
    wire::guarded(async {
        let outcome = wire::http2::reset_without_an_error_or_a_length(make).await;
        assert_eq!(outcome, "ok, 4 bytes");
    })
    .await;
}

/// hyper gives the request back untouched, and reqwest sends it on another connection.
#[tokio::test]
async fn a_request_that_was_not_begun_goes_out_on_another_connection() {
    wire::guarded(async {
        let outcome = wire::flow::a_request_on_a_connection_that_has_just_ended(make).await;
        assert_eq!(outcome, "ok, 0 bytes");
    })
    .await;
}
