//! What every [`HttpTransport`] must do, as a suite that its author runs.

mod ability;
mod allowed;
mod base;
mod check;
mod connection;
mod exchange;
mod failure;
mod faults;
mod fidelity;
mod flow;
mod http2;
mod layer;
mod report;
mod secrets;
mod server;
mod subject;
mod suite;
mod tls;

use std::sync::Arc;

use orq_core::HttpTransport;

pub use self::{
    ability::Ability,
    check::CHECKS,
    connection::{RawConnection, RawRequest},
    exchange::outcome,
    report::{Checked, Report, Status},
    server::RawServer,
    subject::Settings,
    suite::Suite,
};

/// The suite for a transport. `make` builds one with the settings given, and is called more than once for a check.
pub fn transport<T: HttpTransport + 'static>(
    make: impl Fn(&Settings) -> T + Send + Sync + 'static,
) -> Suite {
    Suite::of_transport(make)
}

/// The suite for a layer. `layer` wraps the transport given.
pub fn layer<T: HttpTransport + 'static>(
    layer: impl Fn(Arc<dyn HttpTransport>) -> T + Send + Sync + 'static,
) -> Suite {
    Suite::of_layer(layer)
}
