//! The error of the decoder.

use thiserror::Error;

/// The limit of a [`Decoder`](super::Decoder) that an event stream exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SseErrorKind {
    /// A line is longer than [`max_line`](super::Decoder::max_line).
    LineTooLong,
    /// The data, type and id of one event together are longer than [`max_event`](super::Decoder::max_event).
    EventTooLong,
}

impl SseErrorKind {
    fn subject(self) -> &'static str {
        match self {
            Self::LineTooLong => "a line",
            Self::EventTooLong => "an event",
        }
    }
}

/// The error for an event that exceeds a limit.
///
/// Nothing else is an error, since the standard defines how to parse any sequence of bytes. The decoder skips the rest
/// of the event and continues with the next one.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{} of the event stream is longer than {limit} bytes", .kind.subject())]
pub struct SseError {
    pub(super) kind: SseErrorKind,
    pub(super) limit: usize,
}

impl SseError {
    /// Returns which limit was exceeded.
    pub fn kind(&self) -> SseErrorKind {
        self.kind
    }

    /// Returns the value of the limit that was exceeded, in bytes.
    pub fn limit(&self) -> usize {
        self.limit
    }
}
