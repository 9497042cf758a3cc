#![forbid(unsafe_code)]
//! Test doubles for code that calls orq.ai.

#[cfg(feature = "proptest")]
pub mod strategy;
