//! The kinds of errors, and the timeouts.

use std::time::Duration;

use crate::{named_enum::named_enum, transport::TransportErrorKind};

named_enum! {
    /// The kind of an [`Error`](crate::Error).
    #[derive(Default)]
    pub enum ErrorKind {
        /// The configuration of the client is invalid, or the API key provider failed. Nothing was sent.
        Config = "config",
        /// An argument of the call is invalid; [`Error::field`](crate::Error::field) returns its name. Nothing was
        /// sent.
        Argument = "argument",
        /// No connection could be made: the host is unknown, refused the connection or is unreachable.
        Connect = "connect",
        /// The TLS handshake failed.
        Tls = "tls",
        /// A timeout expired; [`Error::timeout`](crate::Error::timeout) returns it, if it is known.
        Timeout = "timeout",
        /// The connection was closed or reset.
        Closed = "closed",
        /// The peer violated the HTTP protocol.
        Protocol = "protocol",
        /// A proxy refused to connect to the host (`CONNECT`), or requires authentication.
        Proxy = "proxy",
        /// There is no async runtime, or the runtime that ran the connection has ended.
        Runtime = "runtime",
        /// The response has a status other than 2xx, or an error in its body.
        Api = "api",
        /// The response has the status 204 and no body, where a body is required.
        NoContent = "no_content",
        /// The body can't be deserialized to the result of the operation or has nothing of it, or a stream has text
        /// outside of its events.
        Decode = "decode",
        /// The stream ended before its end mark, or the JSON of the body before its end. For a stream,
        /// [`Error::partial`](crate::Error::partial) returns the part that arrived.
        Truncated = "truncated",
        /// The server reported an error in an event of the stream. [`Error::partial`](crate::Error::partial) returns
        /// the part that arrived before it.
        StreamError = "stream_error",
        /// The response exceeds the [`Limits`](crate::Limits), or has too many list elements and object members.
        TooLarge = "too_large",
        /// Any other error.
        #[default]
        Other = "other",
    }
}

impl ErrorKind {
    /// Returns whether the error is one of sending the request or receiving the response.
    pub(super) fn is_of_transport(self) -> bool {
        matches!(
            self,
            Self::Connect
                | Self::Tls
                | Self::Timeout
                | Self::Closed
                | Self::Protocol
                | Self::Proxy
                | Self::Runtime
                | Self::Other
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
            TransportErrorKind::Proxy => Self::Proxy,
            TransportErrorKind::Runtime => Self::Runtime,
            TransportErrorKind::Other => Self::Other,
        }
    }
}

named_enum! {
    /// The timeouts that can end a call.
    pub enum Clock {
        /// Connecting; the transport measures it.
        Connect = "connect",
        /// From sending the request until the response's headers arrive.
        Head = "head",
        /// Between two chunks of the response's body.
        Idle = "idle",
        /// Between two events of a stream; comments don't count.
        Event = "event",
        /// From the start of the call until its end, including all attempts.
        Call = "call",
    }
}

/// A timeout that expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeout {
    /// Which timeout expired.
    pub clock: Clock,
    /// Its duration; `None` for the connect timeout, which the transport measures.
    pub waited: Option<Duration>,
}
