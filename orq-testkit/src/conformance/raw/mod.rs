//! Servers of raw bytes, by hand: they must be able to answer wrongly.

mod connection;
mod count;
pub(super) mod peer;
mod server;
mod tls;

pub(super) use self::{connection::invalid, count::Count, server::ok};
pub use self::{
    connection::{RawConnection, RawRequest},
    server::RawServer,
    tls::Authority,
};
