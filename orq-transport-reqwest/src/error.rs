//! What a failure of reqwest means: its kind, its phase, and whether the request can have arrived.
//!
//! reqwest's own flags (`is_connect`, `is_body`, …) name the accessor that failed more than the cause, so the
//! causes themselves are looked at: hyper-util's, hyper's, h2's, rustls' and the operating system's.

use std::{
    error::Error as StdError,
    fmt,
    io::{self, ErrorKind},
    iter,
};

use hyper_util::client::legacy;
use orq_core::transport::{Delivery, Phase, TransportError, TransportErrorKind as Kind};

/// An exchange that failed before its response's head was there.
pub(crate) fn before_head(error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    let causes = Causes::of(&error);
    let (kind, phase, delivery) = if error.is_builder() {
        // reqwest refused the request: a scheme it doesn't speak, an address that is no URL.
        (Kind::Other, Phase::Connect, Delivery::NotSent)
    } else if error.is_redirect() {
        // Only a ready-made client follows redirects, and this one lost its way.
        (Kind::Protocol, Phase::Headers, Delivery::Answered)
    } else {
        causes.before_head(causes.clock(&error))
    };
    TransportError::new(kind, phase, delivery).with_source(error)
}

/// A response's body that broke off.
pub(crate) fn in_body(error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    let causes = Causes::of(&error);
    let kind = causes.in_body(causes.clock(&error));
    TransportError::new(kind, Phase::Body, Delivery::Answered).with_source(error)
}

/// A body that ended, without an error of reqwest's, before its announced length.
pub(crate) fn cut() -> TransportError {
    TransportError::new(Kind::Closed, Phase::Body, Delivery::Answered)
        .with_source(Reason("the body ended before its announced length"))
}

/// A request that this transport refused to send, for the reason given.
pub(crate) fn refused(reason: &'static str) -> TransportError {
    TransportError::new(Kind::Other, Phase::Connect, Delivery::NotSent).with_source(Reason(reason))
}

/// A ready-made client that followed a redirect: what arrived answers another request than ours.
pub(crate) fn redirected() -> TransportError {
    TransportError::new(Kind::Protocol, Phase::Headers, Delivery::Answered).with_source(Reason(
        "the client followed a redirect; build it with `redirect::Policy::none()`",
    ))
}

#[derive(Debug)]
struct Reason(&'static str);

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl StdError for Reason {}

/// What the chain of sources says.
#[derive(Debug, Default)]
struct Causes {
    /// The connection was never made.
    connecting: bool,
    /// The connection gave the request back untouched, or the server said that it won't process it.
    unsent: bool,
    /// hyper saw the failure, not a decoder above it.
    http: bool,
    tls: bool,
    malformed: bool,
    closed: bool,
    /// The operating system refused a write, so the request was still going out.
    writing: bool,
    /// A clock of the client's own ran out.
    timeout: bool,
    /// The operating system found no way to the peer, or gave up on its silence. That is no clock of ours.
    unreachable: bool,
}

impl Causes {
    fn of(error: &(dyn StdError + 'static)) -> Self {
        let mut causes = Self::default();
        for cause in chain(error) {
            causes.note(cause);
        }
        causes
    }

    fn note(&mut self, cause: &(dyn StdError + 'static)) {
        if let Some(error) = cause.downcast_ref::<legacy::Error>() {
            self.connecting |= error.is_connect();
        } else if let Some(error) = cause.downcast_ref::<hyper::Error>() {
            self.http = true;
            // Canceled: taken back from the queue; closed: never queued. Neither was begun.
            self.unsent |= error.is_canceled() || error.is_closed();
            self.closed |= error.is_canceled() || error.is_closed();
            self.closed |= error.is_incomplete_message();
            self.malformed |= error.is_parse();
        } else if let Some(error) = cause.downcast_ref::<io::Error>() {
            self.note_io(error);
        } else {
            self.note_tls(cause);
            self.note_h2(cause);
        }
    }

    fn note_io(&mut self, error: &io::Error) {
        let by_system = error.raw_os_error().is_some();
        match error.kind() {
            ErrorKind::TimedOut if by_system => self.unreachable = true,
            ErrorKind::TimedOut => self.timeout = true,
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => {
                self.unreachable = true
            }
            ErrorKind::BrokenPipe => {
                self.closed = true;
                self.writing |= by_system;
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

    #[cfg(feature = "rustls")]
    fn note_tls(&mut self, cause: &(dyn StdError + 'static)) {
        self.tls |= cause.is::<rustls::Error>();
    }

    #[cfg(not(feature = "rustls"))]
    fn note_tls(&mut self, _: &(dyn StdError + 'static)) {}

    #[cfg(feature = "http2")]
    fn note_h2(&mut self, cause: &(dyn StdError + 'static)) {
        let Some(error) = cause.downcast_ref::<h2::Error>() else {
            return;
        };
        if let Some(error) = error.get_io() {
            self.note_io(error);
        } else if error.is_remote() {
            self.closed = true;
            // RFC 9113, 8.7: a refused stream was not processed, nor was one above the last that a GOAWAY
            // names. h2 gives the GOAWAY to those above only; the others go on or end with the connection.
            self.unsent |= error.is_go_away() || error.reason() == Some(h2::Reason::REFUSED_STREAM);
        } else if error.is_library() {
            self.malformed = true;
        }
    }

    #[cfg(not(feature = "http2"))]
    fn note_h2(&mut self, _: &(dyn StdError + 'static)) {}

    /// Whether a clock of the client's own ran out. reqwest's error for that is private, and its predicate
    /// says the same of the system's clocks.
    fn clock(&self, error: &reqwest::Error) -> bool {
        self.timeout || (error.is_timeout() && !self.unreachable)
    }

    fn before_head(&self, timeout: bool) -> (Kind, Phase, Delivery) {
        if self.connecting {
            let kind = self.kind(timeout, Kind::Connect);
            (kind, Phase::Connect, Delivery::NotSent)
        } else if self.unsent {
            let kind = self.kind(timeout, Kind::Closed);
            (kind, Phase::Send, Delivery::NotSent)
        } else {
            let phase = if self.writing {
                Phase::Send
            } else {
                Phase::Headers
            };
            (self.broken(timeout), phase, Delivery::MaybeSent)
        }
    }

    fn in_body(&self, timeout: bool) -> Kind {
        if !self.http && !timeout {
            // The bytes arrived, and a decoder could make nothing of them.
            return Kind::Protocol;
        }
        self.broken(timeout)
    }

    /// The kind for a connection that was made and then failed.
    fn broken(&self, timeout: bool) -> Kind {
        let otherwise = if self.unreachable {
            Kind::Closed
        } else {
            Kind::Other
        };
        self.kind(timeout, otherwise)
    }

    fn kind(&self, timeout: bool, otherwise: Kind) -> Kind {
        match self {
            _ if timeout => Kind::Timeout,
            Self { tls: true, .. } => Kind::Tls,
            Self { closed: true, .. } => Kind::Closed,
            Self {
                malformed: true, ..
            } => Kind::Protocol,
            _ => otherwise,
        }
    }
}

/// The error and all that lies under it. `io::Error::source` steps over the error that it wraps, so that one is
/// asked for by name.
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
    fn our_clocks_are_told_from_those_of_the_system() {
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
        let verdict = refused.before_head(false);
        assert_eq!(verdict, (Kind::Closed, Phase::Send, Delivery::MaybeSent));
        // What h2 says of a stream whose connection is gone.
        let gone = causes(io::Error::from(ErrorKind::BrokenPipe));
        let verdict = gone.before_head(false);
        assert_eq!(verdict, (Kind::Closed, Phase::Headers, Delivery::MaybeSent));
    }

    #[test]
    fn what_nobody_knows_is_other_and_may_have_been_sent() {
        let unknown = causes(io::Error::other("?"));
        let verdict = unknown.before_head(false);
        assert_eq!(verdict, (Kind::Other, Phase::Headers, Delivery::MaybeSent));
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
        assert!(given_back.closed && given_back.unsent);
        let verdict = given_back.before_head(false);
        assert_eq!(verdict, (Kind::Closed, Phase::Send, Delivery::NotSent));
    }
}
