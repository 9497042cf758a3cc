//! Why an exchange failed, how far it had come, and whether the request can have arrived.

use std::{error::Error as StdError, fmt};

use crate::named_enum::named_enum;

type Source = Box<dyn StdError + Send + Sync + 'static>;

named_enum! {
    /// The kind of failure that a transport reports.
    pub enum TransportErrorKind {
        /// No connection: the host is unknown, refused it or can't be reached.
        Connect = "connect",
        /// The TLS handshake failed: an unknown or wrong certificate, no common version.
        Tls = "tls",
        /// A timeout of the transport's own expired, usually the one for connecting.
        Timeout = "timeout",
        /// The peer closed or reset the connection.
        Closed = "closed",
        /// What arrived isn't HTTP, or breaks its rules.
        Protocol = "protocol",
        /// None of the others.
        Other = "other",
    }
}

named_enum! {
    /// How far the exchange had come.
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
    /// Whether the request can have reached the server. It decides whether repeating the request is safe.
    pub enum Delivery {
        /// The server can't have begun to process the request.
        NotSent = "not_sent",
        /// Unknown: some or all of the request was sent and no response arrived.
        MaybeSent = "maybe_sent",
        /// The server answered at least with its status and headers.
        Answered = "answered",
    }
}

/// The failure of one exchange.
///
/// Its constructor requires the [`Delivery`], because only the transport can know it. A transport that isn't sure
/// uses [`Delivery::MaybeSent`].
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

    /// Sets the underlying error. It must show neither header values nor a URL with credentials.
    pub fn with_source(mut self, source: impl Into<Source>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Returns the kind of failure.
    pub fn kind(&self) -> TransportErrorKind {
        self.0.kind
    }

    /// Returns how far the exchange had come.
    pub fn phase(&self) -> Phase {
        self.0.phase
    }

    /// Returns whether the request can have reached the server.
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

/// How far an exchange had come, in words.
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
