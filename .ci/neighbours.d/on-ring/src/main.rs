//! A program on ring. The transports need nothing from it; for its own reqwest it installs ring.
#![forbid(unsafe_code)]

#[path = "../../server.rs"]
mod server;

use std::panic;

use orq_transport_reqwest::ReqwestTransport;
use rustls::crypto::{CryptoProvider, ring};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let server = server::Server::start(ring::default_provider()).await;
    for transport in server.transports() {
        server.exchange(&*transport).await.unwrap();
    }
    assert!(
        CryptoProvider::get_default().is_none(),
        "a transport installed a provider for the whole process"
    );

    // Without an installed provider reqwest would ignore what `configure` sets of TLS.
    let configured = || {
        ReqwestTransport::builder()
            .configure(|builder| builder)
            .build()
    };
    assert!(configured().is_err());

    // This is why the program must install ring.
    panic::set_hook(Box::new(|_| {}));
    let panics = panic::catch_unwind(reqwest::Client::new).is_err();
    let _ = panic::take_hook();
    assert!(panics, "reqwest finds ring without help: correct the docs");
    ring::default_provider().install_default().unwrap();
    reqwest::Client::new();
    configured().unwrap();

    for transport in server.transports() {
        server.exchange(&*transport).await.unwrap();
    }
}
