//! Whether a failed attempt is followed by another.
//!
//! A [`RetryPolicy`] sees the decoded [`Error`](crate::Error) of each attempt, not only a status, and decides.
//! [`StandardRetry`] is the one that a client has unless told otherwise; [`NoRetry`] never repeats anything; and
//! a policy of one's own can ask another one and change its mind:
//!
//! ```
//! use std::time::Duration;
//! use orq_core::{
//!     Client, Error,
//!     retry::{Backoff, FailedAttempt, RetryDecision, RetryPolicy, StandardRetry},
//! };
//! # use orq_testkit::MemoryTransport;
//!
//! /// The standard, but never while the provider itself is down.
//! #[derive(Debug)]
//! struct Patient(StandardRetry);
//!
//! impl RetryPolicy for Patient {
//!     fn decide(&self, error: &Error, earlier: &[FailedAttempt]) -> RetryDecision {
//!         if error.code() == Some("provider_overloaded") {
//!             return RetryDecision::stop("the provider is overloaded");
//!         }
//!         self.0.decide(error, earlier)
//!     }
//! }
//!
//! let standard = StandardRetry::new()
//!     .max_attempts(5)
//!     .backoff(Backoff::exponential(Duration::from_millis(200), Duration::from_secs(20)))
//!     .repeat_status(http::StatusCode::BAD_GATEWAY);
//! # let memory = MemoryTransport::new();
//! # let transport = memory.handle();
//! let client = Client::builder(transport).api_key("my-key").retry(Patient(standard)).build()?;
//! # Ok::<(), orq_core::Error>(())
//! ```

mod attempt;
mod backoff;
mod policy;
mod standard;

pub use attempt::FailedAttempt;
pub use backoff::{Backoff, Jitter};
pub use policy::{NoRetry, RetryDecision, RetryPolicy};
pub use standard::StandardRetry;
