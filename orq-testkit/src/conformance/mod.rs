//! What every [`HttpTransport`] must do, as a suite that its author runs.
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
//! The suite plays a server of raw bytes on loopback sockets, over HTTP/1.1, TLS and HTTP/2, with certificates of its
//! own making. It holds the transport to the [contract](HttpTransport#contract):
//!
//! - **`fidelity`**: every byte arrives, in both directions; any status is `Ok`; no redirect is followed, no cookie kept,
//!   and no header added but the documented ones. Gzip is decoded under each of its names, with all its members, as soon
//!   as it is flushed; other encodings are left as they are.
//! - **`flow`**: the head doesn't wait for the body, nor a chunk for the next; an unread body stops the server; dropping
//!   a request or a body stops the exchange; nothing is sent twice. A body whose
//!   [`CallContext`](orq_core::transport::CallContext) is complete is read on for a bounded time to keep the connection,
//!   and the context tells whether the request may have been sent.
//! - **`secrets`**: neither the transport nor a response shows the key. That errors and their sources don't is part of
//!   each check that sees one.
//! - **`faults`**, **`tls`**, **`proxy`**, **`http2`**: kind, phase and delivery of the error for everything that goes
//!   wrong; and that the request was sent once.
//! - **`proxy`**: `https` goes through a tunnel (`CONNECT`) in which the proxy sees neither path nor key.
//! - **`http2`**: streams share a connection, more streams than it carries open another, stalled readers stop no other
//!   stream, and a connection whose server no longer acknowledges pings is given up.
//! - **`layer`**: what a [layer](HttpTransport#layers) owes to the transport beneath.
//!
//! A transport **may** do without some [abilities](Ability) if it says so with [`Suite::without`]; the [`Report`] lists
//! what was skipped. It may be less exact than it could be: where a fault has more than one honest outcome, all are
//! allowed, and [`Suite::strict`] allows only the most exact of them. `maybe_sent` is allowed wherever the request had
//! left the transport's hands; no connection and no trust mean `not_sent`.
//!
//! # A layer
//!
//! It is tried over [`HyperTransport`](orq_transport_hyper::HyperTransport) on plain sockets. Whatever that transport does
//! must still be true through the layer.
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
//! A plain `#[test]`: [`Suite::run`] makes a tokio runtime for each check, and a thread for each check that it runs at a
//! time. A transport over another runtime works in it if it works from any thread. The whole takes seconds; a check that
//! hangs is ended after thirty seconds, and reported.
//!
//! A check can be run by itself, under a debugger for instance: `suite.only(["faults::garbage"]).run()`.
//!
//! For the tests that a transport needs beside the suite, its tools are at hand: [`RawServer`] answers with any bytes,
//! and [`outcome`] tells what became of a request.
//!
//! # The checks
//!
//! An outcome is `ok, 4 bytes`, or an error's kind, phase and delivery. The column *exactly* has the most that can be
//! said, more than one where it is a matter of luck; *also* has what is honest too.
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
/// `make` builds one with the [`Settings`] given. It is called for each check, inside of the check's runtime, and by some
/// more than once; a panic in it fails the check.
pub fn transport<T: HttpTransport + 'static>(
    make: impl Fn(&Settings) -> T + Send + Sync + 'static,
) -> Suite {
    Suite::of_transport(make)
}

/// Creates the suite for a layer: a transport that wraps a transport.
///
/// `layer` wraps the one given. The report lists what can't be tried over the suite's own plain transport as skipped.
pub fn layer<T: HttpTransport + 'static>(
    layer: impl Fn(Arc<dyn HttpTransport>) -> T + Send + Sync + 'static,
) -> Suite {
    Suite::of_layer(layer)
}
