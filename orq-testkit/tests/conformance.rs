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

use orq_testkit::conformance::{Ability, Settings, Suite};
use orq_transport_hyper::HyperTransport;

/// A transport that is correct.
fn hyper(settings: &Settings) -> HyperTransport {
    let mut builder = HyperTransport::builder().connect_timeout(settings.connect_timeout);
    for root in &settings.roots {
        builder = builder.add_root_certificate_der(root.as_slice());
    }
    builder.build().unwrap()
}

/// Leaves out what the transports can't do yet.
fn present(suite: Suite) -> Suite {
    let suite = [
        Ability::Proxy,
        Ability::KeepAlive,
        Ability::ManyStreams,
        Ability::Drain,
        Ability::Progress,
    ]
    .into_iter()
    .fold(suite, Suite::without);
    NOT_YET
        .into_iter()
        .fold(suite, |suite, check| suite.skip(check, "not yet"))
}

const NOT_YET: [&str; 5] = [
    "fidelity::the_names_of_gzip",
    "fidelity::gzip_of_several_members",
    "faults::cut_gzip",
    "http2::as_many_as_250_response_headers",
    "http2::stalled_readers_stop_no_other",
];
