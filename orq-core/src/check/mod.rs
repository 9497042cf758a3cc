//! Checking the inputs of a request against the variables of its deployment, before it is sent.

mod operation;
mod report;
mod variables;

pub use report::{InputReport, Mismatch};
