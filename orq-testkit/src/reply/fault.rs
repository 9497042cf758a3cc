//! How a connection breaks.

use std::{error::Error, fmt};

use orq_core::transport::{Delivery, Phase, TransportError, TransportErrorKind};

use crate::listed::listed;

listed! {
    pub ALL,
    /// A way in which a server or the network breaks a connection.
    ///
    /// In memory it is the [`TransportError`] that a transport reports for it, with this value as the source. On a
    /// socket it really happens. [`Reply`](crate::Reply), [`Injection`](crate::Injection) and
    /// [`FakeFault`](crate::FakeFault) have the same two functions for it: `break_before_head` and `break_at`.
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
        Reset = "reset",
        /// The connection is closed before the end that HTTP defines: no last chunk, or less than `content-length`.
        EarlyClose = "early_close",
        /// What follows isn't HTTP. On a socket a client can see that only in a body without `content-length`;
        /// otherwise the bytes are taken as the body's.
        Garbage = "garbage",
    }
}

impl Fault {
    /// Returns the error for a break after the request was read and before the head of the response.
    pub fn before_head(self) -> TransportError {
        self.error(Phase::Headers, Delivery::MaybeSent)
    }

    /// Returns the error for a break in a response's body.
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

    /// Returns the fault underneath an error that a double made.
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
