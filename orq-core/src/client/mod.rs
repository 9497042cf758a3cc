//! The client: a transport, a key, and the settings of every call.

mod builder;
mod handle;

pub use builder::ClientBuilder;
pub use handle::Client;
