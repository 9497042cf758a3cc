//! The error of a call: its kind, and the details of the failure.

mod access;
mod advice;
mod attempt;
mod body;
mod display;
mod inner;
mod judgement;
mod kind;
mod page;
mod retry_after;
mod value;

pub use advice::RetryAdvice;
pub use attempt::{BudgetLevel, FailedAttempt, RetryDecision};
pub(crate) use body::ErrorBody;
pub use inner::Error;
pub(crate) use inner::REPORTED;
pub(crate) use judgement::{says_error, wraps_error};
pub use kind::{Clock, ErrorKind, Timeout};
pub(crate) use page::page;
pub(crate) use value::says;
