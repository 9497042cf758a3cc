//! When the request of an exchange is sent.

use std::{
    fmt, io, mem,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// The progress of an exchange, which the clones of its context share.
#[derive(Default)]
pub(super) struct Progress {
    /// Whether a tracked exchange was dropped before it began to send.
    is_abandoned: AtomicBool,
    /// Whether a tracked exchange began to send, or has ended, so that a layer may have tried something else.
    may_be_sent: AtomicBool,
    is_complete: AtomicBool,
}

impl Progress {
    pub(super) fn is_unsent(&self) -> bool {
        let is_abandoned = self.is_abandoned.load(Ordering::Acquire);
        is_abandoned && !self.may_be_sent.load(Ordering::Acquire)
    }

    pub(super) fn complete(&self) {
        self.is_complete.store(true, Ordering::Release);
    }

    pub(super) fn is_complete(&self) -> bool {
        self.is_complete.load(Ordering::Acquire)
    }
}

const WAITING: u8 = 0;
const BEGUN: u8 = 1;
/// Dropped before it began.
const ABANDONED: u8 = 2;
/// Dropped after it began.
const CANCELED: u8 = 3;

/// An exchange whose sending is tracked. If it is dropped before it has [finished](Self::finish), nothing more of the
/// request must be sent.
///
/// ```
/// use orq_core::transport::{CallContext, Operation};
///
/// let context = CallContext::new(Operation::Invoke, None);
/// let tracked = context.track_sending();
/// let sending = tracked.sending();
/// drop(tracked); // the call timed out while it waited for a connection
/// assert!(context.is_unsent());
/// assert!(!sending.begin());
/// ```
#[derive(Debug)]
pub struct Tracked {
    sending: Sending,
    /// Whether a drop no longer means that the exchange is dropped.
    is_left: bool,
}

impl Tracked {
    pub(super) fn new(progress: Arc<Progress>) -> Self {
        let state = Arc::new(AtomicU8::new(WAITING));
        Self {
            sending: Sending { state, progress },
            is_left: false,
        }
    }

    /// Returns the handle for the code that writes the request.
    pub fn sending(&self) -> Sending {
        self.sending.clone()
    }

    /// Returns a body for the request that begins the sending by itself, for HTTP libraries that take an
    /// [`http_body::Body`].
    pub fn body(&self, bytes: Bytes) -> TrackedBody {
        let sending = self.sending();
        TrackedBody { bytes, sending }
    }

    /// Leaves the tracking to the transport that goes on with the exchange. From now on, until this one has
    /// [finished](Self::finish), its drop says nothing about whether the request was sent.
    ///
    /// It is meant for a layer that waits before it calls the wrapped transport.
    ///
    /// ```
    /// use orq_core::transport::{CallContext, Operation};
    ///
    /// let context = CallContext::new(Operation::Invoke, None);
    /// let mut waiting = context.track_sending();
    /// waiting.hand_over();
    /// drop(waiting); // the wrapped transport, which doesn't track, may have sent the request
    /// assert!(!context.is_unsent());
    /// ```
    pub fn hand_over(&mut self) {
        self.is_left = true;
    }

    /// Ends the tracking, since the exchange has a response or an error.
    pub fn finish(mut self) {
        let may_be_sent = &self.sending.progress.may_be_sent;
        may_be_sent.store(true, Ordering::Release);
        self.is_left = true;
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        if self.is_left {
            return;
        }
        if self.sending.turn(WAITING, ABANDONED) {
            let is_abandoned = &self.sending.progress.is_abandoned;
            is_abandoned.store(true, Ordering::Release);
        } else {
            self.sending.turn(BEGUN, CANCELED);
        }
    }
}

/// The sending of one request; see [`CallContext::track_sending`](super::CallContext::track_sending).
#[derive(Clone)]
pub struct Sending {
    state: Arc<AtomicU8>,
    progress: Arc<Progress>,
}

impl Sending {
    /// Marks that the request may be sent from now on. If it returns `false`, the exchange was dropped, and nothing may
    /// be sent any more.
    pub fn begin(&self) -> bool {
        match self.state.load(Ordering::Acquire) {
            WAITING => {}
            state => return state == BEGUN,
        }
        // Before the state turns, so that no other exchange of this context is called unsent in between.
        self.progress.may_be_sent.store(true, Ordering::Release);
        self.turn(WAITING, BEGUN) || self.state.load(Ordering::Acquire) == BEGUN
    }

    /// Changes the state, if it is `from`.
    fn turn(&self, from: u8, to: u8) -> bool {
        let (success, failure) = (Ordering::AcqRel, Ordering::Acquire);
        self.state
            .compare_exchange(from, to, success, failure)
            .is_ok()
    }
}

impl fmt::Debug for Sending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sending").finish_non_exhaustive()
    }
}

/// The body of a request whose sending is tracked. It fails if the exchange was dropped.
#[derive(Debug)]
pub struct TrackedBody {
    bytes: Bytes,
    sending: Sending,
}

impl TrackedBody {
    /// Returns the bytes, and begins the sending, since it isn't known when they are sent.
    pub fn into_bytes(self) -> Bytes {
        self.sending.begin();
        self.bytes
    }
}

impl Body for TrackedBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if !self.sending.begin() {
            let dropped = io::Error::other("the exchange was dropped");
            return Poll::Ready(Some(Err(dropped)));
        }
        let bytes = mem::take(&mut self.bytes);
        Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
    }

    /// Begins the sending: HTTP libraries ask this just before they send the headers.
    fn is_end_stream(&self) -> bool {
        self.sending.begin() && self.bytes.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    fn poll(body: &mut TrackedBody) -> Option<Result<Bytes, io::Error>> {
        let mut cx = Context::from_waker(Waker::noop());
        match Pin::new(body).poll_frame(&mut cx) {
            Poll::Ready(frame) => frame.map(|frame| Ok(frame?.into_data().unwrap_or_default())),
            Poll::Pending => panic!("it never waits"),
        }
    }

    #[test]
    fn a_body_begins_when_it_is_read_or_its_end_is_asked_for() {
        let tracked = Tracked::new(Arc::default());
        let mut body = tracked.body("x".into());
        assert_eq!(body.size_hint().exact(), Some(1));
        assert_eq!(poll(&mut body).unwrap().unwrap(), "x");
        assert!(poll(&mut body).is_none());
        for bytes in ["", "x"] {
            let progress = Arc::<Progress>::default();
            let tracked = Tracked::new(progress.clone());
            let body = tracked.body(bytes.into());
            assert_eq!(body.is_end_stream(), bytes.is_empty());
            drop(tracked);
            assert!(!progress.is_unsent());
        }
    }

    #[test]
    fn nothing_more_is_sent_of_an_exchange_that_was_dropped_after_it_began() {
        let tracked = Tracked::new(Arc::default());
        let (mut dropped, mut kept) = (tracked.body("x".into()), tracked.body("x".into()));
        assert!(!dropped.is_end_stream());
        drop(tracked);
        assert!(poll(&mut dropped).unwrap().is_err());
        assert!(poll(&mut kept).unwrap().is_err());
    }

    /// A server may answer before it has read the request.
    #[test]
    fn a_finished_exchange_sends_the_rest_of_its_request() {
        let tracked = Tracked::new(Arc::default());
        let mut body = tracked.body("x".into());
        assert!(!body.is_end_stream());
        tracked.finish();
        assert_eq!(poll(&mut body).unwrap().unwrap(), "x");
    }

    #[test]
    fn nothing_of_a_dropped_exchange_is_sent() {
        for bytes in ["", "x"] {
            let tracked = Tracked::new(Arc::default());
            let mut body = tracked.body(bytes.into());
            drop(tracked);
            assert!(!body.is_end_stream());
            assert!(poll(&mut body).unwrap().is_err());
        }
    }
}
