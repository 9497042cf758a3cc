//! The client and its builder.

mod builder;
mod handle;
mod setting;

pub use builder::ClientBuilder;
pub use handle::Client;
