//! Servers of raw bytes, by hand: they must be able to answer wrongly.

mod connection;
pub(super) mod peer;
mod server;
mod tls;

pub(super) use self::connection::invalid;
pub use self::{
    connection::{RawConnection, RawRequest},
    server::RawServer,
    tls::Authority,
};
