//! The server's side of HTTP/1.1, by hand.

use std::{fmt, io, time::Duration};

use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};

use super::count::Count;

/// One connection of a [`RawServer`](super::RawServer), with the bytes that were read but not used yet.
pub struct RawConnection<S = TcpStream> {
    socket: S,
    buffer: Vec<u8>,
    requests: Count,
}

/// A request as it was on the wire.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RawRequest {
    /// The first line, such as `GET /v2/deployments HTTP/1.1`.
    pub line: String,
    /// The headers in their order, with names in lower case.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body, as long as `content-length` says.
    pub body: Vec<u8>,
}

impl RawRequest {
    /// Returns all values of a header, in order. The name is in lower case.
    pub fn values(&self, name: &str) -> Vec<&[u8]> {
        self.headers
            .iter()
            .filter(|(own, _)| own == name)
            .map(|(_, value)| value.as_slice())
            .collect()
    }

    fn parse(head: &[u8]) -> io::Result<Self> {
        let mut lines = head
            .split(|byte| *byte == b'\n')
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        let line = String::from_utf8(lines.next().unwrap_or_default().to_vec());
        let headers = lines.map(|line| {
            let colon = line.iter().position(|byte| *byte == b':');
            let (name, value) = line.split_at(colon.ok_or_else(|| invalid("no colon"))?);
            let name = String::from_utf8(name.to_ascii_lowercase()).map_err(invalid)?;
            let value = value.strip_prefix(b":").unwrap_or(value);
            Ok((name, value.trim_ascii().to_vec()))
        });
        Ok(Self {
            line: line.map_err(invalid)?,
            headers: headers.collect::<io::Result<_>>()?,
            body: Vec::new(),
        })
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> RawConnection<S> {
    pub(crate) fn new(socket: S) -> Self {
        Self::counted(socket, Count::default())
    }

    pub(crate) fn counted(socket: S, requests: Count) -> Self {
        Self {
            socket,
            buffer: Vec::new(),
            requests,
        }
    }

    /// Reads the next request, or returns `None` if the client closed the connection instead.
    ///
    /// # Errors
    ///
    /// If the connection breaks, or what arrives is no request of HTTP/1.1.
    pub async fn request(&mut self) -> io::Result<Option<RawRequest>> {
        let Some(mut request) = self.head().await? else {
            return Ok(None);
        };
        request.body = self.body(&request).await?;
        Ok(Some(request))
    }

    /// Reads the next request's head and leaves its body unread.
    ///
    /// # Errors
    ///
    /// As [`request`](Self::request).
    pub async fn head(&mut self) -> io::Result<Option<RawRequest>> {
        let end = loop {
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break end;
            }
            if self.socket.read_buf(&mut self.buffer).await? == 0 {
                return Ok(None);
            }
        };
        self.requests.add();
        let rest = self.buffer.split_off(end + 4);
        let mut head = std::mem::replace(&mut self.buffer, rest);
        head.truncate(end);
        RawRequest::parse(&head).map(Some)
    }

    /// Reads the body of a request whose [`head`](Self::head) was read.
    ///
    /// # Errors
    ///
    /// As [`request`](Self::request).
    pub async fn body(&mut self, head: &RawRequest) -> io::Result<Vec<u8>> {
        let length = match head.values("content-length").first() {
            Some(value) => {
                let digits = std::str::from_utf8(value).map_err(invalid)?;
                digits.parse().map_err(invalid)?
            }
            None => 0,
        };
        while self.buffer.len() < length {
            if self.socket.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let rest = self.buffer.split_off(length);
        Ok(std::mem::replace(&mut self.buffer, rest))
    }

    /// Writes the bytes and flushes them.
    ///
    /// # Errors
    ///
    /// If the connection breaks.
    pub async fn write(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.socket.write_all(bytes.as_ref()).await?;
        self.socket.flush().await
    }

    /// Waits until the client has closed or reset the connection.
    pub async fn closed(&mut self) {
        let mut sink = [0; 4096];
        while matches!(self.socket.read(&mut sink).await, Ok(count) if count > 0) {}
    }

    /// Returns the socket. Bytes that were read but not used are lost.
    pub fn into_inner(self) -> S {
        self.socket
    }

    /// Returns the socket and the counter of its requests.
    pub(crate) fn into_parts(self) -> (S, Count) {
        (self.socket, self.requests)
    }
}

impl RawConnection<TcpStream> {
    /// Resets the connection (TCP `RST`) instead of closing it.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn reset(self) -> io::Result<()> {
        self.socket.set_zero_linger()
    }

    /// Closes the connection, and blocks until the client's system has acknowledged that.
    pub(crate) fn close(self) -> io::Result<()> {
        let socket = self.socket.into_std()?;
        socket.set_nonblocking(false)?;
        // Then the end of the socket waits.
        SockRef::from(&socket).set_linger(Some(Duration::from_secs(10)))
    }
}

impl<S> fmt::Debug for RawConnection<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawConnection")
            .field("unread", &self.buffer.len())
            .finish_non_exhaustive()
    }
}

/// An error of the client's, or of the test's own making.
pub(crate) fn invalid(reason: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}
