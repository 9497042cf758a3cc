//! A program with two providers. The transports use the one that is installed, else aws-lc-rs.
#![forbid(unsafe_code)]

#[path = "../../server.rs"]
mod server;

use rustls::crypto::{CryptoProvider, aws_lc_rs, ring};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    // ring doesn't have this key exchange.
    let only_aws_lc_rs = server::Server::start(CryptoProvider {
        kx_groups: vec![aws_lc_rs::kx_group::X25519MLKEM768],
        ..aws_lc_rs::default_provider()
    })
    .await;
    let any = server::Server::start(aws_lc_rs::default_provider()).await;

    for transport in only_aws_lc_rs.transports() {
        let outcome = only_aws_lc_rs.exchange(&*transport).await;
        assert!(outcome.is_ok(), "not by aws-lc-rs: {outcome:?}");
    }
    assert!(
        CryptoProvider::get_default().is_none(),
        "a transport installed a provider for the whole process"
    );

    ring::default_provider().install_default().unwrap();
    for transport in only_aws_lc_rs.transports() {
        let outcome = only_aws_lc_rs.exchange(&*transport).await;
        assert!(outcome.is_err(), "not by ring, which is installed");
    }
    for transport in any.transports() {
        any.exchange(&*transport).await.unwrap();
    }
}
