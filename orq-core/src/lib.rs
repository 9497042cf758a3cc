//! Transport-agnostic client for orq.ai Deployments.
#![forbid(unsafe_code)]

mod limits;
pub mod model;
pub mod sse;
mod time;
pub mod transport;

pub use limits::Limits;
pub use time::{Sleep, Timer};
