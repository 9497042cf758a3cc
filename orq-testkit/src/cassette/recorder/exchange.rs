//! What a recorder saw of one exchange.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use orq_core::transport::{Body, TransportError};

use crate::cassette::{
    request::LiveRequest,
    tape::{End, Failure, TapedError},
};

/// With all its secrets, so there is no `Debug`. Without error and response, no head has come yet.
pub(super) struct RecordedExchange {
    pub(super) request: LiveRequest,
    pub(super) began: Duration,
    pub(super) error: Option<TapedError>,
    pub(super) response: Option<SeenResponse>,
}

pub(super) struct SeenResponse {
    at: Duration,
    pub(super) after_ms: u64,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// Each with its milliseconds since the head.
    pub(super) chunks: Vec<(u64, Bytes)>,
    pub(super) end: Option<End>,
    /// What the reader did since the last chunk, if it asked for more and there was none yet.
    wait: Option<Wait>,
}

/// A reader's wait for more.
#[derive(Clone, Copy)]
struct Wait {
    since: Duration,
    /// How often the reader looked.
    looks: u32,
}

/// After this time it was no mere look.
const LOOK: Duration = Duration::from_millis(100);

impl RecordedExchange {
    pub(super) fn head(&mut self, result: &Result<Response<Body>, TransportError>, at: Duration) {
        let after_ms = millis(self.began, at);
        match result {
            Err(error) => {
                let failure = Failure::of(error);
                self.error = Some(TapedError { after_ms, failure });
            }
            Ok(response) => {
                self.response = Some(SeenResponse {
                    at,
                    after_ms,
                    status: response.status(),
                    headers: response.headers().clone(),
                    chunks: Vec::new(),
                    end: None,
                    wait: None,
                });
            }
        }
    }
}

impl SeenResponse {
    /// The milliseconds from the head until `now`. Never fewer than before, whatever the timer says: a cassette whose
    /// times aren't in order can't be played.
    pub(super) fn since_head(&self, now: Duration) -> u64 {
        let latest = self.chunks.last().map_or(0, |(at_ms, _)| *at_ms);
        millis(self.at, now).max(latest)
    }

    pub(super) fn chunk(&mut self, chunk: Bytes, now: Duration) {
        self.wait = None;
        self.chunks.push((self.since_head(now), chunk));
    }

    /// The reader asked for more, and there was none.
    pub(super) fn looked_in_vain(&mut self, now: Duration) {
        let wait = self.wait.get_or_insert(Wait {
            since: now,
            looks: 0,
        });
        wait.looks = wait.looks.saturating_add(1);
    }

    /// How the body ended; so far, if its reader still has it.
    pub(super) fn end(&self, now: Duration) -> End {
        // A client looks once past the end mark, so that its connection can be used again. That is no waiting.
        let waited = |wait: Wait| wait.looks > 1 || now.saturating_sub(wait.since) >= LOOK;
        let at_ms = self.since_head(now);
        let so_far = match self.wait.is_some_and(waited) {
            true => End::Stalled { at_ms },
            false => End::Dropped { at_ms },
        };
        self.end.unwrap_or(so_far)
    }
}

fn millis(from: Duration, to: Duration) -> u64 {
    let millis = to.saturating_sub(from).as_millis();
    millis.try_into().unwrap_or(u64::MAX)
}
