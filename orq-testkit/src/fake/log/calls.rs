//! The log of a double.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, StatusCode};

use super::call::{CallState, FakeCall, FakeCallEnd};
use crate::{lock::lock, request::RecordedRequest};

/// How many bytes the kept requests may have together. The last one is kept at any length.
const KEPT_BYTES: usize = 64 * 1024 * 1024;

/// The last calls of a double, and how many there were.
pub(crate) struct Calls {
    keep: usize,
    log: Mutex<Log>,
}

#[derive(Default)]
struct Log {
    count: usize,
    in_flight: usize,
    kept: VecDeque<Arc<Entry>>,
    kept_bytes: usize,
}

struct Entry {
    request: Arc<RecordedRequest>,
    state: Mutex<CallState>,
}

/// A call that goes on. When it is dropped before it was over, its reader went away.
pub(crate) struct OpenCall {
    calls: Arc<Calls>,
    entry: Arc<Entry>,
}

impl Calls {
    /// A log that keeps the last `keep` calls.
    pub(crate) fn new(keep: usize) -> Arc<Self> {
        Arc::new(Self {
            keep,
            log: Mutex::default(),
        })
    }

    pub(crate) fn begin(self: &Arc<Self>, request: Request<Bytes>, now: Duration) -> OpenCall {
        let mut request = RecordedRequest::new(request, now);
        let mut log = lock(&self.log);
        log.count += 1;
        log.in_flight += 1;
        request.arrived(log.count, log.in_flight);
        let entry = Arc::new(Entry::new(request));
        log.kept_bytes = log.kept_bytes.saturating_add(entry.bytes());
        log.kept.push_back(Arc::clone(&entry));
        while log.kept.len() > self.keep || log.kept_bytes > KEPT_BYTES && log.kept.len() > 1 {
            let forgotten = log.kept.pop_front();
            log.kept_bytes -= forgotten.map_or(0, |entry| entry.bytes());
        }
        drop(log);
        OpenCall {
            calls: Arc::clone(self),
            entry,
        }
    }

    /// Those that are kept, as they stand, in the order in which they came.
    pub(crate) fn kept(&self) -> Vec<FakeCall> {
        lock(&self.log)
            .kept
            .iter()
            .map(|entry| entry.call())
            .collect()
    }

    /// Forgets those that are kept. The next one is counted on.
    pub(crate) fn forget(&self) {
        let mut log = lock(&self.log);
        log.kept.clear();
        log.kept_bytes = 0;
    }
}

impl fmt::Debug for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let log = lock(&self.log);
        f.debug_struct("Calls")
            .field("count", &log.count)
            .field("in_flight", &log.in_flight)
            .field("kept", &log.kept.len())
            .finish()
    }
}

impl Entry {
    fn new(request: RecordedRequest) -> Self {
        Self {
            request: Arc::new(request),
            state: Mutex::new(CallState {
                api_key: None,
                status: None,
                chunks: 0,
                end: FakeCallEnd::Open,
            }),
        }
    }

    /// How much memory the request takes: its body and the text of its head.
    fn bytes(&self) -> usize {
        let headers = self.request.headers().iter();
        let headers: usize = headers
            .map(|(name, value)| name.as_str().len() + value.len())
            .sum();
        self.request.body().len() + headers + self.request.path().len()
    }

    fn call(&self) -> FakeCall {
        FakeCall {
            request: Arc::clone(&self.request),
            state: *lock(&self.state),
        }
    }
}

impl OpenCall {
    pub(crate) fn request(&self) -> &RecordedRequest {
        &self.entry.request
    }

    /// It came with the accepted key of this index.
    pub(crate) fn authenticated(&self, key: usize) {
        lock(&self.entry.state).api_key = Some(key);
    }

    /// The head of the answer is there.
    pub(crate) fn answered(&self, status: StatusCode) {
        lock(&self.entry.state).status = Some(status);
    }

    /// A chunk was handed out.
    pub(crate) fn chunk(&self) {
        lock(&self.entry.state).chunks += 1;
    }

    pub(crate) fn over(self, end: FakeCallEnd) {
        lock(&self.entry.state).end = end;
    }
}

impl Drop for OpenCall {
    fn drop(&mut self) {
        let mut state = lock(&self.entry.state);
        if state.end == FakeCallEnd::Open {
            state.end = FakeCallEnd::Dropped;
        }
        drop(state);
        let mut log = lock(&self.calls.log);
        log.in_flight = log.in_flight.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin(calls: &Arc<Calls>) -> OpenCall {
        calls.begin(Request::new(Bytes::new()), Duration::ZERO)
    }

    #[test]
    fn only_the_last_calls_are_kept_and_all_are_counted() {
        let calls = Calls::new(2);
        for _ in 0..5 {
            begin(&calls).over(FakeCallEnd::Read);
        }
        let numbers: Vec<_> = calls.kept().iter().map(FakeCall::number).collect();
        assert_eq!(numbers, [4, 5]);

        let none = Calls::new(0);
        let call = begin(&none);
        assert!(none.kept().is_empty());
        assert_eq!(call.request().number(), 1);
    }

    #[test]
    fn the_bodies_that_are_kept_are_bounded() {
        let calls = Calls::new(9);
        let numbers = || {
            calls
                .kept()
                .iter()
                .map(FakeCall::number)
                .collect::<Vec<_>>()
        };
        let body = Bytes::from(vec![b' '; KEPT_BYTES / 2 - 1]);
        for _ in 0..3 {
            calls.begin(Request::new(body.clone()), Duration::ZERO);
        }
        assert_eq!(numbers(), [2, 3]);
        begin(&calls);
        assert_eq!(numbers(), [3, 4]);
        calls.begin(
            Request::new(Bytes::from(vec![b' '; KEPT_BYTES + 1])),
            Duration::ZERO,
        );
        assert_eq!(numbers(), [5], "the last one stays, however long it is");
        begin(&calls);
        assert_eq!(numbers(), [6]);
    }

    #[test]
    fn a_call_tells_how_many_went_on() {
        let calls = Calls::new(9);
        let (first, second) = (begin(&calls), begin(&calls));
        drop(first);
        let third = begin(&calls);
        let in_flight = [&second, &third].map(|call| call.request().in_flight());
        assert_eq!(in_flight, [2, 2]);
        let ends: Vec<_> = calls.kept().iter().map(FakeCall::end).collect();
        let open = FakeCallEnd::Open;
        assert_eq!(ends, [FakeCallEnd::Dropped, open, open]);
    }
}
