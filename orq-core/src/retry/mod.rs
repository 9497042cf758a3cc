//! Retry policies, which decide whether to retry after a failed attempt, and the [`RetryBudget`], which limits the retries
//! of all calls of a client.
//!
//! A [`RetryPolicy`] is called after each failed attempt with its [`Error`](crate::Error). [`StandardRetry`] is the
//! default, and [`NoRetry`] never retries. Your own policy can delegate to another one. In its unit test,
//! [`Error::from_response`](crate::Error::from_response) and [`FailedAttempt::new`] create the arguments:
//!
//! ```
//! use std::time::Duration;
//! use orq_core::retry::{Backoff, FailedAttempt, RetryDecision, RetryPolicy, StandardRetry};
//! use orq_core::{Client, Error, bytes::Bytes, http};
//! # use orq_testkit::MemoryTransport;
//!
//! /// The standard policy, except while the provider itself is overloaded.
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
//!     .retry_on_status(http::StatusCode::BAD_GATEWAY);
//! # let memory = MemoryTransport::new();
//! # let transport = memory.handle();
//! let client = Client::builder(transport).api_key("my-key").retry(Patient(standard.clone())).build()?;
//!
//! let mut overloaded = http::Response::new(Bytes::from(r#"{"error":{"code":"provider_overloaded"}}"#));
//! *overloaded.status_mut() = http::StatusCode::SERVICE_UNAVAILABLE;
//! let decision = Patient(standard).decide(&Error::from_response(overloaded), &[]);
//! assert_eq!(decision, RetryDecision::stop("the provider is overloaded"));
//! # Ok::<(), orq_core::Error>(())
//! ```

mod backoff;
mod budget;
mod policy;
mod standard;

pub use crate::error::{BudgetLevel, FailedAttempt, RetryDecision};
pub use backoff::Backoff;
pub use budget::RetryBudget;
pub use policy::{NoRetry, RetryPolicy};
pub use standard::StandardRetry;
