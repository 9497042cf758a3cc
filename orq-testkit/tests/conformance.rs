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

use orq_testkit::conformance::Settings;
use orq_transport_hyper::HyperTransport;

/// A transport that is correct.
fn hyper(settings: &Settings) -> HyperTransport {
    let mut builder = HyperTransport::builder()
        .connect_timeout(settings.connect_timeout)
        .http2_keep_alive(settings.keep_alive, settings.keep_alive);
    for root in &settings.roots {
        builder = builder.add_root_certificate_der(root.as_slice());
    }
    if let Some(proxy) = settings.proxy.clone() {
        builder = builder.proxy(proxy);
    }
    builder.build().unwrap()
}
