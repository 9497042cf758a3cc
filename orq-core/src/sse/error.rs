//! What a decoder refuses.

use std::{error::Error as StdError, fmt};

/// Which bound of [`Limits`](crate::Limits) an event stream went over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SseErrorKind {
    /// A line, of whatever field or a comment, is longer than [`Limits::event_line`](crate::Limits::event_line).
    LineTooLong,
    /// The data, type and id of one event together are longer than [`Limits::event`](crate::Limits::event).
    EventTooLong,
}

/// An event that was dropped because it went over a limit.
///
/// Nothing else in an event stream is an error: the standard gives every sequence of bytes a meaning. The
/// decoder that returned it skips what is left of the event and goes on with the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SseError {
    kind: SseErrorKind,
    limit: usize,
}

impl SseError {
    pub(super) fn new(kind: SseErrorKind, limit: usize) -> Self {
        Self { kind, limit }
    }

    /// Which limit it was.
    pub fn kind(&self) -> SseErrorKind {
        self.kind
    }

    /// The limit's value in bytes.
    pub fn limit(&self) -> usize {
        self.limit
    }
}

impl fmt::Display for SseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            SseErrorKind::LineTooLong => "a line of the event stream",
            SseErrorKind::EventTooLong => "an event of the event stream",
        };
        write!(f, "{what} is longer than {} bytes", self.limit)
    }
}

impl StdError for SseError {}
