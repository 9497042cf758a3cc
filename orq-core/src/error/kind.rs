//! The kinds of failure, and the timeouts.

use std::time::Duration;

use crate::{named_enum::named_enum, transport::TransportErrorKind};

named_enum! {
    /// The kind of failure of an [`Error`](crate::Error).
    #[derive(Default)]
    pub enum ErrorKind {
        /// The client can't be built or used as configured. Nothing was sent.
        Config = "config",
        /// An argument of the call was refused before anything was sent;
        /// [`Error::field`](crate::Error::field) names it.
        Argument = "argument",
        /// No connection: the host is unknown, refuses it or can't be reached.
        Connect = "connect",
        /// The TLS handshake failed.
        Tls = "tls",
        /// A timeout expired; [`Error::timeout`](crate::Error::timeout) says which.
        Timeout = "timeout",
        /// The connection was closed or reset.
        Closed = "closed",
        /// What arrived isn't HTTP or violates its rules.
        Protocol = "protocol",
        /// The server answered with a status other than 2xx, or with an error instead of an answer.
        Api = "api",
        /// The server answered 204: there is no answer.
        NoContent = "no_content",
        /// The answer can't be read as what the operation returns.
        Decode = "decode",
        /// The stream ended before its end mark; [`Error::partial`](crate::Error::partial) holds what arrived.
        Truncated = "truncated",
        /// The server reported an error within a stream; [`Error::partial`](crate::Error::partial) holds what
        /// arrived before it.
        StreamError = "stream_error",
        /// The answer is larger than the [`Limits`](crate::Limits) allow.
        TooLarge = "too_large",
        /// Any other failure.
        #[default]
        Other = "other",
    }
}

impl ErrorKind {
    /// Returns whether the exchange failed, and not what the server answered.
    pub(super) fn is_of_transport(self) -> bool {
        matches!(
            self,
            Self::Connect | Self::Tls | Self::Timeout | Self::Closed | Self::Protocol | Self::Other
        )
    }
}

impl From<TransportErrorKind> for ErrorKind {
    fn from(kind: TransportErrorKind) -> Self {
        match kind {
            TransportErrorKind::Connect => Self::Connect,
            TransportErrorKind::Tls => Self::Tls,
            TransportErrorKind::Timeout => Self::Timeout,
            TransportErrorKind::Closed => Self::Closed,
            TransportErrorKind::Protocol => Self::Protocol,
            TransportErrorKind::Other => Self::Other,
        }
    }
}

named_enum! {
    /// The timeouts that can end a call.
    pub enum Clock {
        /// For connecting; it is the transport's own.
        Connect = "connect",
        /// From the start of an attempt until the response's headers.
        Head = "head",
        /// Between two pieces of the response's body.
        Idle = "idle",
        /// Between two events of a stream; comments don't count.
        Event = "event",
        /// From the start of the call until its end.
        Call = "call",
    }
}

/// A timeout that expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeout {
    /// Which timeout.
    pub clock: Clock,
    /// Its duration; `None` for a transport's own timeout for connecting.
    pub waited: Option<Duration>,
}
