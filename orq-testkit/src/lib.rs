//! Test code that calls orq.ai without a network.
#![forbid(unsafe_code)]

mod client;
mod failure;
mod fake;
mod memory;
mod recorded;
mod reply;
mod script;
mod timer;

pub use client::client;
pub use fake::{FakeDeployment, FakeOrq, FakeOrqBuilder, FakeReply, FakeVariant, SeedError};
pub use memory::{MemoryHandle, MemoryTransport};
pub use recorded::RecordedRequest;
pub use reply::Reply;
pub use timer::ManualTimer;

#[cfg(feature = "proptest")]
pub mod strategy;
