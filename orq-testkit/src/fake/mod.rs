//! A working double of the API.

mod body;
mod builder;
mod builtin;
mod call;
mod calls;
mod check;
mod conversation;
mod decide;
mod deployment;
mod endpoint;
mod fault;
mod findings;
mod keys;
mod limiter;
mod orq;
mod plan;
mod rate_limit;
mod render;
mod reply;
mod request;
mod seed;
mod service;
mod settings;
mod template;
mod variant;
mod workspace;

pub use builder::FakeOrqBuilder;
pub use call::{FakeCall, FakeCallEnd};
pub use deployment::FakeDeployment;
pub use fault::FakeFault;
pub use orq::FakeOrq;
pub use rate_limit::FakeRateLimit;
pub use reply::FakeReply;
pub use seed::SeedError;
pub use variant::FakeVariant;
