//! The body of a response, read with timeouts.

use std::{
    future::poll_fn,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures::StreamExt;

use super::buffer::append;
use crate::{
    clocks::{Alarm, Timing, ran_out, start_again},
    error::{Clock, Error},
    observe::Recorder,
    transport::{Body, CallContext, Phase},
};

const WAIT_FOR_END: Duration = Duration::from_secs(5);

/// The maximum number of reads in a row that find bytes without an event. Then the body yields to other tasks: one that
/// is always ready must not block the thread.
const MOST_READS: usize = 64;

/// The body of a response, with its timeouts.
pub(crate) struct TimedBody {
    body: Body,
    context: Option<CallContext>,
    /// The bytes that [`read_ahead`](Self::read_ahead) has read.
    ahead: Option<Bytes>,
    /// The number of reads since the last one that found nothing.
    reads: usize,
    timing: Timing,
    /// The timeout of the whole call.
    call_alarm: Option<Alarm>,
    /// The event timeout, which runs while an event is expected.
    event_alarm: Option<Alarm>,
    /// The idle timeout, which runs while bytes are expected.
    idle_alarm: Option<Alarm>,
    /// Whether the wait for the rest of the body is limited to `WAIT_FOR_END`; bytes don't stop `idle_alarm` then.
    is_ending: bool,
    recorder: Recorder,
}

/// The result of reading a whole body.
pub(crate) enum Ending {
    Complete,
    TooLarge,
    Failed(Error),
}

impl TimedBody {
    pub(crate) fn new(
        body: Body,
        context: impl Into<Option<CallContext>>,
        timing: &Timing,
        call_alarm: Option<Alarm>,
        recorder: Recorder,
    ) -> Self {
        Self {
            body,
            context: context.into(),
            ahead: None,
            reads: 0,
            timing: timing.clone(),
            call_alarm,
            event_alarm: None,
            idle_alarm: None,
            is_ending: false,
            recorder,
        }
    }

    /// Returns a body of bytes that were read before.
    pub(crate) fn of(bytes: Bytes) -> Self {
        let timing = Timing::default();
        let mut body = Self::new(Body::empty(), None, &timing, None, Recorder::default());
        body.ahead = Some(bytes);
        body
    }

    /// Waits at most five seconds for the rest of the body, from the next poll that finds no bytes. Bytes that arrive
    /// don't prolong it; another call does.
    pub(crate) fn end_soon(&mut self) {
        self.is_ending = true;
        self.idle_alarm = None;
    }

    /// Ends the event timeout; the next [`poll_event_bytes`](Self::poll_event_bytes) starts it again.
    pub(crate) fn event_arrived(&mut self) {
        self.event_alarm.as_mut().map(Alarm::stop);
        self.reads = 0;
    }

    /// Polls for the next bytes of an event stream, with the event timeout.
    #[inline]
    pub(crate) fn poll_event_bytes(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Error>>> {
        start_again(&mut self.event_alarm, || self.timing.start(Clock::Event));
        self.poll_bytes(cx)
    }

    fn poll_bytes(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        // Polled before the body: if the body is always ready, the timeout would never be polled.
        if let Some(error) = ran_out(cx, [&mut self.call_alarm], Phase::Body) {
            self.stop();
            return Poll::Ready(Some(Err(error)));
        }
        if let Some(bytes) = self.ahead.take() {
            return Poll::Ready(Some(Ok(bytes)));
        }
        if self.reads == MOST_READS {
            cx.waker().wake_by_ref();
        } else if let Poll::Ready(arrived) = self.body.poll_next_unpin(cx) {
            self.reads += 1;
            let is_empty = matches!(&arrived, Some(Ok(bytes)) if bytes.is_empty());
            if !self.is_ending && !is_empty {
                self.idle_alarm.as_mut().map(Alarm::stop);
            }
            if let Some(Ok(bytes)) = &arrived {
                self.recorder.bytes(bytes.len());
            }
            return Poll::Ready(arrived.map(|arrived| arrived.map_err(Error::from)));
        }
        self.reads = 0;
        // The timeouts are polled after the bytes that have arrived were read, since the caller may poll later than they
        // expire.
        start_again(&mut self.idle_alarm, || match self.is_ending {
            true => self.timing.start_idle_at_most(WAIT_FOR_END),
            false => self.timing.start(Clock::Idle),
        });
        let waiting = [&mut self.event_alarm, &mut self.idle_alarm];
        match ran_out(cx, waiting, Phase::Body) {
            Some(error) => {
                self.stop();
                Poll::Ready(Some(Err(error)))
            }
            None => Poll::Pending,
        }
    }

    /// Reads the body until the bytes so far are enough, or to its end. Returns them without removing them from it.
    pub(crate) async fn read_ahead(&mut self, enough: fn(&[u8]) -> bool) -> Result<Bytes, Error> {
        let mut ahead = Bytes::new();
        while !enough(&ahead)
            && let Some(more) = poll_fn(|cx| self.poll_bytes(cx)).await
        {
            ahead = match ahead.is_empty() {
                true => more?,
                false => [ahead, more?].concat().into(),
            };
        }
        self.ahead = Some(ahead.clone());
        Ok(ahead)
    }

    /// Reads the whole body, for which its headers announce this size in bytes; 0 if they don't. If that fails or the
    /// body is larger than `limit` bytes, returns the part that was read, up to the limit.
    pub(crate) async fn collect(&mut self, limit: usize, announced: usize) -> (Bytes, Ending) {
        let mut first = Bytes::new();
        let mut all = Vec::new();
        let ending = loop {
            let chunk = match poll_fn(|cx| self.poll_bytes(cx)).await {
                None => break Ending::Complete,
                Some(Err(error)) => break Ending::Failed(error),
                Some(Ok(chunk)) => chunk,
            };
            let room = limit - all.len().max(first.len());
            let fits = chunk.len().min(room);
            if first.is_empty() && all.is_empty() {
                // Most bodies arrive in one chunk, which needs no copy.
                first = chunk.slice(..fits);
            } else {
                for part in [&std::mem::take(&mut first)[..], &chunk[..fits]] {
                    append(&mut all, part, announced.min(limit));
                }
            }
            if chunk.len() > room {
                break Ending::TooLarge;
            }
        };
        (if all.is_empty() { first } else { all.into() }, ending)
    }

    /// Drops the body after the end mark of a stream. It is polled once more: if it ends here, the connection can be
    /// reused. Otherwise it is up to the transport to read on.
    pub(crate) fn complete(&mut self, cx: &mut Context<'_>) {
        if let Some(context) = &self.context {
            context.complete();
        }
        let _ = self.body.poll_next_unpin(cx);
        self.stop();
    }

    /// Drops the body and its timeouts. The transport then returns the connection to its pool or closes it.
    pub(crate) fn stop(&mut self) {
        *self = Self::of(Bytes::new());
    }
}
