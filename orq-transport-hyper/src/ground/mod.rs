//! What this crate shares with `orq-transport-reqwest`. It isn't part of the public API and may change at any time.

pub mod clients;
pub mod defaults;
mod headers;
pub mod proxy;
pub mod request;
pub mod response;
#[cfg(feature = "rustls-no-provider")]
pub mod tls;
pub mod trust;
