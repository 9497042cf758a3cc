//! Which call a request belongs to.

use std::fmt;

/// What the client is doing. It travels with each request, for layers, recorders and doubles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// `POST /v2/deployments/invoke`, answered at once.
    Invoke,
    /// An answer over server-sent events, whichever endpoint gives it.
    Stream,
    /// `POST /v2/deployments/get_config`.
    GetConfig,
    /// `GET /v2/deployments`.
    List,
    /// A request that the caller made with [`Client::request`](crate::Client::request).
    Other,
}

impl Operation {
    /// The operation's name in orq's API (`invoke`, `stream`, `get_config`, `list`), or `other`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invoke => "invoke",
            Self::Stream => "stream",
            Self::GetConfig => "get_config",
            Self::List => "list",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The call that a request belongs to, found in the request's extensions.
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
    deployment: Option<std::sync::Arc<str>>,
    attempt: u32,
}

impl CallContext {
    /// The context of a call's first attempt.
    pub fn new(operation: Operation, deployment: Option<&str>) -> Self {
        Self {
            operation,
            deployment: deployment.map(Into::into),
            attempt: 1,
        }
    }

    /// The same call's attempt number `attempt`, counted from 1.
    pub fn with_attempt(mut self, attempt: u32) -> Self {
        self.attempt = attempt;
        self
    }

    /// What the client is doing.
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// The key of the deployment, for the operations that name one.
    pub fn deployment(&self) -> Option<&str> {
        self.deployment.as_deref()
    }

    /// Which attempt of the call this is, counted from 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }
}
