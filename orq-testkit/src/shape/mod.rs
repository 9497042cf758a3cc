//! What orq answers, as values: the shapes of the doubles' answers, of the fixtures and of injected errors.

mod answer;
mod chunks;
mod completion;
mod configuration;
mod delta;
mod problem;
mod stamp;
pub(crate) mod token;
mod version;

pub(crate) use self::{
    answer::{ModelAnswer, Said, ToolCall},
    chunks::Chunks,
    completion::{Completion, usage},
    configuration::{Configuration, config, function, list, list_item, passage},
    problem::Problem,
    stamp::{Stamp, rfc3339},
    version::{Version, version},
};
