//! Reading requests off a connection.

use std::io;

use bytes::{Buf, Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, Request, header::CONTENT_LENGTH};
use tokio::{io::AsyncReadExt, net::TcpStream};

/// The header with a call's number.
pub(crate) const CALL: HeaderName = HeaderName::from_static("x-soak-call");
/// The header with the number of a call's request, counted from 0.
pub(crate) const SEND: HeaderName = HeaderName::from_static("x-soak-send");

/// What has arrived on a connection and is not read yet.
pub(crate) struct Arrived {
    buffer: BytesMut,
}

impl Arrived {
    pub(crate) fn new() -> Self {
        Self {
            buffer: BytesMut::with_capacity(4096),
        }
    }

    /// The next request's head; `None` at the connection's end.
    pub(crate) async fn head(&mut self, socket: &mut TcpStream) -> io::Result<Option<Request<()>>> {
        loop {
            let end = self.buffer.windows(4).position(|four| four == b"\r\n\r\n");
            if let Some(end) = end {
                let head = self.buffer.split_to(end);
                self.buffer.advance(4);
                return parse(&head).map(Some).ok_or_else(malformed);
            }
            if socket.read_buf(&mut self.buffer).await? == 0 {
                return Ok(None);
            }
        }
    }

    /// The body that belongs to a head.
    pub(crate) async fn body(
        &mut self,
        socket: &mut TcpStream,
        head: &Request<()>,
    ) -> io::Result<Bytes> {
        let length = match head.headers().get(CONTENT_LENGTH) {
            Some(length) => number(length).ok_or_else(malformed)? as usize,
            None => 0,
        };
        while self.buffer.len() < length {
            if socket.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(self.buffer.split_to(length).freeze())
    }
}

/// The number in the header `name`.
pub(crate) fn numbered(headers: &HeaderMap, name: HeaderName) -> Option<u64> {
    headers.get(name).and_then(number)
}

fn number(value: &HeaderValue) -> Option<u64> {
    value.to_str().ok()?.parse().ok()
}

fn parse(head: &[u8]) -> Option<Request<()>> {
    let mut lines = std::str::from_utf8(head).ok()?.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let mut request = Request::builder().method(first.next()?).uri(first.next()?);
    for line in lines {
        let (name, value) = line.split_once(':')?;
        request = request.header(name, value.trim());
    }
    request.body(()).ok()
}

fn malformed() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read() {
        let head = parse(b"POST /v2/x?a=b HTTP/1.1\r\nhost: a:1\r\nX-Soak-Call: 17").unwrap();
        assert_eq!(head.method(), "POST");
        assert_eq!(head.uri(), "/v2/x?a=b");
        assert_eq!(numbered(head.headers(), CALL), Some(17));
        assert_eq!(numbered(head.headers(), SEND), None);
        assert!(parse(b"POST").is_none());
    }
}
