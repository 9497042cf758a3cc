//! A program that installs a provider for the transports, at first too late.
#![forbid(unsafe_code)]

use std::error::Error;

use orq_transport_hyper::{BuildError, HyperTransport};
use orq_transport_reqwest::ReqwestTransport;

fn main() {
    for built in both() {
        let error = built.unwrap_err();
        let words = format!("{error}: {}", error.source().unwrap());
        for part in ["no cryptography provider", "install_default", "rustls-ring"] {
            assert!(words.contains(part), "{words}");
        }
    }
    rustls::crypto::ring::default_provider()
        .install_default()
        .unwrap();
    for built in both() {
        built.unwrap();
    }
}

fn both() -> [Result<(), BuildError>; 2] {
    [
        HyperTransport::builder().build().map(drop),
        ReqwestTransport::builder().build().map(drop),
    ]
}
