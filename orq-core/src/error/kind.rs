//! The kinds of failure.

use std::fmt;

use crate::transport::TransportErrorKind;

/// What kind of failure an [`Error`](crate::Error) is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client can't be built or used as configured. Nothing was sent.
    Config,
    /// An argument of the call was refused before anything was sent;
    /// [`Error::field`](crate::Error::field) names it.
    Argument,
    /// No connection: the host is unknown, refused it or can't be reached.
    Connect,
    /// The TLS handshake failed.
    Tls,
    /// A clock ran out; [`Error::timeout`](crate::Error::timeout) says which.
    Timeout,
    /// The connection was closed or reset.
    Closed,
    /// What arrived isn't HTTP, isn't an event stream, or breaks their rules.
    Protocol,
    /// The server answered with a status other than 2xx, or with an error instead of an answer.
    Api,
    /// The server answered 204: there is no answer.
    NoContent,
    /// The answer isn't what the operation answers with.
    Decode,
    /// The stream ended before its end mark; [`Error::partial`](crate::Error::partial) holds what arrived.
    Truncated,
    /// The server reported an error in mid-stream; [`Error::partial`](crate::Error::partial) holds what
    /// arrived before it.
    StreamError,
    /// The answer is larger than the [`Limits`](crate::Limits) allow.
    TooLarge,
    /// None of the others.
    Other,
}

impl ErrorKind {
    /// Whether it is the connection that failed.
    pub(super) fn is_of_transport(self) -> bool {
        matches!(
            self,
            Self::Connect | Self::Tls | Self::Timeout | Self::Closed | Self::Protocol | Self::Other
        )
    }

    /// The kind in snake case.
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
