//! What a recorder saw of one exchange.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use orq_core::transport::{Body, TransportError};

use crate::cassette::{
    asked::Asked,
    tape::{End, Failure},
};

/// With all its secrets, so there is no `Debug`.
pub(super) struct Exchange {
    pub(super) asked: Asked,
    pub(super) began: Duration,
    pub(super) head: Head,
}

pub(super) enum Head {
    /// None yet; if it stays so, the caller gave up.
    Awaited,
    Failed {
        at: Duration,
        failure: Failure,
    },
    Response(SeenResponse),
}

pub(super) struct SeenResponse {
    pub(super) at: Duration,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) chunks: Vec<(Duration, Bytes)>,
    pub(super) end: Option<(Duration, End)>,
    /// Whether the reader asked for more and there was none yet.
    pub(super) awaited: bool,
}

impl Exchange {
    pub(super) fn new(asked: Asked, began: Duration) -> Self {
        Self {
            asked,
            began,
            head: Head::Awaited,
        }
    }

    pub(super) fn head(&mut self, result: &Result<Response<Body>, TransportError>, at: Duration) {
        self.head = match result {
            Err(error) => Head::Failed {
                at,
                failure: Failure::of(error),
            },
            Ok(response) => Head::Response(SeenResponse {
                at,
                status: response.status(),
                headers: response.headers().clone(),
                chunks: Vec::new(),
                end: None,
                awaited: false,
            }),
        };
    }

    pub(super) fn response(&mut self) -> Option<&mut SeenResponse> {
        match &mut self.head {
            Head::Response(response) => Some(response),
            Head::Awaited | Head::Failed { .. } => None,
        }
    }
}

impl SeenResponse {
    /// How the body ended; so far, if its reader still has it.
    pub(super) fn end(&self, now: Duration) -> (Duration, End) {
        let so_far = match self.awaited {
            true => End::Stalled,
            false => End::Dropped,
        };
        self.end.unwrap_or((now, so_far))
    }
}
