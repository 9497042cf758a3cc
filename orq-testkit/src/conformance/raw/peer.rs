//! The server's side of HTTP/2, frame by frame.

use std::io;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::server::TlsStream;

use super::{
    connection::{RawConnection, invalid},
    count::Count,
};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

// RFC 9113, 6: types of frames.
pub(crate) const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
pub(crate) const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
pub(crate) const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;

pub(crate) const END_STREAM: u8 = 1;
const ACK: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;

// RFC 9113, 7: error codes.
pub(crate) const NO_ERROR: u32 = 0;
pub(crate) const INTERNAL_ERROR: u32 = 2;
pub(crate) const REFUSED_STREAM: u32 = 7;
pub(crate) const CANCEL: u32 = 8;

/// `SETTINGS_MAX_CONCURRENT_STREAMS: 100`
const STREAMS: &[u8] = &[0, 3, 0, 0, 0, 100];

/// `:status: 200` in HPACK.
pub(crate) const OK: &[u8] = &[0x88];
/// `:status: 200` and `content-length: 4` in HPACK.
pub(crate) const OK_4: &[u8] = &[0x88, 0x5c, 1, b'4'];
/// `:status: 304` and `content-length: 4` in HPACK.
pub(crate) const NOT_MODIFIED_4: &[u8] = &[0x8b, 0x5c, 1, b'4'];
/// `:status: 204` in HPACK.
pub(crate) const NO_CONTENT: &[u8] = &[0x89];

pub(crate) struct Frame {
    pub(crate) kind: u8,
    pub(crate) flags: u8,
    pub(crate) stream: u32,
    pub(crate) payload: Vec<u8>,
}

impl Frame {
    /// Returns the number that is the payload of a `RST_STREAM` or `WINDOW_UPDATE`, or else 0.
    pub(crate) fn number(&self) -> u32 {
        let number = self.payload.as_slice().try_into().map(u32::from_be_bytes);
        number.unwrap_or_default()
    }

    /// Returns by how many bytes a `WINDOW_UPDATE` widens a window.
    pub(crate) fn more(&self) -> usize {
        self.number() as usize
    }

    /// Returns whether it ends a request.
    pub(crate) fn ends_request(&self) -> bool {
        matches!(self.kind, HEADERS | DATA) && self.flags & END_STREAM != 0
    }
}

/// The server's side of one connection.
pub(crate) struct Peer {
    socket: TlsStream<TcpStream>,
    /// How many bytes the client takes for each stream before it must be asked again.
    pub(crate) window: usize,
    /// The same for the connection as a whole.
    pub(crate) connection_window: usize,
    /// How many requests arrived.
    requests: Count,
}

impl Peer {
    pub(crate) async fn new(connection: RawConnection<TlsStream<TcpStream>>) -> io::Result<Self> {
        let (mut socket, requests) = connection.into_parts();
        if socket.get_ref().1.alpn_protocol() != Some(b"h2") {
            return Err(invalid("the handshake chose no HTTP/2"));
        }
        let mut preface = [0; PREFACE.len()];
        socket.read_exact(&mut preface).await?;
        if preface != PREFACE {
            return Err(invalid("no preface of HTTP/2"));
        }
        let mut peer = Self {
            socket,
            window: 65_535,
            connection_window: 65_535,
            requests,
        };
        peer.send(SETTINGS, 0, 0, STREAMS).await?;
        Ok(peer)
    }

    pub(crate) async fn send(
        &mut self,
        kind: u8,
        flags: u8,
        stream: u32,
        payload: &[u8],
    ) -> io::Result<()> {
        let [_, length @ ..] = u32::try_from(payload.len()).map_err(invalid)?.to_be_bytes();
        let mut frame = length.to_vec();
        frame.extend([kind, flags]);
        frame.extend(stream.to_be_bytes());
        frame.extend(payload);
        self.socket.write_all(&frame).await?;
        self.socket.flush().await
    }

    /// Sends a response without a body. Its head may be of any size.
    pub(crate) async fn answer(&mut self, stream: u32, block: &[u8]) -> io::Result<()> {
        let (mut kind, mut flags) = (HEADERS, END_STREAM);
        let mut pieces = block.chunks(16 * 1024).peekable();
        while let Some(piece) = pieces.next() {
            if pieces.peek().is_none() {
                flags |= END_HEADERS;
            }
            self.send(kind, flags, stream, piece).await?;
            (kind, flags) = (CONTINUATION, 0);
        }
        Ok(())
    }

    /// Reads the next frame. Settings are noted and acknowledged, pings acknowledged, requests counted.
    pub(crate) async fn frame(&mut self) -> io::Result<Frame> {
        let mut head = [0; 9];
        self.socket.read_exact(&mut head).await?;
        let [high, middle, low, kind, flags, stream @ ..] = head;
        let length = u32::from_be_bytes([0, high, middle, low]);
        let mut payload = vec![0; length as usize];
        self.socket.read_exact(&mut payload).await?;
        let frame = Frame {
            kind,
            flags,
            stream: u32::from_be_bytes(stream),
            payload,
        };
        if frame.kind == SETTINGS && frame.flags & ACK == 0 {
            for setting in frame.payload.chunks(6) {
                // SETTINGS_INITIAL_WINDOW_SIZE
                if let [0, 4, value @ ..] = setting
                    && let Ok(value) = value.try_into()
                {
                    self.window = u32::from_be_bytes(value) as usize;
                }
            }
            self.send(SETTINGS, ACK, 0, &[]).await?;
        }
        if frame.kind == PING && frame.flags & ACK == 0 {
            self.send(PING, ACK, 0, &frame.payload).await?;
        }
        if frame.kind == WINDOW_UPDATE && frame.stream == 0 {
            self.connection_window += frame.more();
        }
        if frame.kind == HEADERS {
            self.requests.add();
        }
        Ok(frame)
    }

    pub(crate) async fn next(&mut self, kind: u8) -> io::Result<Frame> {
        loop {
            let frame = self.frame().await?;
            if frame.kind == kind {
                return Ok(frame);
            }
        }
    }

    /// Reads the next request to its end, and gives its stream's number.
    pub(crate) async fn request(&mut self) -> io::Result<u32> {
        loop {
            let frame = self.frame().await?;
            if frame.ends_request() {
                return Ok(frame.stream);
            }
        }
    }

    /// Sends a ping, and returns what the client sends before it acknowledges it.
    pub(crate) async fn ping(&mut self) -> io::Result<Vec<Frame>> {
        self.send(PING, 0, 0, b"any more").await?;
        let mut frames = Vec::new();
        loop {
            let frame = self.frame().await?;
            if frame.kind == PING && frame.flags & ACK != 0 {
                return Ok(frames);
            }
            frames.push(frame);
        }
    }

    pub(crate) async fn reset(&mut self, stream: u32, reason: u32) -> io::Result<()> {
        self.send(RST_STREAM, 0, stream, &reason.to_be_bytes())
            .await
    }

    pub(crate) async fn go_away(&mut self, last: u32, reason: u32) -> io::Result<()> {
        let payload = [last.to_be_bytes(), reason.to_be_bytes()].concat();
        self.send(GOAWAY, 0, 0, &payload).await
    }

    /// Reads on until the client closes the connection.
    pub(crate) async fn closed(&mut self) {
        while self.frame().await.is_ok() {}
    }
}
