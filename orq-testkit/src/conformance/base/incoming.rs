//! What arrives over a connection.

use std::{error::Error, io};

use orq_core::transport::{Delivery, Phase, TransportError, TransportErrorKind as Kind};
use tokio::{io::AsyncReadExt, net::TcpStream};

/// What has come over a connection and is not used yet.
pub(super) struct Incoming {
    pub(super) socket: TcpStream,
    pub(super) buffer: Vec<u8>,
}

impl Incoming {
    /// Reads more. `false` is the connection's end.
    pub(super) async fn more(&mut self) -> io::Result<bool> {
        self.buffer.reserve(16 * 1024);
        Ok(self.socket.read_buf(&mut self.buffer).await? > 0)
    }
}

pub(super) fn broken_head(error: impl Error + Send + Sync + 'static) -> TransportError {
    TransportError::new(Kind::Protocol, Phase::Headers, Delivery::MaybeSent).with_source(error)
}
