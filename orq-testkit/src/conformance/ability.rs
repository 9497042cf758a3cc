//! What a transport may be unable to do.

use std::fmt;

/// What a transport may do without, and says so with [`Suite::without`](super::Suite::without).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ability {
    /// It speaks `https`, and trusts the authorities in [`Settings::roots`](super::Settings::roots).
    Tls,
    /// It offers HTTP/2 in the TLS handshake. Whoever has no TLS has no HTTP/2 either.
    Http2,
    /// It asks for gzip by itself, and decodes it.
    Gzip,
    /// It keeps connections and uses them again.
    Pool,
    /// It limits the time to connect as [`Settings::connect_timeout`](super::Settings::connect_timeout) says, the TLS
    /// handshake included.
    ConnectTimeout,
    /// It has a timer.
    Timer,
}

impl Ability {
    /// The ability in snake case: `tls`, `http2`, `gzip`, `pool`, `connect_timeout`, `timer`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::Http2 => "http2",
            Self::Gzip => "gzip",
            Self::Pool => "pool",
            Self::ConnectTimeout => "connect_timeout",
            Self::Timer => "timer",
        }
    }
}

impl fmt::Display for Ability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
