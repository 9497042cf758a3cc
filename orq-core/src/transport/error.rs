//! The error of a transport: its kind, its phase, and whether the request may have reached the server.

use std::{error::Error as StdError, fmt};

use crate::named_enum::named_enum;

type Source = Box<dyn StdError + Send + Sync + 'static>;

named_enum! {
    /// The kind of a [`TransportError`].
    pub enum TransportErrorKind {
        /// No connection could be made: the host is unknown, refused the connection or is unreachable.
        Connect = "connect",
        /// The TLS handshake failed, for example because of an untrusted certificate or no common version.
        Tls = "tls",
        /// A timeout of the transport expired, usually the connect timeout.
        Timeout = "timeout",
        /// The peer closed or reset the connection.
        Closed = "closed",
        /// The peer violated the HTTP protocol.
        Protocol = "protocol",
        /// A proxy refused to connect to the host (`CONNECT`), or requires authentication.
        Proxy = "proxy",
        /// There is no async runtime, or the runtime that ran the connection has ended.
        Runtime = "runtime",
        /// Any other error.
        Other = "other",
    }
}

named_enum! {
    /// The phase of an exchange, in order of time.
    #[derive(PartialOrd, Ord)]
    pub enum Phase {
        /// Resolving the host name, connecting, TLS handshake.
        Connect = "connect",
        /// Sending the request.
        Send = "send",
        /// Waiting for the response's headers.
        Headers = "headers",
        /// Reading the response's body.
        Body = "body",
    }
}

named_enum! {
    /// Whether the request may have reached the server. If it can't have, a retry is safe.
    pub enum Delivery {
        /// The server can't have started to process the request.
        NotSent = "not_sent",
        /// Unknown: some or all of the request was sent and no response arrived.
        MaybeSent = "maybe_sent",
        /// The status and the headers of the response arrived.
        Answered = "answered",
    }
}

/// The error of one exchange.
///
/// The constructor requires the [`Delivery`], since only the transport can know it. If it is unknown, use
/// [`Delivery::MaybeSent`].
///
/// ```
/// use orq_core::transport::{Delivery, Phase, TransportError, TransportErrorKind};
///
/// let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
/// let error = TransportError::new(TransportErrorKind::Connect, Phase::Connect, Delivery::NotSent)
///     .with_source(refused);
/// assert_eq!(error.to_string(), "connect error while connecting, request not sent");
/// ```
#[derive(Debug)]
pub struct TransportError(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: TransportErrorKind,
    phase: Phase,
    delivery: Delivery,
    source: Option<Source>,
}

impl TransportError {
    /// Creates an error of this kind, in this phase, with this delivery.
    pub fn new(kind: TransportErrorKind, phase: Phase, delivery: Delivery) -> Self {
        Self(Box::new(Inner {
            kind,
            phase,
            delivery,
            source: None,
        }))
    }

    /// Sets the underlying error. Its `Display` and `Debug` must show neither header values nor a URL with credentials.
    pub fn with_source(mut self, source: impl Into<Source>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Returns the kind of failure.
    pub fn kind(&self) -> TransportErrorKind {
        self.0.kind
    }

    /// Returns the phase in which the exchange failed.
    pub fn phase(&self) -> Phase {
        self.0.phase
    }

    /// Returns whether the request may have reached the server.
    pub fn delivery(&self) -> Delivery {
        self.0.delivery
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} error {}",
            self.0.kind,
            Reach(self.0.phase, self.0.delivery)
        )
    }
}

/// Displays a phase and a delivery as text.
pub(crate) struct Reach(pub(crate) Phase, pub(crate) Delivery);

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let phase = match self.0 {
            Phase::Connect => "connecting",
            Phase::Send => "sending the request",
            Phase::Headers => "waiting for the response",
            Phase::Body => "reading the response body",
        };
        let delivery = match self.1 {
            Delivery::NotSent => "request not sent",
            Delivery::MaybeSent => "request may have been sent",
            Delivery::Answered => "request answered",
        };
        write!(f, "while {phase}, {delivery}")
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
