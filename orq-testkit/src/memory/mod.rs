//! A transport without a network, which plays what the test scripted.

mod client;
mod condition;
mod expectation;
mod handle;
mod replies;
mod rule;
mod state;
mod transport;

pub use self::{
    condition::Condition, handle::MemoryHandle, rule::Rule, transport::MemoryTransport,
};
