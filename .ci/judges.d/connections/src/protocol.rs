//! The protocols of a connection.

use std::fmt;

/// How a server speaks on its connections. HTTP/2 is chosen in the TLS handshake alone, so it isn't spoken without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http1,
    Http1Tls,
    Http2Tls,
}

impl Protocol {
    pub(crate) const ALL: [Self; 3] = [Self::Http1, Self::Http1Tls, Self::Http2Tls];
    pub(crate) const TLS: [Self; 2] = [Self::Http1Tls, Self::Http2Tls];

    /// Returns the scheme of a URL.
    pub(crate) fn scheme(self) -> &'static str {
        match self {
            Self::Http1 => "http",
            Self::Http1Tls | Self::Http2Tls => "https",
        }
    }

    /// Returns the protocol's name in the TLS handshake, or `None` without TLS.
    pub(crate) fn alpn(self) -> Option<&'static [u8]> {
        match self {
            Self::Http1 => None,
            Self::Http1Tls => Some(b"http/1.1"),
            Self::Http2Tls => Some(b"h2"),
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Http1 => "HTTP/1.1 plain",
            Self::Http1Tls => "HTTP/1.1 TLS",
            Self::Http2Tls => "HTTP/2 TLS",
        })
    }
}
