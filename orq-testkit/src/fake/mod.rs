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

/// The shapes in which the double answers, for the fixtures, whose shapes they are too.
pub(crate) mod shape {
    pub(crate) use super::{
        answer::{Answer, ToolCall},
        chunks::Chunks,
        completion::{Completion, usage},
        exchange::Exchange,
        problem::Problem,
        settings::{Settings, function, passage},
        workspace::{config, list, list_item},
    };
}

pub use builder::FakeOrqBuilder;
pub use deployment::FakeDeployment;
pub use orq::FakeOrq;
pub use reply::FakeReply;
pub use seed::SeedError;
#[cfg(feature = "server")]
pub(crate) use service::Served;
pub use variant::FakeVariant;
