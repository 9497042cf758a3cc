//! Which clock ran out.

use std::{fmt, time::Duration};

/// The clocks that can end a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Clock {
    /// The time to connect, which is the transport's own.
    Connect,
    /// From the start of an attempt until the response's head.
    Head,
    /// Between two pieces of the response's body.
    Idle,
    /// Between two events of a stream; comments don't count.
    Event,
    /// From the start of the call until its end.
    Call,
}

impl Clock {
    /// The clock's name as one lower-case word.
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

/// A clock that ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeout {
    /// Which clock.
    pub clock: Clock,
    /// How long it ran, where the client knows: a transport's connect clock is not the client's.
    pub waited: Option<Duration>,
}
