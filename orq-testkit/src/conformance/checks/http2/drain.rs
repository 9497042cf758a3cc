//! Bodies whose rest a transport reads in order to end their stream without a reset.

use std::sync::Arc;

use tokio::sync::{Notify, mpsc};

use super::Site;
use crate::conformance::{
    checks::flow::{MARK, complete, wait},
    exchange::post,
    failure::{OrFail, Outcome, ensure_eq},
    raw::peer::{DATA, END_HEADERS, END_STREAM, HEADERS, OK, RST_STREAM},
    subject::Subject,
};

pub(crate) async fn a_complete_body_keeps_its_stream(subject: &Subject) -> Outcome {
    let dropped = Arc::new(Notify::new());
    let (resets, mut resets_seen) = mpsc::unbounded_channel();
    let shared = (Arc::clone(&dropped), resets);
    let site = Site::sharing(subject, shared, |mut peer, (gate, resets)| async move {
        loop {
            let stream = peer.request().await?;
            peer.send(HEADERS, END_HEADERS, stream, OK).await?;
            peer.send(DATA, 0, stream, MARK.as_bytes()).await?;
            gate.notified().await;
            wait(10).await;
            peer.send(DATA, END_STREAM, stream, b"").await?;
            // What the client sent before it saw the end comes before its acknowledgement.
            let frames = peer.ping().await?;
            let count = frames.iter().filter(|frame| frame.kind == RST_STREAM);
            let _ = resets.send(count.count());
        }
    })?;
    for _ in 0..2 {
        complete(&site.transport, post(&site.url())?).await?;
        dropped.notify_one();
        let resets = resets_seen.recv().await.or_fail("the server ended")?;
        ensure_eq!(resets, 0, "resets of the stream");
    }
    ensure_eq!(site.server.connections(), 1, "connections");
    Ok(())
}
