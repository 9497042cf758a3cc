//! The kinds of failure, and the timeouts.

use std::{fmt, time::Duration};

use crate::transport::TransportErrorKind;

/// The kind of failure of an [`Error`](crate::Error).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client can't be built or used as configured. Nothing was sent.
    Config,
    /// An argument of the call was refused before anything was sent;
    /// [`Error::field`](crate::Error::field) names it.
    Argument,
    /// No connection: the host is unknown, refuses it or can't be reached.
    Connect,
    /// The TLS handshake failed.
    Tls,
    /// A timeout expired; [`Error::timeout`](crate::Error::timeout) says which.
    Timeout,
    /// The connection was closed or reset.
    Closed,
    /// What arrived isn't HTTP or violates its rules.
    Protocol,
    /// The server answered with a status other than 2xx, or with an error instead of an answer.
    Api,
    /// The server answered 204: there is no answer.
    NoContent,
    /// The answer can't be read as what the operation returns.
    Decode,
    /// The stream ended before its end mark; [`Error::partial`](crate::Error::partial) holds what arrived.
    Truncated,
    /// The server reported an error within a stream; [`Error::partial`](crate::Error::partial) holds what
    /// arrived before it.
    StreamError,
    /// The answer is larger than the [`Limits`](crate::Limits) allow.
    TooLarge,
    /// Any other failure.
    #[default]
    Other,
}

impl ErrorKind {
    /// Returns whether the exchange failed, and not what the server answered.
    pub(super) fn is_of_transport(self) -> bool {
        matches!(
            self,
            Self::Connect | Self::Tls | Self::Timeout | Self::Closed | Self::Protocol | Self::Other
        )
    }

    /// Returns the kind in snake case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Argument => "argument",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Closed => "closed",
            Self::Protocol => "protocol",
            Self::Api => "api",
            Self::NoContent => "no_content",
            Self::Decode => "decode",
            Self::Truncated => "truncated",
            Self::StreamError => "stream_error",
            Self::TooLarge => "too_large",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
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

/// The timeouts that can end a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Clock {
    /// For connecting; it is the transport's own.
    Connect,
    /// From the start of an attempt until the response's headers.
    Head,
    /// Between two pieces of the response's body.
    Idle,
    /// Between two events of a stream; comments don't count.
    Event,
    /// From the start of the call until its end.
    Call,
}

impl Clock {
    /// Returns the name as one lower-case word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Head => "head",
            Self::Idle => "idle",
            Self::Event => "event",
            Self::Call => "call",
        }
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
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
