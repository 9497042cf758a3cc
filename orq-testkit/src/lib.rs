//! Test code that calls orq.ai without a network.
#![forbid(unsafe_code)]

mod client;
mod failure;
mod fake;
mod memory;
mod recorded;
mod reply;
mod script;
#[cfg(feature = "server")]
mod server;
mod timer;
#[cfg(feature = "server")]
mod tokio_timer;

pub use client::client;
pub use fake::{FakeDeployment, FakeOrq, FakeOrqBuilder, FakeReply, FakeVariant, SeedError};
pub use memory::{MemoryHandle, MemoryTransport};
pub use recorded::RecordedRequest;
pub use reply::Reply;
#[cfg(feature = "server")]
pub use server::{FakeServer, RunningServer, ServedRequest};
pub use timer::ManualTimer;
#[cfg(feature = "server")]
pub use tokio_timer::TokioTimer;

#[cfg(feature = "proptest")]
pub mod strategy;
