//! A report of each call, for logs and metrics.

#[cfg(feature = "tracing")]
mod attempt_span;
mod error_type;
#[cfg(feature = "tracing")]
mod messages;
#[cfg(feature = "tracing")]
pub mod names;
mod recorder;
#[cfg_attr(not(feature = "tracing"), path = "no_span.rs")]
mod span;
#[cfg(feature = "tracing")]
mod spans;

use std::{borrow::Cow, collections::BTreeMap, fmt, time::Duration};

use http::StatusCode;

#[cfg(feature = "tracing")]
pub(crate) use attempt_span::AttemptSpan;
pub(crate) use recorder::Recorder;
pub(crate) use span::CallSpan;
#[cfg(not(feature = "tracing"))]
pub(crate) use span::{AttemptSpan, Spans};
#[cfg(feature = "tracing")]
pub use spans::{Attribute, Spans};

use crate::{
    error::Error,
    maybe_send::{MaybeSend, MaybeSync},
    model::{FinishReason, Usage},
    transport::Operation,
};

/// Receives one [`CallReport`] when a call ends, also when the call or its stream is dropped.
///
/// A call that never starts has no report: one that is never polled, one with an
/// [`Argument`](crate::ErrorKind::Argument) error, and one with a timeout that no timer can measure.
///
/// Set one with [`ClientBuilder::observer`](crate::ClientBuilder::observer).
///
/// ```
/// use orq_core::observe::{CallReport, Observer, Outcome};
/// use orq_core::{Client, DeploymentRequest};
/// use orq_testkit::FakeOrq;
///
/// #[derive(Debug)]
/// struct Log;
///
/// impl Observer for Log {
///     fn call_ended(&self, report: &CallReport, outcome: Outcome<'_>) {
///         let CallReport { operation, deployment, total, .. } = report;
///         println!("{operation} {deployment:?}: {outcome:?} after {total:?}");
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let client = Client::builder(FakeOrq::new()).api_key("sk-orq-test").observer(Log).build()?;
/// client.deployments().invoke(&DeploymentRequest::new("chat").input("firstname", "Jane")).await?;
/// # Ok::<(), orq_core::Error>(())
/// # }).unwrap();
/// ```
pub trait Observer: fmt::Debug + MaybeSend + MaybeSync {
    /// Receives the report of a call that has ended. It is called while the call or its stream is polled or dropped,
    /// and must not block.
    fn call_ended(&self, report: &CallReport, outcome: Outcome<'_>);
}

/// How a call ended.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Outcome<'a> {
    /// The response was complete; a stream was read to its end.
    Complete,
    /// The call or its stream failed with this error. An answer that was cut has failed, too: the kind is
    /// [`Truncated`](crate::ErrorKind::Truncated) if the body ended too early, else that of its cause, such as
    /// [`Closed`](crate::ErrorKind::Closed) or [`Timeout`](crate::ErrorKind::Timeout), and [`Error::partial`] returns
    /// what had arrived.
    Failed(&'a Error),
    /// The call or its stream was dropped before its end.
    Dropped,
}

impl<'a> Outcome<'a> {
    /// Returns a word to count outcomes by: `complete`, `dropped`, or the kind of the error, such as `truncated`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Failed(error) => error.kind().as_str(),
            Self::Dropped => "dropped",
        }
    }

    /// Returns the value of OpenTelemetry's attribute `error.type`, which the call's span has, too: the code of an API's
    /// error, else its status, else the kind of the error; `None` unless the call failed. It never has words of the error.
    pub fn error_type(&self) -> Option<Cow<'a, str>> {
        match *self {
            Self::Failed(error) => Some(error_type::error_type(error)),
            Self::Complete | Self::Dropped => None,
        }
    }
}

/// The report of a call that has ended. All times are `None` if the client has no timer.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct CallReport {
    /// The operation.
    pub operation: Operation,
    /// The key of the deployment, for operations on one.
    pub deployment: Option<String>,
    /// Number of attempts that were started.
    pub attempts: u32,
    /// The status code of the last response.
    pub status: Option<StatusCode>,
    /// orq's trace id.
    pub trace_id: Option<String>,
    /// Time from the start of the call until the headers of the last response arrived.
    pub time_to_head: Option<Duration>,
    /// Time from the start of the call until the first chunk of a stream was returned to the caller, also one without
    /// text.
    pub time_to_first_chunk: Option<Duration>,
    /// Time from the start of the call until the first text of a stream was returned to the caller.
    pub time_to_first_text: Option<Duration>,
    /// The longest time between two chunks of the body of the last response, or between its headers and the first
    /// chunk.
    pub largest_gap: Option<Duration>,
    /// Time from the start of the call to its end.
    pub total: Option<Duration>,
    /// Number of bytes that were read of the bodies of all responses.
    pub bytes: u64,
    /// orq's id of the completion.
    pub response_id: Option<String>,
    /// The model, from the completion.
    pub model: Option<String>,
    /// Token counts, if the completion had them.
    pub usage: Option<Usage>,
    /// The finish reason of each choice, by its index; `None` if it didn't arrive.
    pub finish_reasons: BTreeMap<u64, Option<FinishReason>>,
}
