//! The body of a response, read when it is polled.

use bytes::Bytes;
use futures::stream;
use orq_core::transport::{Body, Delivery, Phase, TransportError, TransportErrorKind as Kind};

use super::{
    incoming::Incoming,
    response_head::{Length, Malformed},
};

/// The longest line that tells of a chunk, in bytes.
const LONGEST_LINE: usize = 4096;

/// A body on its way.
struct Reader {
    connection: Incoming,
    left: Left,
}

/// What is left of a body.
enum Left {
    /// So many bytes, of it all or, in chunks, of this one.
    Bytes {
        count: u64,
        chunked: bool,
    },
    /// The next chunk's first line.
    ChunkLine,
    /// Lines up to an empty one.
    Trailers,
    UntilClose,
}

pub(super) fn of(length: Length, connection: Incoming) -> Body {
    let left = match length {
        Length::Known(0) => return Body::empty(),
        Length::Known(count) => Left::Bytes {
            count,
            chunked: false,
        },
        Length::Chunked => Left::ChunkLine,
        Length::UntilClose => Left::UntilClose,
    };
    let reader = Reader { connection, left };
    Body::from_stream(stream::try_unfold(reader, |mut reader| async move {
        let piece = reader.next().await?;
        Ok(piece.map(|piece| (piece, reader)))
    }))
}

impl Reader {
    /// The next bytes of the body, or `None` at the end that HTTP defines.
    async fn next(&mut self) -> Result<Option<Bytes>, TransportError> {
        loop {
            match self.left {
                Left::Bytes {
                    count: 0,
                    chunked: false,
                } => return Ok(None),
                Left::Bytes {
                    count: 0,
                    chunked: true,
                } => {
                    self.end_of_chunk().await?;
                    self.left = Left::ChunkLine;
                }
                Left::Bytes { count, chunked } => {
                    let piece = self.piece(count).await?.ok_or_else(cut)?;
                    let count = count.saturating_sub(piece.len() as u64);
                    self.left = Left::Bytes { count, chunked };
                    return Ok(Some(piece));
                }
                Left::ChunkLine => {
                    let line = self.line().await?;
                    let digits = line.split(|byte| *byte == b';').next().unwrap_or_default();
                    let size = std::str::from_utf8(digits.trim_ascii())
                        .ok()
                        .and_then(|digits| u64::from_str_radix(digits, 16).ok())
                        .ok_or_else(|| malformed("no size of a chunk"))?;
                    self.left = match size {
                        0 => Left::Trailers,
                        count => Left::Bytes {
                            count,
                            chunked: true,
                        },
                    };
                }
                Left::Trailers => {
                    if self.line().await?.is_empty() {
                        return Ok(None);
                    }
                }
                Left::UntilClose => return self.piece(u64::MAX).await,
            }
        }
    }

    /// What is there of the next `most` bytes, or `None` at the end of the connection.
    async fn piece(&mut self, most: u64) -> Result<Option<Bytes>, TransportError> {
        let empty = self.connection.buffer.is_empty();
        if empty && !self.connection.more().await.map_err(lost)? {
            return Ok(None);
        }
        let buffer = &mut self.connection.buffer;
        let count = usize::try_from(most).map_or(buffer.len(), |most| most.min(buffer.len()));
        let rest = buffer.split_off(count);
        Ok(Some(std::mem::replace(buffer, rest).into()))
    }

    async fn end_of_chunk(&mut self) -> Result<(), TransportError> {
        loop {
            match self.connection.buffer.as_slice() {
                [b'\r', b'\n', ..] => break,
                [] | [b'\r'] => {}
                _ => return Err(malformed("a chunk longer than its line says")),
            }
            if !self.connection.more().await.map_err(lost)? {
                return Err(cut());
            }
        }
        self.connection.buffer.drain(..2);
        Ok(())
    }

    /// The next line, without its end.
    async fn line(&mut self) -> Result<Vec<u8>, TransportError> {
        loop {
            let buffer = &mut self.connection.buffer;
            if let Some(end) = buffer.windows(2).position(|two| two == b"\r\n") {
                let rest = buffer.split_off(end + 2);
                let mut line = std::mem::replace(buffer, rest);
                line.truncate(end);
                return Ok(line);
            }
            if buffer.len() > LONGEST_LINE {
                return Err(malformed("a line that is too long"));
            }
            if !self.connection.more().await.map_err(lost)? {
                return Err(cut());
            }
        }
    }
}

fn error(kind: Kind) -> TransportError {
    TransportError::new(kind, Phase::Body, Delivery::Answered)
}

fn cut() -> TransportError {
    error(Kind::Closed).with_source(Malformed("the body was cut"))
}

fn lost(reason: std::io::Error) -> TransportError {
    error(Kind::Closed).with_source(reason)
}

fn malformed(reason: &'static str) -> TransportError {
    error(Kind::Protocol).with_source(Malformed(reason))
}
