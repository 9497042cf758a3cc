//! Why an exchange failed, how far it had come, and whether the request can have arrived.

use std::{error::Error as StdError, fmt};

type Source = Box<dyn StdError + Send + Sync + 'static>;

/// The kind of failure that a transport reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection: the host is unknown, refused it or can't be reached.
    Connect,
    /// The TLS handshake failed: an unknown or wrong certificate, no common version.
    Tls,
    /// A timeout of the transport's own expired, usually the one for connecting.
    Timeout,
    /// The peer closed or reset the connection.
    Closed,
    /// What arrived isn't HTTP, or breaks its rules.
    Protocol,
    /// None of the others.
    Other,
}

/// How far the exchange had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Phase {
    /// Resolving the host name, connecting, TLS handshake.
    Connect,
    /// Sending the request.
    Send,
    /// Waiting for the response's headers.
    Headers,
    /// Reading the response's body.
    Body,
}

/// Whether the request can have reached the server. It decides whether repeating the request is safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Delivery {
    /// The server can't have begun to process the request.
    NotSent,
    /// Unknown: some or all of the request was sent and no response arrived.
    MaybeSent,
    /// The server answered at least with its status and headers.
    Answered,
}

impl TransportErrorKind {
    /// Returns the kind as one lower-case word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Closed => "closed",
            Self::Protocol => "protocol",
            Self::Other => "other",
        }
    }
}

impl Phase {
    /// Returns the phase as one lower-case word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Send => "send",
            Self::Headers => "headers",
            Self::Body => "body",
        }
    }
}

impl Delivery {
    /// Returns the delivery in snake case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::MaybeSent => "maybe_sent",
            Self::Answered => "answered",
        }
    }
}

macro_rules! display_as_str {
    ($($name:ident)*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )*};
}

display_as_str!(TransportErrorKind Phase Delivery);

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
