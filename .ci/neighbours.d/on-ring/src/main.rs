//! A program on ring. The transports need nothing from it; for its own reqwest it installs ring.
#![forbid(unsafe_code)]

#[path = "../../server.rs"]
mod server;

use std::panic;

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

    // This is why the program must install ring.
    panic::set_hook(Box::new(|_| {}));
    let panics = panic::catch_unwind(reqwest::Client::new).is_err();
    let _ = panic::take_hook();
    assert!(panics, "reqwest finds ring without help: correct the docs");
    ring::default_provider().install_default().unwrap();
    reqwest::Client::new();

    for transport in server.transports() {
        server.exchange(&*transport).await.unwrap();
    }
}
