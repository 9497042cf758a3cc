//! The client and its builder.

mod builder;
mod handle;

pub use builder::ClientBuilder;
pub use handle::Client;
