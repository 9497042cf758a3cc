//! A connection whose incoming HTTP/2 frames are counted, and that can be frozen.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The length of what a client sends before its first frame (RFC 9113, 3.4).
const PREFACE: usize = 24;
/// The length of a frame's header (RFC 9113, 4.1).
const HEADER: usize = 9;
const RST_STREAM: u8 = 3;

/// Passes everything on, and counts the `RST_STREAM` frames that the client sends.
///
/// They are counted on the wire, because a server is not told of a reset that meets a stream it has ended.
pub(crate) struct Counted<S> {
    socket: S,
    frames: Frames,
    resets: Arc<AtomicUsize>,
    frozen: Arc<AtomicBool>,
}

impl<S> Counted<S> {
    /// Wraps a connection. Once `frozen` is set, nothing more is read, though the operating system still acknowledges
    /// what arrives.
    pub(crate) fn new(socket: S, resets: Arc<AtomicUsize>, frozen: Arc<AtomicBool>) -> Self {
        Self {
            socket,
            frames: Frames::new(),
            resets,
            frozen,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Counted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.frozen.load(Ordering::Relaxed) {
            return Poll::Pending;
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.socket).poll_read(cx, buffer))?;
        let new = buffer.filled().get(before..).unwrap_or_default();
        let resets = self.frames.resets_in(new);
        self.resets.fetch_add(resets, Ordering::Relaxed);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Counted<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

/// Where in the sequence of frames the bytes so far have ended.
struct Frames {
    /// How many bytes of the preface or of a frame's payload are still to come.
    skip: usize,
    /// The part of a frame's header that has come.
    header: Vec<u8>,
}

impl Frames {
    fn new() -> Self {
        Self {
            skip: PREFACE,
            header: Vec::with_capacity(HEADER),
        }
    }

    /// Reads on, and returns how many `RST_STREAM` headers ended in `bytes`.
    fn resets_in(&mut self, mut bytes: &[u8]) -> usize {
        let mut resets = 0;
        while !bytes.is_empty() {
            let (skipped, rest) = bytes.split_at(self.skip.min(bytes.len()));
            self.skip -= skipped.len();
            let (header, rest) = rest.split_at((HEADER - self.header.len()).min(rest.len()));
            self.header.extend_from_slice(header);
            if let &[high, middle, low, kind, _, _, _, _, _] = self.header.as_slice() {
                let length = [0, high, middle, low];
                self.skip = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
                self.header.clear();
                resets += usize::from(kind == RST_STREAM);
            }
            bytes = rest;
        }
        resets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The preface, two resets, and between them frames without and with a payload.
    fn sent() -> Vec<u8> {
        let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
        bytes.extend([0, 0, 0, 4, 0, 0, 0, 0, 0]);
        bytes.extend([0, 0, 4, RST_STREAM, 0, 0, 0, 0, 1, 0, 0, 0, 8]);
        bytes.extend([0, 0, 5, 0, 0, 0, 0, 0, 3, 3, 3, 3, 3, 3]);
        bytes.extend([0, 0, 4, RST_STREAM, 0, 0, 0, 0, 3, 0, 0, 0, 8]);
        bytes
    }

    #[test]
    fn resets_are_counted_wherever_the_bytes_are_cut() {
        for size in 1..=sent().len() {
            let mut frames = Frames::new();
            let resets: usize = sent()
                .chunks(size)
                .map(|piece| frames.resets_in(piece))
                .sum();
            assert_eq!(resets, 2, "in pieces of {size} bytes");
        }
    }
}
