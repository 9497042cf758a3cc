//! What a cassette's file says.

mod payload;
mod place;
mod read;
mod write;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use orq_core::transport::{Delivery, Phase, TransportError, TransportErrorKind};

pub(super) use self::payload::Payload;
use super::pointer::Pointer;

/// The version of the file's format.
const VERSION: u64 = 1;

/// A whole cassette. Everything in it is redacted.
#[derive(Default)]
pub(super) struct Tape {
    pub(super) pointers: Vec<Pointer>,
    pub(super) interactions: Vec<Interaction>,
}

/// One request, and what came of it.
pub(super) struct Interaction {
    pub(super) request: TapedRequest,
    pub(super) outcome: Outcome,
}

pub(super) struct TapedRequest {
    pub(super) operation: Option<String>,
    pub(super) deployment: Option<String>,
    pub(super) attempt: Option<u32>,
    pub(super) method: String,
    /// With the query.
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Payload>,
}

pub(super) enum Outcome {
    Response(TapedResponse),
    /// No head came, but an error.
    Failed {
        after_ms: u64,
        failure: Failure,
    },
    /// No head came as long as somebody waited for it.
    Unanswered,
}

pub(super) struct TapedResponse {
    /// From the request to the head.
    pub(super) after_ms: u64,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) chunks: Vec<Chunk>,
    /// From the head to the end.
    pub(super) end_ms: u64,
    pub(super) end: End,
}

pub(super) struct Chunk {
    /// From the head.
    pub(super) at_ms: u64,
    pub(super) bytes: Bytes,
}

/// How a body ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Complete,
    Failed(Failure),
    /// Its reader waited for more, and gave up.
    Stalled,
    /// Its reader had enough.
    Dropped,
}

/// A [`TransportError`] without its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) kind: TransportErrorKind,
    pub(super) phase: Phase,
    pub(super) delivery: Delivery,
}

impl Failure {
    pub(super) fn of(error: &TransportError) -> Self {
        Self {
            kind: error.kind(),
            phase: error.phase(),
            delivery: error.delivery(),
        }
    }

    pub(super) fn error(self) -> TransportError {
        TransportError::new(self.kind, self.phase, self.delivery)
    }
}

impl TapedResponse {
    /// The body, its chunks joined.
    pub(super) fn body(&self) -> Vec<u8> {
        self.chunks
            .iter()
            .flat_map(|chunk| &chunk.bytes)
            .copied()
            .collect()
    }
}
