//! A program with reqwest and rustls of its own, beside both transports without a feature.
#![forbid(unsafe_code)]

fn main() {
    reqwest::Client::new();
    let _ = rustls::ClientConfig::builder();
}
