//! A body that is written down while it is read.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures::{Stream, StreamExt};
use orq_core::transport::{Body, TransportError};

use super::{exchange::SeenResponse, recording::Recording};
use crate::cassette::tape::{End, Failure};

pub(super) struct RecordedBody {
    pub(super) body: Body,
    pub(super) recording: Arc<Recording>,
    pub(super) index: usize,
}

impl RecordedBody {
    fn update(&self, change: impl FnOnce(&mut SeenResponse, Duration)) {
        self.recording.update(self.index, |exchange, now| {
            if let Some(response) = &mut exchange.response {
                change(response, now);
            }
        });
    }
}

impl Stream for RecordedBody {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = self.body.poll_next_unpin(cx);
        self.update(|response, now| {
            let at_ms = response.since_head(now);
            match &item {
                Poll::Pending => response.looked_in_vain(now),
                Poll::Ready(Some(Ok(chunk))) => response.chunk(chunk.clone(), now),
                Poll::Ready(Some(Err(error))) => {
                    let failure = Failure::of(error);
                    response.end = Some(End::Error { at_ms, failure });
                }
                Poll::Ready(None) => response.end = Some(End::Complete { at_ms }),
            }
        });
        item
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.body.size_hint()
    }
}

impl Drop for RecordedBody {
    fn drop(&mut self) {
        // A body that is known to be over needn't be asked.
        let is_over = self.body.size_hint() == (0, Some(0));
        self.update(|response, now| {
            let at_ms = response.since_head(now);
            let end = match is_over {
                true => End::Complete { at_ms },
                false => response.end(now),
            };
            response.end.get_or_insert(end);
        });
    }
}
