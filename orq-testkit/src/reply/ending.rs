//! How and where a body ends in place of its own end.

use std::future;

use bytes::Bytes;
use futures::{FutureExt, StreamExt, stream};
use orq_core::transport::{Body, MaybeSend, TransportError};

use super::fault::Fault;

/// An end of a body that replaces its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    /// The connection breaks.
    Break(Fault),
    /// The body ends cleanly, as HTTP defines it.
    Cut,
    /// No more bytes arrive and the body never ends.
    Stall,
}

impl Ending {
    /// Returns the ending in snake case: `reset`, `early_close`, `garbage`, `cut`, `stall`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Break(fault) => fault.as_str(),
            Self::Cut => "cut",
            Self::Stall => "stall",
        }
    }

    /// Ends a body, and returns what its reader gets there.
    pub(super) async fn end(self) -> Option<Result<Bytes, TransportError>> {
        match self {
            Self::Break(fault) => Some(Err(fault.in_body())),
            Self::Cut => None,
            Self::Stall => future::pending().await,
        }
    }
}

/// An ending, and after how many bytes it comes. In a shorter body it comes in place of the body's own end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EndAt {
    pub(crate) byte: usize,
    pub(crate) ending: Ending,
}

impl EndAt {
    /// Truncates the next chunk of the body at the offset, and counts what is left of the chunk.
    pub(super) fn pass(&mut self, chunk: &mut Bytes) {
        chunk.truncate(self.byte);
        self.byte -= chunk.len();
    }

    /// Returns `body` with this ending. `happens` is called when the ending changes what the reader gets.
    pub(crate) fn of(self, body: Body, happens: impl FnOnce() + MaybeSend + 'static) -> Body {
        let all = (self, body, happens);
        Body::from_stream(stream::unfold(Some(all), |all| async move {
            let (mut at, mut body, happens) = all?;
            if at.byte > 0 {
                match body.next().await {
                    Some(Ok(mut chunk)) => {
                        at.pass(&mut chunk);
                        return Some((Ok(chunk), Some((at, body, happens))));
                    }
                    None if at.ending != Ending::Cut => {}
                    end => return end.map(|error| (error, None)),
                }
            }
            happens();
            // What is on its way is lost. A double that watches over its bodies sees that this one was begun.
            let _ = body.next().now_or_never();
            // In a stall the exchange stays as it is: the body is held.
            at.ending.end().await.map(|error| (error, None))
        }))
    }
}
