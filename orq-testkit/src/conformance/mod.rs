//! A test suite for the contract of [`HttpTransport`], which the author of a transport runs.
//!
//! ```rust,test_harness
//! use orq_testkit::conformance;
//! use orq_transport_hyper::{HyperTransport, HyperTransportBuilder};
//!
//! #[test]
//! fn it_is_a_transport() {
//!     let suite = conformance::transport(|settings| {
//!         let builder = HyperTransport::builder()
//!             .connect_timeout(settings.connect_timeout)
//!             .http2_keep_alive(settings.keep_alive, settings.keep_alive);
//!         let builder = match settings.proxy.clone() {
//!             Some(proxy) => builder.proxy(proxy),
//!             None => builder,
//!         };
//!         let roots = settings.roots.iter().cloned();
//!         roots.fold(builder, HyperTransportBuilder::add_root_certificate_der).build().unwrap()
//!     });
//!     suite.run().assert();
//! }
//! ```
//!
//! The suite runs servers of raw bytes on loopback sockets, over HTTP/1.1, TLS and HTTP/2, with generated certificates.
//! It checks the transport against the [contract](HttpTransport#contract):
//!
//! - **`fidelity`**: every byte arrives, in both directions; any status is `Ok`; no redirect is followed, no cookie
//!   kept, and only documented headers are added. Gzip is decoded under each of its names, with all its members, as
//!   soon as it is flushed; other encodings are left as they are.
//! - **`flow`**: the head doesn't wait for the body, nor a chunk for the next; an unread body stops the server;
//!   dropping a request or a body stops the exchange; nothing is sent twice. A body whose
//!   [`CallContext`](orq_core::transport::CallContext) is complete is read on for a bounded time to keep the
//!   connection, and the context tells whether the request may have been sent.
//! - **`secrets`**: neither the transport nor a response shows the key. Each check that gets an error also checks that
//!   the error and its sources don't show it.
//! - **`faults`**, **`tls`**, **`proxy`**, **`http2`**: kind, phase and delivery of the error for each failure, and
//!   that the request was sent once.
//! - **`proxy`**: `https` goes through a tunnel (`CONNECT`) in which the proxy sees neither path nor key.
//! - **`http2`**: streams share a connection, more streams than it carries open another, stalled readers stop no other
//!   stream, and a connection whose server no longer acknowledges pings is given up.
//! - **`layer`**: what a [layer](HttpTransport#layers) must pass on from the transport underneath.
//!
//! A transport **may** lack some [abilities](Ability) if that is declared with [`Suite::without`]; the [`Report`] lists
//! what was skipped. Outcomes may be inexact: where a fault has more than one correct outcome, all are allowed, and
//! [`Suite::strict`] allows only the most exact ones. `maybe_sent` is allowed whenever sending had begun; without a
//! connection, or without trust in the server, the outcome must be `not_sent`.
//!
//! # A layer
//!
//! It is tested over [`HyperTransport`](orq_transport_hyper::HyperTransport) on plain sockets. Whatever that transport
//! fulfils must hold through the layer too.
//!
//! ```rust,test_harness
//! use std::sync::Arc;
//!
//! use orq_core::{HttpTransport, Timer, async_trait, bytes::Bytes, http::{Request, Response}};
//! use orq_core::transport::{Body, TransportError};
//! use orq_testkit::conformance;
//!
//! #[derive(Debug)]
//! struct Counting(Arc<dyn HttpTransport>);
//!
//! #[async_trait]
//! impl HttpTransport for Counting {
//!     async fn send(&self, request: Request<Bytes>) -> Result<Response<Body>, TransportError> {
//!         // … count it …
//!         self.0.send(request).await
//!     }
//!     fn timer(&self) -> Option<Arc<dyn Timer>> {
//!         self.0.timer()
//!     }
//! }
//!
//! #[test]
//! fn it_is_a_layer() {
//!     conformance::layer(Counting).run().assert();
//! }
//! ```
//!
//! # What it needs
//!
//! A plain `#[test]`: [`Suite::run`] creates a tokio runtime for each check, and runs several checks at a time, each in
//! its own thread. A transport over another runtime works in it if it works from any thread. All checks take seconds; a
//! check that hangs is ended after thirty seconds, and reported.
//!
//! A single check can be run, for example under a debugger: `suite.only(["faults::garbage"]).run()`.
//!
//! For additional tests of a transport, use the suite's own tools: [`RawServer`] answers with any bytes, and
//! [`outcome`] returns the outcome of a request.
//!
//! # The checks
//!
//! An outcome is `ok, 4 bytes`, or an error's kind, phase and delivery. The column *exactly* has the most exact
//! outcome, or several where timing decides; *also* has less exact ones that are allowed.
//!
#![doc = include_str!("checks.md")]

mod ability;
mod allowed;
mod checks;
mod exchange;
mod failure;
mod raw;
mod report;
mod subject;
mod suite;

use std::sync::Arc;

use orq_core::HttpTransport;

pub use self::{
    ability::Ability,
    checks::CHECKS,
    exchange::outcome,
    raw::{Authority, RawConnection, RawRequest, RawServer},
    report::{Checked, Report, Status},
    subject::Settings,
    suite::Suite,
};

/// Creates the suite for a transport.
///
/// `make` creates a transport with the given [`Settings`]. Each check calls it once or more, inside the check's
/// runtime; a panic in it fails the check.
pub fn transport<T: HttpTransport + 'static>(
    make: impl Fn(&Settings) -> T + Send + Sync + 'static,
) -> Suite {
    Suite::of_transport(make)
}

/// Creates the suite for a layer: a transport that wraps a transport.
///
/// `layer` wraps the given transport. What can't be tested over the suite's plain transport is reported as skipped.
pub fn layer<T: HttpTransport + 'static>(
    layer: impl Fn(Arc<dyn HttpTransport>) -> T + Send + Sync + 'static,
) -> Suite {
    Suite::of_layer(layer)
}
