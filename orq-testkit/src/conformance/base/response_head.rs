//! The head of a response.

use std::fmt;

use http::{
    HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
    header::{CONTENT_LENGTH, TRANSFER_ENCODING},
};
use orq_core::transport::{Delivery, Phase, TransportError, TransportErrorKind as Kind};

use super::incoming::{Incoming, broken_head};

/// The longest head that is read, in bytes.
const LONGEST: usize = 256 * 1024;
/// The most header lines.
const MOST_LINES: usize = 256;

/// What isn't HTTP.
#[derive(Debug)]
pub(super) struct Malformed(pub(super) &'static str);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Malformed {}

pub(super) struct ResponseHead {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
}

/// How the end of a body is told (RFC 9112, 6.3).
#[derive(Clone, Copy)]
pub(super) enum Length {
    Known(u64),
    Chunked,
    UntilClose,
}

/// Reads a head, and leaves what follows it in the buffer.
pub(super) async fn read(connection: &mut Incoming) -> Result<ResponseHead, TransportError> {
    let closed = || TransportError::new(Kind::Closed, Phase::Headers, Delivery::MaybeSent);
    let mut seen: usize = 0;
    let end = loop {
        let from = seen.saturating_sub(3);
        let new = connection.buffer.get(from..).unwrap_or_default();
        if let Some(end) = new.windows(4).position(|four| four == b"\r\n\r\n") {
            break from + end;
        }
        seen = connection.buffer.len();
        if seen > LONGEST {
            return Err(broken_head(Malformed("the head is too long")));
        }
        match connection.more().await {
            Ok(true) => {}
            Ok(false) => return Err(closed()),
            Err(error) => return Err(closed().with_source(error)),
        }
    };
    let rest = connection.buffer.split_off(end + 4);
    let mut head = std::mem::replace(&mut connection.buffer, rest);
    head.truncate(end);
    parse(&head).map_err(broken_head)
}

fn parse(head: &[u8]) -> Result<ResponseHead, Malformed> {
    let mut lines = head
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let first = lines.next().unwrap_or_default();
    let version = first
        .strip_prefix(b"HTTP/1.1 ")
        .or_else(|| first.strip_prefix(b"HTTP/1.0 "));
    let status = version.ok_or(Malformed("no status line"))?;
    let code = status.get(..3).unwrap_or_default();
    let status = StatusCode::from_bytes(code).map_err(|_| Malformed("no status"))?;
    let mut headers = HeaderMap::new();
    for line in lines {
        if headers.len() == MOST_LINES {
            return Err(Malformed("too many headers"));
        }
        let colon = line.iter().position(|byte| *byte == b':');
        let (name, value) = line.split_at(colon.ok_or(Malformed("no colon in a header"))?);
        let value = value.strip_prefix(b":").unwrap_or(value).trim_ascii();
        let name = HeaderName::from_bytes(name).map_err(|_| Malformed("no header's name"))?;
        let value = HeaderValue::from_bytes(value).map_err(|_| Malformed("no header's value"))?;
        headers.append(name, value);
    }
    Ok(ResponseHead { status, headers })
}

impl ResponseHead {
    /// Whether another head follows. 101 is the last one: nobody asked for another protocol.
    pub(super) fn is_interim(&self) -> bool {
        self.status.is_informational() && self.status != StatusCode::SWITCHING_PROTOCOLS
    }

    pub(super) fn length(&self, method: &Method) -> Result<Length, Malformed> {
        let empty = matches!(
            self.status,
            StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED
        );
        let announced = match self.headers.get(CONTENT_LENGTH) {
            None => None,
            Some(value) => {
                let digits = value.to_str().map_err(|_| Malformed("no content-length"))?;
                Some(digits.parse().map_err(|_| Malformed("no content-length"))?)
            }
        };
        Ok(match (self.headers.get(TRANSFER_ENCODING), announced) {
            _ if empty || *method == Method::HEAD => Length::Known(0),
            (Some(_), _) => Length::Chunked,
            (None, Some(length)) => Length::Known(length),
            (None, None) => Length::UntilClose,
        })
    }
}
