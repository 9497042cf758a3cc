//! Bodies whose rest a transport reads in order to end their stream without a reset.

use std::sync::Arc;

use tokio::sync::{Notify, mpsc};

use super::{
    Site,
    peer::{ACK, DATA, END_HEADERS, END_STREAM, HEADERS, OK, PING, RST_STREAM},
};
use crate::conformance::{
    connection::invalid,
    exchange::post,
    failure::{OrFail, Outcome, ensure_eq},
    flow::{MARK, complete, wait},
    subject::Subject,
};

pub(in crate::conformance) async fn a_complete_body_keeps_its_stream(subject: &Subject) -> Outcome {
    let dropped = Arc::new(Notify::new());
    let gate = Arc::clone(&dropped);
    let (resets, mut resets_seen) = mpsc::unbounded_channel();
    let site = Site::new(subject, move |mut peer| {
        let (gate, resets) = (Arc::clone(&gate), resets.clone());
        async move {
            loop {
                let stream = peer.request().await?;
                peer.send(HEADERS, END_HEADERS, stream, OK).await?;
                peer.send(DATA, 0, stream, MARK.as_bytes()).await?;
                gate.notified().await;
                wait(10).await;
                peer.send(DATA, END_STREAM, stream, b"").await?;
                peer.send(PING, 0, 0, b"any more").await?;
                // What the client sent before it saw the end comes before its acknowledgement.
                let mut count = 0;
                loop {
                    let frame = peer.frame().await?;
                    count += usize::from(frame.kind == RST_STREAM);
                    if frame.kind == PING && frame.flags & ACK != 0 {
                        break;
                    }
                }
                resets
                    .send(count)
                    .map_err(|_| invalid("the check is over"))?;
            }
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
