//! The suite for transports: green on the good ones, red by name on those that are broken on purpose.
#![cfg(feature = "conformance")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "these are tests")]

#[path = "conformance/abilities.rs"]
mod abilities;
#[path = "conformance/broken.rs"]
mod broken;
#[path = "conformance/connections.rs"]
mod connections;
#[path = "conformance/green.rs"]
mod green;
#[path = "conformance/red.rs"]
mod red;
#[path = "conformance/report.rs"]
mod report;

use std::sync::Arc;

use orq_testkit::conformance::Settings;
use orq_transport_hyper::{
    HyperTransport,
    rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs},
};

/// A transport that is correct. It trusts the roots of its settings alone: those of the platform take 20 ms to read, for
/// each check.
fn hyper(settings: &Settings) -> HyperTransport {
    let mut roots = RootCertStore::empty();
    for root in &settings.roots {
        roots.add(root.clone().into()).unwrap();
    }
    let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let tls = tls.with_safe_default_protocol_versions().unwrap();
    let tls = tls.with_root_certificates(roots).with_no_client_auth();
    let builder = HyperTransport::builder()
        .tls_config(tls)
        .connect_timeout(settings.connect_timeout)
        .http2_keep_alive(settings.keep_alive, settings.keep_alive);
    match settings.proxy.clone() {
        Some(proxy) => builder.proxy(proxy),
        None => builder,
    }
    .build()
    .unwrap()
}
