//! A working double of the API.

mod answer;
mod body;
mod builder;
mod builtin;
mod call;
mod calls;
mod check;
mod chunks;
mod completion;
mod conversation;
mod date;
mod decide;
mod delta;
mod deployment;
mod endpoint;
mod exchange;
mod fault;
mod findings;
mod keys;
mod limiter;
mod orq;
mod plan;
mod problem;
mod rate_limit;
mod reply;
mod request;
mod seed;
mod service;
mod settings;
mod template;
mod token;
mod variant;
mod workspace;

/// The shapes in which the double answers, for the fixtures and the injected answers, whose shapes they are too.
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
pub use call::{FakeCall, FakeCallEnd};
pub use deployment::FakeDeployment;
pub use fault::FakeFault;
pub use orq::FakeOrq;
pub use rate_limit::FakeRateLimit;
pub use reply::FakeReply;
pub use seed::SeedError;
pub use variant::FakeVariant;
