//! Bodies that something happens to.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use futures::{Stream, StreamExt};
use orq_core::{
    Sleep, Timer,
    transport::{Body, TransportError},
};

use super::injector::Report;
use crate::reply::BodyEnd;

/// Reads what is on its way, and loses it. So a double that watches over its bodies sees that this one was begun.
pub(super) fn lose(body: &mut Body, cx: &mut Context<'_>) {
    let _ = body.poll_next_unpin(cx);
}

/// A body that ends in some way after so many bytes. The [`Body`] around it drops it at its end, and with it
/// the exchange.
pub(super) struct BrokenBody {
    inner: Body,
    /// How many bytes are still to come.
    left: u64,
    end: BodyEnd,
    /// Until it happened.
    report: Option<Report>,
}

impl BrokenBody {
    pub(super) fn new(inner: Body, byte: u64, end: BodyEnd, report: Report) -> Self {
        Self {
            inner,
            left: byte,
            end,
            report: Some(report),
        }
    }

    fn end(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, TransportError>>> {
        if let Some(report) = self.report.take() {
            report.happened();
            lose(&mut self.inner, cx);
        }
        // In a stall the exchange stays as it is.
        self.end.poll()
    }
}

impl Stream for BrokenBody {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.left == 0 {
            return self.end(cx);
        }
        let mut item = ready!(self.inner.poll_next_unpin(cx));
        if let Some(Ok(chunk)) = &mut item {
            chunk.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
            self.left = self.left.saturating_sub(chunk.len() as u64);
        }
        Poll::Ready(item)
    }
}

/// A body whose chunks, all but the first, come later.
pub(super) struct PacedBody {
    inner: Body,
    timer: Arc<dyn Timer>,
    pause: Duration,
    has_begun: bool,
    /// A chunk that is here, and the wait until it is handed over.
    held: Option<(Bytes, Sleep)>,
    /// Until it happened.
    report: Option<Report>,
}

impl PacedBody {
    pub(super) fn new(inner: Body, timer: Arc<dyn Timer>, pause: Duration, report: Report) -> Self {
        Self {
            inner,
            timer,
            pause,
            has_begun: false,
            held: None,
            report: Some(report),
        }
    }
}

impl Stream for PacedBody {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.held.is_none() {
            match ready!(self.inner.poll_next_unpin(cx)) {
                Some(Ok(chunk)) if self.has_begun => {
                    let sleep = self.timer.sleep(self.pause);
                    self.held = Some((chunk, sleep));
                    if let Some(report) = self.report.take() {
                        report.happened();
                    }
                }
                item => {
                    self.has_begun = true;
                    return Poll::Ready(item);
                }
            }
        }
        if let Some((_, sleep)) = &mut self.held {
            ready!(sleep.as_mut().poll(cx));
        }
        Poll::Ready(self.held.take().map(|(chunk, _)| Ok(chunk)))
    }
}
