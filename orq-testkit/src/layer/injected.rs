//! What was injected.

use std::{fmt, time::Duration};

use http::StatusCode;
use orq_core::transport::{CallContext, Operation};

use crate::reply::{Ending, Fault};

/// What was injected into an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InjectedKind {
    /// The connection was refused.
    Refused,
    /// The connection broke after the request had arrived and before the head.
    BreakBeforeHead(Fault),
    /// This status was answered instead of the server's.
    Status(StatusCode),
    /// The body ended in this way.
    Ending(Ending),
    /// The head came later by this time.
    HeadAfter(Duration),
    /// Each chunk but the first came later by this time.
    Paced(Duration),
}

impl fmt::Display for InjectedKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused => f.write_str("refused"),
            Self::BreakBeforeHead(fault) => write!(f, "{} before the head", fault.as_str()),
            Self::Status(status) => write!(f, "status {}", status.as_u16()),
            Self::Ending(ending) => f.write_str(ending.as_str()),
            Self::HeadAfter(delay) => write!(f, "head {delay:?} late"),
            Self::Paced(pause) => write!(f, "chunks {pause:?} late"),
        }
    }
}

/// One fault that was injected: into which exchange, what, and where.
///
/// Its `Display` is one line: `#3 stream "chat", attempt 1: reset at byte 120`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InjectedFault {
    /// The number of the request, counted from 1 in the order in which requests came to the injector.
    pub request: u64,
    /// The call that the request belongs to; `None` for a request without a context.
    pub context: Option<CallContext>,
    /// What was injected.
    pub kind: InjectedKind,
    /// The requested offset in the body, if it was an ending. A shorter body ended at its own end.
    pub byte: Option<usize>,
}

impl InjectedFault {
    /// Returns the operation of the call.
    pub fn operation(&self) -> Option<Operation> {
        self.context.as_ref().map(CallContext::operation)
    }

    /// Returns the key of the deployment, for the operations that name one.
    pub fn deployment(&self) -> Option<&str> {
        self.context.as_ref()?.deployment()
    }

    /// Returns the number of the attempt within the call, counted from 1.
    pub fn attempt(&self) -> Option<u32> {
        self.context.as_ref().map(CallContext::attempt)
    }
}

impl fmt::Display for InjectedFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.request)?;
        if let Some(context) = &self.context {
            write!(f, " {}", context.operation())?;
            if let Some(deployment) = context.deployment() {
                write!(f, " {deployment:?}")?;
            }
            write!(f, ", attempt {}", context.attempt())?;
        }
        write!(f, ": {}", self.kind)?;
        match self.byte {
            Some(byte) => write!(f, " at byte {byte}"),
            None => Ok(()),
        }
    }
}
