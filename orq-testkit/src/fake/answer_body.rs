//! The body of an answer, watched.

use futures::{StreamExt, stream};
use orq_core::transport::Body;

use super::log::{call::FakeCallEnd, calls::OpenCall};
use crate::time::TimeSource;

/// Returns the body, which tells the log how far it was read.
pub(super) fn watched(body: Body, call: OpenCall, clock: TimeSource) -> Body {
    let all = (body, call, clock);
    Body::from_stream(stream::unfold(Some(all), |all| async move {
        let (mut body, call, clock) = all?;
        let item = body.next().await;
        clock.stir();
        let end = match &item {
            Some(Ok(_)) => {
                call.chunk();
                return item.map(|chunk| (chunk, Some((body, call, clock))));
            }
            Some(Err(error)) => FakeCallEnd::of(error),
            None => FakeCallEnd::Read,
        };
        call.over(end);
        item.map(|error| (error, None))
    }))
}
