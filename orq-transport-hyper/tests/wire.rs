//! The hyper transport on real sockets, by the suite that the reqwest transport passes too.
#![cfg(all(feature = "gzip", feature = "http2", feature = "rustls"))]
#![allow(clippy::unwrap_used)]

#[path = "own/address.rs"]
mod address;
#[path = "own/no_runtime.rs"]
mod no_runtime;
#[path = "own/ready_made.rs"]
mod ready_made;
#[macro_use]
#[path = "../../orq-testkit/src/conformance/mod.rs"]
mod wire;

use std::sync::Arc;

use orq_transport_hyper::HyperTransport;
use wire::{Settings, Transport};

fn make(settings: Settings) -> Transport {
    let mut builder = HyperTransport::builder();
    for root in settings.roots {
        builder = builder.add_root_certificate_der(root);
    }
    if let Some(timeout) = settings.connect_timeout {
        builder = builder.connect_timeout(timeout);
    }
    Arc::new(builder.build().unwrap())
}

wire_tests!(crate::make);

#[tokio::test]
async fn a_body_without_a_length_is_not_cut_unseen() {
    wire::guarded(async {
        let outcome = wire::http2::reset_without_an_error_or_a_length(make).await;
        assert_eq!(outcome, "closed body answered");
    })
    .await;
}

/// hyper gives the request back untouched, and sending it again is for the client to decide.
#[tokio::test]
async fn a_request_that_was_not_begun_is_not_sent() {
    wire::guarded(async {
        let outcome = wire::flow::a_request_on_a_connection_that_has_just_ended(make).await;
        assert_eq!(outcome, "closed send not_sent");
    })
    .await;
}
