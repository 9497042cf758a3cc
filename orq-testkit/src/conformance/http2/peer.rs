//! The server's side of HTTP/2, frame by frame.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::server::TlsStream;

use crate::conformance::connection::invalid;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

// RFC 9113, 6: types of frames.
pub(super) const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
pub(super) const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
pub(super) const PING: u8 = 6;
const GOAWAY: u8 = 7;
pub(super) const WINDOW_UPDATE: u8 = 8;

pub(super) const END_STREAM: u8 = 1;
pub(super) const ACK: u8 = 1;
pub(super) const END_HEADERS: u8 = 4;

// RFC 9113, 7: error codes.
pub(super) const NO_ERROR: u32 = 0;
pub(super) const INTERNAL_ERROR: u32 = 2;
pub(super) const REFUSED_STREAM: u32 = 7;
pub(super) const CANCEL: u32 = 8;

/// `:status: 200` in HPACK.
pub(super) const OK: &[u8] = &[0x88];
/// `:status: 200` and `content-length: 4` in HPACK.
pub(super) const OK_4: &[u8] = &[0x88, 0x5c, 1, b'4'];
/// `:status: 304` and `content-length: 4` in HPACK.
pub(super) const NOT_MODIFIED_4: &[u8] = &[0x8b, 0x5c, 1, b'4'];
/// `:status: 204` in HPACK.
pub(super) const NO_CONTENT: &[u8] = &[0x89];

pub(super) struct Frame {
    pub(super) kind: u8,
    pub(super) flags: u8,
    pub(super) stream: u32,
    pub(super) payload: Vec<u8>,
}

/// The server's side of one connection.
pub(super) struct Peer {
    socket: TlsStream<TcpStream>,
    /// How many bytes the client takes for each stream before it must be asked again.
    pub(super) window: usize,
    /// The same for the connection as a whole.
    pub(super) connection_window: usize,
    /// How many requests arrived.
    requests: Arc<AtomicUsize>,
}

impl Peer {
    pub(super) async fn new(
        mut socket: TlsStream<TcpStream>,
        requests: Arc<AtomicUsize>,
    ) -> io::Result<Self> {
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
        peer.send(SETTINGS, 0, 0, &[]).await?;
        Ok(peer)
    }

    pub(super) async fn send(
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

    /// The next frame; settings are noted and acknowledged, requests counted.
    pub(super) async fn frame(&mut self) -> io::Result<Frame> {
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
        if let (WINDOW_UPDATE, 0, Ok(more)) =
            (frame.kind, frame.stream, frame.payload[..].try_into())
        {
            self.connection_window += u32::from_be_bytes(more) as usize;
        }
        if frame.kind == HEADERS {
            self.requests.fetch_add(1, Ordering::SeqCst);
        }
        Ok(frame)
    }

    pub(super) async fn next(&mut self, kind: u8) -> io::Result<Frame> {
        loop {
            let frame = self.frame().await?;
            if frame.kind == kind {
                return Ok(frame);
            }
        }
    }

    /// Reads the next request to its end, and gives its stream's number.
    pub(super) async fn request(&mut self) -> io::Result<u32> {
        loop {
            let frame = self.frame().await?;
            if matches!(frame.kind, HEADERS | DATA) && frame.flags & END_STREAM != 0 {
                return Ok(frame.stream);
            }
        }
    }

    pub(super) async fn reset(&mut self, stream: u32, reason: u32) -> io::Result<()> {
        self.send(RST_STREAM, 0, stream, &reason.to_be_bytes())
            .await
    }

    pub(super) async fn go_away(&mut self, last: u32, reason: u32) -> io::Result<()> {
        let payload = [last.to_be_bytes(), reason.to_be_bytes()].concat();
        self.send(GOAWAY, 0, 0, &payload).await
    }

    /// Reads on until the client closes the connection.
    pub(super) async fn closed(&mut self) {
        while self.frame().await.is_ok() {}
    }
}
