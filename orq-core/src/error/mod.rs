//! The error of a call: its kind, and the details of the failure.

mod access;
mod advice;
mod attempt;
mod body;
mod display;
mod inner;
mod kind;
mod retry_after;

pub use advice::RetryAdvice;
pub use attempt::{FailedAttempt, RetryDecision};
pub(crate) use body::ErrorBody;
pub use inner::Error;
pub use kind::{Clock, ErrorKind, Timeout};
