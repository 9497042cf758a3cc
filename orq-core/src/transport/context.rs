//! The call that a request belongs to.

use std::{fmt, sync::Arc};

use super::tracked::{Progress, Tracked};
use crate::named_enum::named_enum;

named_enum! {
    /// The operation of the client that a request belongs to.
    #[derive(Default)]
    pub enum Operation {
        /// `POST /v2/deployments/invoke`.
        Invoke = "invoke",
        /// `POST /v2/deployments/stream`, or `POST /v2/deployments/invoke` with `"stream": true`.
        Stream = "stream",
        /// `POST /v2/deployments/get_config`.
        GetConfig = "get_config",
        /// `GET /v2/deployments`.
        List = "list",
        /// `GET /v2/deployments/{key}/versions`.
        Versions = "versions",
        /// `POST /v2/traces/{trace_id}/spans/{span_id}/annotation`.
        Annotate = "annotate",
        /// `DELETE /v2/traces/{trace_id}/spans/{span_id}/annotation`.
        DeleteAnnotations = "delete_annotations",
        /// `POST /v2/feedback`.
        Feedback = "feedback",
        /// A request created by [`Client::request`](crate::Client::request).
        #[default]
        Other = "other",
    }
}

impl Operation {
    /// Returns whether a response must have a result, so that one without content is an error.
    pub(crate) fn has_result(self) -> bool {
        let has_none = [Self::Annotate, Self::DeleteAnnotations, Self::Feedback];
        self != Self::Other && !has_none.contains(&self)
    }
}

/// The call that a request belongs to. The client adds it to the request's extensions, for layers and test transports.
///
/// ```
/// use orq_core::transport::{CallContext, Operation};
///
/// let mut request = http::Request::new(());
/// request.extensions_mut().insert(CallContext::new(Operation::Invoke, Some("customer-support")));
///
/// let context = request.extensions().get::<CallContext>().unwrap();
/// assert_eq!(context.operation(), Operation::Invoke);
/// assert_eq!(context.deployment(), Some("customer-support"));
/// assert_eq!(context.attempt(), 1);
/// ```
///
/// # Progress
///
/// The client and its transport tell each other how far the exchange has come. Clones of a context share its progress.
///
/// - A transport that [tracks the sending](Self::track_sending) of the request lets the client say of a call that timed
///   out before it began that nothing was sent. A layer that sends a request to several transports at once removes the
///   context from all of them but one that tracks it.
/// - The client calls [`complete`](Self::complete) when it has read all that it needs of the response. A transport
///   whose body is dropped after that may read on for a bounded time, in order to keep the connection.
#[derive(Clone)]
pub struct CallContext {
    operation: Operation,
    deployment: Option<Arc<str>>,
    attempt: u32,
    progress: Arc<Progress>,
}

impl CallContext {
    /// Creates the context of a call's first attempt.
    pub fn new(operation: Operation, deployment: Option<&str>) -> Self {
        Self {
            operation,
            deployment: deployment.map(Into::into),
            attempt: 1,
            progress: Arc::default(),
        }
    }

    /// Sets the number of the attempt, counted from 1. The attempt has its own progress.
    pub fn with_attempt(mut self, attempt: u32) -> Self {
        self.attempt = attempt;
        self.progress = Arc::default();
        self
    }

    /// Returns the operation.
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// Returns the key of the deployment; `None` for operations that aren't on one deployment.
    pub fn deployment(&self) -> Option<&str> {
        self.deployment.as_deref()
    }

    /// Returns the number of the attempt, counted from 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Tracks when the request is sent. The transport keeps the result while it waits for the response, and asks
    /// [`Sending::begin`](super::Sending::begin) before it writes the request's first byte.
    pub fn track_sending(&self) -> Tracked {
        Tracked::new(self.progress.clone())
    }

    /// Returns whether it is certain that nothing of the request was sent, and that nothing will be: its exchange was
    /// tracked, and dropped before it began to send.
    pub fn is_unsent(&self) -> bool {
        self.progress.is_unsent()
    }

    /// Marks that the response was read as far as it is needed, for example up to the end mark of a stream.
    pub fn complete(&self) {
        self.progress.complete();
    }

    /// Returns whether the response was read as far as it is needed.
    pub fn is_complete(&self) -> bool {
        self.progress.is_complete()
    }
}

/// Compares the operation, the deployment and the attempt, not the progress.
impl PartialEq for CallContext {
    fn eq(&self, other: &Self) -> bool {
        let parts = |context: &Self| (context.operation, context.attempt);
        parts(self) == parts(other) && self.deployment == other.deployment
    }
}

impl Eq for CallContext {}

impl fmt::Debug for CallContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallContext")
            .field("operation", &self.operation)
            .field("deployment", &self.deployment)
            .field("attempt", &self.attempt)
            .finish()
    }
}
