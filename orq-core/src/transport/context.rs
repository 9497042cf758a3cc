//! The call that a request belongs to.

use std::sync::Arc;

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
        /// A request created by [`Client::request`](crate::Client::request).
        #[default]
        Other = "other",
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallContext {
    operation: Operation,
    deployment: Option<Arc<str>>,
    attempt: u32,
}

impl CallContext {
    /// Creates the context of a call's first attempt.
    pub fn new(operation: Operation, deployment: Option<&str>) -> Self {
        Self {
            operation,
            deployment: deployment.map(Into::into),
            attempt: 1,
        }
    }

    /// Sets the number of the attempt, counted from 1.
    pub fn with_attempt(mut self, attempt: u32) -> Self {
        self.attempt = attempt;
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
}
