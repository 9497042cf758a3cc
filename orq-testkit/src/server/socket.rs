//! A connection that can be made to break.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::Fault;

/// Neither a status line nor the size of a chunk (RFC 9112, sections 4 and 7.1).
const GARBAGE: &[u8] = b"\x00this is not HTTP\r\n\r\n";

/// A socket that ends as it was told: properly, or by a fault.
pub(super) struct Socket {
    stream: TokioIo<TcpStream>,
    ending: Ending,
}

/// How a connection is to end. The exchange on it says so, and the socket does it.
#[derive(Clone, Default)]
pub(super) struct Ending(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
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
        self.lock().fault = Some(fault);
    }

    /// Whether everything that was written has left; whoever asks is woken when it has.
    pub(super) fn poll_flushed(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.lock();
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

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Socket {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self {
            stream: TokioIo::new(stream),
            ending: Ending::default(),
        }
    }

    pub(super) fn ending(&self) -> Ending {
        self.ending.clone()
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let stream = self.stream.inner();
        // What can't be done any more, the client has done already: it is gone.
        let _ = match self.ending.lock().fault {
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
        let mut state = self.ending.lock();
        if matches!(polled, Poll::Ready(Ok(()))) && state.flush == Flush::Asked {
            state.flush = Flush::Done;
            cx.waker().wake_by_ref();
        }
        drop(state);
        polled
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
