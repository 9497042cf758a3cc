//! A working double of the API.

mod annotate;
mod answer_body;
mod auth;
mod builder;
mod check;
mod control;
mod decide;
mod limit;
mod log;
mod model;
mod orq;
mod plan;
mod response_headers;
mod route;
mod seed;
mod service;
mod world;

pub use self::{
    builder::FakeOrqBuilder,
    limit::rate_limit::FakeRateLimit,
    log::call::{FakeCall, FakeCallEnd},
    model::{
        answer::FakeAnswer, deployment::FakeDeployment, fault::FakeFault, variant::FakeVariant,
        version::FakeVersion,
    },
    orq::FakeOrq,
    seed::SeedError,
};
