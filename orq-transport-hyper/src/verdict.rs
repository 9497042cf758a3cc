//! From an error of hyper to its kind, its phase, and whether the request may have been sent.
//!
//! hyper's errors say little about their cause, so each error in the chain of sources is looked at: those of
//! hyper-util, hyper, h2, rustls, native-tls (with the feature of its name) and the operating system.
//!
//! ```
//! use std::io;
//! use orq_core::transport::{Delivery, TransportErrorKind};
//! use orq_transport_hyper::verdict;
//!
//! let reset = io::Error::from(io::ErrorKind::ConnectionReset);
//! let error = verdict::before_head(reset, true);
//! assert_eq!(error.kind(), TransportErrorKind::Closed);
//! assert_eq!(error.delivery(), Delivery::MaybeSent);
//! ```
//!
//! # What a failure says
//!
//! The table holds for `orq-transport-reqwest` too. Each row is tested on real sockets.
//!
//! | what happened | kind | phase | delivery |
//! |---|---|---|---|
//! | nobody listens, or the host is unknown or unreachable | `connect` | `connect` | `not_sent` |
//! | the connect timeout expired; it includes the proxy's tunnel and the TLS handshake | `timeout` | `connect` | `not_sent` |
//! | a proxy refused the tunnel (`CONNECT`), or requires authentication (407) | `proxy` | `connect` | `not_sent` |
//! | the certificate is expired, for another host or of an unknown authority; the server doesn't speak TLS | `tls` | `connect` | `not_sent` |
//! | closed or reset in the TLS handshake or by the proxy | `closed` | `connect` | `not_sent` |
//! | closed or reset as soon as it was accepted | `closed` | `send` or `headers` | `not_sent` or `maybe_sent` |
//! | reset while a long request is still being sent | `closed` | `send` or `headers` | `maybe_sent` |
//! | closed or reset after the request was read, on a new connection or a pooled one | `closed` | `headers` | `maybe_sent` |
//! | closed within the response's head | `closed` | `headers` | `maybe_sent` |
//! | no answer to an HTTP/2 ping, or to data that was sent (Linux: for 30 seconds), before the head | `closed` | `headers` | `maybe_sent` |
//! | the same in the body | `closed` | `body` | `answered` |
//! | not HTTP, a malformed head, more than 256 header lines (HTTP/1.1), a head of more than about 400 KiB | `protocol` | `headers` | `maybe_sent` |
//! | closed before `content-length` or the last chunk; reset in the body; TLS closed without `close_notify` | `closed` | `body` | `answered` |
//! | a malformed chunk; gzip that is invalid or ends within a member | `protocol` | `body` | `answered` |
//! | HTTP/2: `REFUSED_STREAM`, or a `GOAWAY` that excludes a request with a body | `closed` | `send` | `not_sent` |
//! | HTTP/2: stream reset otherwise, a `GOAWAY` that includes the request and then the end, or any `GOAWAY` if the request has no body | `closed` | `headers` | `maybe_sent` |
//! | HTTP/2: stream reset in the body | `closed` | `body` | `answered` |
//! | there is no tokio runtime | `runtime` | `connect` | `not_sent` |
//! | the runtime in which the connection was made has ended | `runtime` | `headers` | `maybe_sent` |
//! | the request can't be an exchange: `CONNECT`, or a URI that isn't absolute or is neither `http` nor `https` | `other` | `connect` | `not_sent` |
//!
//! A request on a pooled connection that the server has closed is `not_sent` if hyper hadn't begun to write it, and
//! `maybe_sent` if it had.

use std::{
    error::Error as StdError,
    io::{self, ErrorKind},
    iter,
};

use hyper_util::client::legacy::{
    self,
    connect::{HttpConnector, proxy::Tunnel},
};
use orq_core::transport::{Delivery, Phase, TransportError, TransportErrorKind as Kind};
use tower_service::Service;

use crate::build_error::Source;

/// The error of hyper-util's tunnels, whose type has no public name.
type TunnelError = <Tunnel<HttpConnector> as Service<http::Uri>>::Error;

/// Classifies the error of an exchange that failed before the response's headers arrived. `has_body` says whether the
/// request has a body.
pub fn before_head(error: impl StdError + Send + Sync + 'static, has_body: bool) -> TransportError {
    let (kind, phase, delivery) = Causes::of(&error).before_head(has_body);
    TransportError::new(kind, phase, delivery).with_source(error)
}

/// Classifies the error of a response's body.
pub fn in_body(error: Source) -> TransportError {
    let kind = Causes::of(error.as_ref()).in_body();
    TransportError::new(kind, Phase::Body, Delivery::Answered).with_source(error)
}

/// Returns the error of a request that wasn't sent, for this reason.
pub(crate) fn refused(kind: Kind, reason: impl Into<Source>) -> TransportError {
    TransportError::new(kind, Phase::Connect, Delivery::NotSent).with_source(reason)
}

/// What an error and its sources say about a failed exchange.
#[derive(Clone, Debug, Default)]
pub struct Causes {
    /// No connection was made.
    connecting: bool,
    /// The connection returned the request untouched, or the server said that it won't process it.
    unsent: bool,
    /// The server's GOAWAY may exclude the request.
    going_away: bool,
    tls: bool,
    malformed: bool,
    closed: bool,
    /// The proxy refused the tunnel.
    refused_by_proxy: bool,
    /// The runtime of the connection has ended.
    runtime: bool,
    /// The operating system refused a write, so the request was still being sent.
    writing: bool,
    /// A timeout of the client expired.
    timeout: bool,
    /// The operating system found no route to the peer, or gave up waiting for it. That isn't a timeout of the client.
    unreachable: bool,
}

impl Causes {
    /// Reads the error and its sources.
    pub fn of(error: &(dyn StdError + 'static)) -> Self {
        let mut causes = Self::default();
        for cause in chain(error) {
            causes.note(cause);
        }
        causes
    }

    /// Adds that a timeout of the client may have expired. It counts unless the sources name another cause.
    pub fn or_timeout(mut self, is_timeout: bool) -> Self {
        self.timeout |= is_timeout && !self.unreachable && !self.closed;
        self
    }

    /// Returns the kind, the phase and the delivery of an exchange that failed before the response's headers arrived.
    pub fn before_head(&self, has_body: bool) -> (Kind, Phase, Delivery) {
        if self.connecting {
            (self.connect_kind(), Phase::Connect, Delivery::NotSent)
        } else if self.unsent || self.going_away && has_body {
            (Kind::Closed, Phase::Send, Delivery::NotSent)
        } else if self.writing {
            (self.in_body(), Phase::Send, Delivery::MaybeSent)
        } else {
            (self.in_body(), Phase::Headers, Delivery::MaybeSent)
        }
    }

    /// Returns the kind of a connection that was made and then failed.
    pub fn in_body(&self) -> Kind {
        match self {
            _ if self.runtime => Kind::Runtime,
            _ if self.timeout => Kind::Timeout,
            _ if self.tls => Kind::Tls,
            _ if self.closed || self.unreachable => Kind::Closed,
            _ if self.malformed => Kind::Protocol,
            _ => Kind::Other,
        }
    }

    fn connect_kind(&self) -> Kind {
        match self.in_body() {
            _ if self.refused_by_proxy => Kind::Proxy,
            _ if self.unreachable => Kind::Connect,
            Kind::Other => Kind::Connect,
            kind => kind,
        }
    }

    fn note(&mut self, cause: &(dyn StdError + 'static)) {
        if let Some(error) = cause.downcast_ref::<legacy::Error>() {
            self.connecting |= error.is_connect();
        } else if let Some(error) = cause.downcast_ref::<hyper::Error>() {
            // Canceled: taken back from the queue; closed: never queued. Neither had begun.
            self.unsent |= error.is_canceled() || error.is_closed();
            self.closed |= error.is_incomplete_message();
            // A ping that wasn't answered.
            self.closed |= error.is_timeout();
            self.malformed |= error.is_parse();
            // The user's mistakes are a runtime that dropped the connection, and a body of another length than announced.
            self.runtime |= error.is_user() && !error.is_body_write_aborted();
        } else if let Some(error) = cause.downcast_ref::<io::Error>() {
            self.note_io(error, error.raw_os_error().is_some());
        } else if let Some(error) = cause.downcast_ref::<TunnelError>() {
            match error {
                TunnelError::ProxyAuthRequired | TunnelError::TunnelUnsuccessful => {
                    self.refused_by_proxy = true;
                }
                TunnelError::TunnelUnexpectedEof => self.closed = true,
                TunnelError::ProxyHeadersTooLong => self.malformed = true,
                _ => {}
            }
        } else {
            #[cfg(feature = "rustls-no-provider")]
            {
                self.tls |= cause.is::<rustls::Error>();
            }
            #[cfg(feature = "native-tls")]
            {
                self.tls |= cause.is::<native_tls::Error>();
            }
            #[cfg(feature = "http2")]
            self.note_h2(cause);
        }
    }

    fn note_io(&mut self, error: &io::Error, by_system: bool) {
        match error.kind() {
            ErrorKind::TimedOut if by_system => self.unreachable = true,
            ErrorKind::TimedOut => self.timeout = true,
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => {
                self.unreachable = true;
            }
            ErrorKind::BrokenPipe => {
                self.closed = true;
                self.writing |= error.raw_os_error().is_some();
            }
            ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::NotConnected
            | ErrorKind::UnexpectedEof
            | ErrorKind::WriteZero => self.closed = true,
            ErrorKind::InvalidData | ErrorKind::InvalidInput => self.malformed = true,
            _ => {}
        }
    }

    #[cfg(feature = "http2")]
    fn note_h2(&mut self, cause: &(dyn StdError + 'static)) {
        let Some(error) = cause.downcast_ref::<h2::Error>() else {
            return;
        };
        if let Some(error) = error.get_io() {
            // h2 keeps the kind of an I/O error and loses its code. Whatever it is, the connection has ended.
            self.note_io(error, true);
            self.closed = true;
        } else if error.is_remote() {
            self.closed = true;
            // RFC 9113, 8.7: a refused stream was not processed, nor was one above the last that a GOAWAY names. hyper
            // may report the GOAWAY of the connection to a request whose headers were queued just before it, and then
            // sends no body: without one the request was complete.
            self.unsent |= error.reason() == Some(h2::Reason::REFUSED_STREAM);
            self.going_away |= error.is_go_away();
        } else if error.is_library() {
            self.malformed = true;
        }
    }
}

/// Returns the error and all its sources. `io::Error::source` skips the error that it wraps, so that one is asked for
/// by `get_ref`.
fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    iter::successors(Some(error), |&error| {
        match error.downcast_ref::<io::Error>().map(io::Error::get_ref) {
            Some(Some(inner)) => Some(inner as _),
            _ => error.source(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn causes(error: impl StdError + 'static) -> Causes {
        Causes::of(&error)
    }

    #[test]
    fn an_error_is_found_under_any_number_of_wrappers() {
        let eof = io::Error::from(ErrorKind::UnexpectedEof);
        let wrapped = io::Error::other(io::Error::other(eof));
        assert!(causes(wrapped).closed);
    }

    #[test]
    fn timeouts_of_the_client_differ_from_those_of_the_system() {
        let ours = causes(io::Error::from(ErrorKind::TimedOut));
        assert!(ours.timeout && !ours.unreachable);
        // ETIMEDOUT and EHOSTUNREACH.
        for code in if cfg!(target_os = "linux") {
            &[110, 113][..]
        } else {
            &[]
        } {
            let theirs = causes(io::Error::from_raw_os_error(*code));
            assert!(theirs.unreachable && !theirs.timeout, "{code}");
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_write_that_the_system_refuses_is_still_sending() {
        // EPIPE
        let refused = causes(io::Error::from_raw_os_error(32));
        let verdict = refused.before_head(true);
        assert_eq!(verdict, (Kind::Closed, Phase::Send, Delivery::MaybeSent));
        // The error of h2 for a stream whose connection is gone.
        let gone = causes(io::Error::from(ErrorKind::BrokenPipe));
        let verdict = gone.before_head(true);
        assert_eq!(verdict, (Kind::Closed, Phase::Headers, Delivery::MaybeSent));
    }

    #[test]
    fn an_unknown_error_is_other_and_may_have_been_sent() {
        let unknown = causes(io::Error::other("?"));
        let verdict = unknown.before_head(true);
        assert_eq!(verdict, (Kind::Other, Phase::Headers, Delivery::MaybeSent));
    }

    #[test]
    fn a_goaway_excludes_only_what_needs_a_body() {
        let going_away = Causes {
            going_away: true,
            ..Causes::default()
        };
        assert_eq!(going_away.before_head(true).2, Delivery::NotSent);
        assert_eq!(going_away.before_head(false).2, Delivery::MaybeSent);
    }

    #[tokio::test]
    async fn what_hyper_gives_back_was_not_sent() {
        let (client, server) = tokio::io::duplex(64);
        let client = hyper_util::rt::TokioIo::new(client);
        let connected = hyper::client::conn::http1::handshake::<_, String>(client).await;
        let (mut sender, connection) = connected.unwrap();
        drop((connection, server));
        let request = http::Request::new(String::new());
        let given_back = causes(sender.send_request(request).await.unwrap_err());
        assert!(given_back.unsent);
        let verdict = given_back.before_head(true);
        assert_eq!(verdict, (Kind::Closed, Phase::Send, Delivery::NotSent));
    }
}
