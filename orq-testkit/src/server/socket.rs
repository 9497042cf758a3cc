//! A connection that can be made to break.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
};

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use socket2::SockRef;
use tokio::net::TcpStream;

use crate::{lock::lock, reply::Fault};

/// Neither a status line nor the size of a chunk (RFC 9112, sections 4 and 7.1).
const GARBAGE: &[u8] = b"\x00this is not HTTP\r\n\r\n";

/// A socket that ends as it was told: properly, or by a fault.
pub(super) struct Socket {
    stream: TokioIo<TcpStream>,
    ending: Ending,
    /// The same connection once more, from when it matters what hasn't left yet.
    unsent: Option<TcpStream>,
}

/// How a connection is to end. The exchange on it says so, and the socket does it.
#[derive(Clone, Default)]
pub(super) struct Ending(Arc<Mutex<EndingState>>);

#[derive(Default)]
struct EndingState {
    fault: Option<Fault>,
    flush: Flush,
}

/// Whether all that came before the fault has left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Flush {
    #[default]
    NotAsked,
    Asked,
    Done,
}

impl Ending {
    /// The connection is to end by this fault, as soon as it is closed.
    pub(super) fn by(&self, fault: Fault) {
        lock(&self.0).fault = Some(fault);
    }

    /// Whether everything that was written has left; whoever asks is woken when it has.
    pub(super) fn poll_flushed(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = lock(&self.0);
        match state.flush {
            Flush::Done => return Poll::Ready(()),
            Flush::Asked => {}
            Flush::NotAsked => {
                state.flush = Flush::Asked;
                cx.waker().wake_by_ref();
            }
        }
        Poll::Pending
    }

    fn is_asked(&self) -> bool {
        lock(&self.0).flush == Flush::Asked
    }

    fn flushed(&self) {
        lock(&self.0).flush = Flush::Done;
    }
}

impl Socket {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self {
            stream: TokioIo::new(stream),
            ending: Ending::default(),
            unsent: None,
        }
    }

    /// Whether the system has sent all that was written. A reset would discard the rest, and the client's window may be
    /// full as long as it doesn't read. Only Linux tells exactly.
    fn poll_sent(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let unsent = match &mut self.unsent {
            Some(unsent) => unsent,
            unsent => {
                let socket = SockRef::from(self.stream.inner());
                #[cfg(any(target_os = "android", target_os = "linux"))]
                socket.set_tcp_notsent_lowat(1)?;
                // What tokio knows of the first one is from before, and is news again only after a write in vain.
                unsent.insert(TcpStream::from_std(socket.try_clone()?.into())?)
            }
        };
        unsent.poll_write_ready(cx)
    }

    pub(super) fn ending(&self) -> Ending {
        self.ending.clone()
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let stream = self.stream.inner();
        // What can't be done any more, the client has done already: it is gone.
        let _ = match lock(&self.ending.0).fault {
            Some(Fault::Reset) => stream.set_zero_linger(),
            Some(Fault::Garbage) => stream.try_write(GARBAGE).map(|_| ()),
            Some(Fault::EarlyClose) | None => Ok(()),
        };
    }
}

impl Read for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl Write for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    /// hyper comes here once its own buffer is empty.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(cx);
        // An error tells that the client is gone. Then nothing will leave any more.
        if matches!(polled, Poll::Ready(Ok(())))
            && self.ending.is_asked()
            && self.poll_sent(cx).is_ready()
        {
            self.ending.flushed();
            cx.waker().wake_by_ref();
        }
        polled
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
