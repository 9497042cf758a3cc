//! What a transport may be unable to do.

use std::fmt;

use crate::listed::listed;

listed! {
    pub(super) ALL,
    /// An ability that a transport may lack, which is declared with [`Suite::without`](super::Suite::without).
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum Ability {
        /// It speaks `https`, and trusts the authorities in [`Settings::roots`](super::Settings::roots).
        Tls = "tls",
        /// It offers HTTP/2 in the TLS handshake. Without TLS there is no HTTP/2 either.
        Http2 = "http2",
        /// It requests gzip by itself, and decodes it.
        Gzip = "gzip",
        /// It keeps connections and reuses them.
        Pool = "pool",
        /// It limits the time to connect, the TLS handshake included, to
        /// [`Settings::connect_timeout`](super::Settings::connect_timeout).
        ConnectTimeout = "connect_timeout",
        /// It has a timer.
        Timer = "timer",
        /// It sends `https` requests through the proxy in [`Settings::proxy`](super::Settings::proxy).
        Proxy = "proxy",
        /// It sends HTTP/2 pings and closes connections that don't acknowledge them within
        /// [`Settings::keep_alive`](super::Settings::keep_alive).
        KeepAlive = "keep_alive",
        /// It opens another HTTP/2 connection when the existing ones carry as many streams as the server allows.
        ManyStreams = "many_streams",
        /// It reads the rest of a dropped body for a bounded time, in order to keep the connection, if the request's
        /// [`CallContext`](orq_core::transport::CallContext) is complete.
        Drain = "drain",
        /// It tracks in the request's [`CallContext`](orq_core::transport::CallContext) when it begins to send.
        Progress = "progress",
    }
}

impl fmt::Display for Ability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
