//! How a connection breaks, and how a body ends early.

use std::{error::Error, fmt, task::Poll};

use bytes::Bytes;
use orq_core::transport::{Delivery, Phase, TransportError, TransportErrorKind};

/// How a connection breaks, as a server or the network does it.
///
/// A double makes the same [`TransportError`] of it that a transport makes of the real thing, with this value as its
/// source. On a socket it is the real thing.
///
/// | fault | before the head | in the body |
/// |---|---|---|
/// | `Reset` | `closed`, `headers`, `maybe_sent` | `closed`, `body`, `answered` |
/// | `EarlyClose` | `closed`, `headers`, `maybe_sent` | `closed`, `body`, `answered` |
/// | `Garbage` | `protocol`, `headers`, `maybe_sent` | `protocol`, `body`, `answered` |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// The connection is reset (TCP `RST`).
    Reset,
    /// The connection is closed before the end that HTTP defines: no last chunk, or less than `content-length`.
    EarlyClose,
    /// What comes next isn't HTTP. On a socket it shows as such only in a body without `content-length`: within a
    /// length that is still owed, all bytes are the body's.
    Garbage,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 3] = [Self::Reset, Self::EarlyClose, Self::Garbage];

    /// The fault in snake case: `reset`, `early_close`, `garbage`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::EarlyClose => "early_close",
            Self::Garbage => "garbage",
        }
    }

    /// The error of an exchange whose request was read, and which breaks before a response's head.
    pub fn before_head(self) -> TransportError {
        self.error(Phase::Headers, Delivery::MaybeSent)
    }

    /// The error of a response's body that breaks.
    pub fn in_body(self) -> TransportError {
        self.error(Phase::Body, Delivery::Answered)
    }

    fn error(self, phase: Phase, delivery: Delivery) -> TransportError {
        let kind = match self {
            Self::Reset | Self::EarlyClose => TransportErrorKind::Closed,
            Self::Garbage => TransportErrorKind::Protocol,
        };
        TransportError::new(kind, phase, delivery).with_source(self)
    }

    /// The fault underneath an error that a double made.
    pub(crate) fn of(error: &TransportError) -> Option<Self> {
        error.source()?.downcast_ref().copied()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reset => "the connection was reset",
            Self::EarlyClose => "the connection was closed early",
            Self::Garbage => "what arrived is not HTTP",
        })
    }
}

impl Error for Fault {}

/// How a body ends in place of its own end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyEnd {
    /// The connection breaks.
    Break(Fault),
    /// As HTTP has it.
    Cut,
    /// Neither bytes nor an end come any more.
    Stall,
}

impl BodyEnd {
    /// What a reader gets there.
    pub(crate) fn poll(self) -> Poll<Option<Result<Bytes, TransportError>>> {
        match self {
            Self::Break(fault) => Poll::Ready(Some(Err(fault.in_body()))),
            Self::Cut => Poll::Ready(None),
            // No waker is kept: nothing will ever come.
            Self::Stall => Poll::Pending,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_errors_are_those_of_the_table() {
        for fault in Fault::ALL {
            let kind = match fault {
                Fault::Garbage => TransportErrorKind::Protocol,
                _ => TransportErrorKind::Closed,
            };
            let (head, body) = (fault.before_head(), fault.in_body());
            assert_eq!((head.kind(), body.kind()), (kind, kind));
            assert_eq!(head.phase(), Phase::Headers);
            assert_eq!(head.delivery(), Delivery::MaybeSent);
            assert_eq!(body.phase(), Phase::Body);
            assert_eq!(body.delivery(), Delivery::Answered);
            assert_eq!(body.source().unwrap().downcast_ref(), Some(&fault));
        }
    }
}
