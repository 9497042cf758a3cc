//! Transport-agnostic client for orq.ai Deployments.
#![forbid(unsafe_code)]

mod auth;
mod call;
mod check;
mod client;
mod deployments;
mod error;
mod limits;
mod list;
pub mod model;
mod request;
mod response;
pub mod sse;
mod stream;
mod time;
pub mod transport;

pub use auth::ApiKey;
pub use call::{Call, CallFuture};
pub use client::{Client, ClientBuilder};
pub use deployments::Deployments;
pub use error::{Clock, Error, ErrorKind, RetryAdvice, Timeout};
pub use limits::Limits;
pub use list::{Items, ListDeployments, Pages};
pub use model::{DeploymentRequest, Message};
pub use request::Request;
pub use response::{RateLimit, Response};
pub use stream::{CompletionStream, Delta, Deltas, TextStream};
pub use time::{Sleep, Timer};
pub use transport::HttpTransport;
