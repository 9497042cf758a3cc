//! A working double of the API.

mod answer;
mod builder;
mod builtin;
mod check;
mod chunks;
mod completion;
mod conversation;
mod date;
mod delta;
mod deployment;
mod exchange;
mod orq;
mod problem;
mod reply;
mod request;
mod seed;
mod service;
mod settings;
mod template;
mod token;
mod variant;
mod workspace;

pub use builder::FakeOrqBuilder;
pub use deployment::FakeDeployment;
pub use orq::FakeOrq;
pub use reply::FakeReply;
pub use seed::SeedError;
#[cfg(feature = "server")]
pub(crate) use service::Served;
pub use variant::FakeVariant;
