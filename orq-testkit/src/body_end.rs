//! How a body ends in place of its own end.

use std::task::Poll;

use bytes::Bytes;
use orq_core::transport::TransportError;

use crate::Fault;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyEnd {
    /// The connection breaks.
    Break(Fault),
    /// As HTTP has it.
    Cut,
    /// Neither bytes nor an end come any more.
    Stall,
}

impl BodyEnd {
    /// What a reader gets there.
    pub(crate) fn poll(self) -> Poll<Option<Result<Bytes, TransportError>>> {
        match self {
            Self::Break(fault) => Poll::Ready(Some(Err(fault.in_body()))),
            Self::Cut => Poll::Ready(None),
            // No waker is kept: nothing will ever come.
            Self::Stall => Poll::Pending,
        }
    }
}
