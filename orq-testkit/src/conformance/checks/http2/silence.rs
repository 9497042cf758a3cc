//! Connections whose peer is gone without a word.

use std::{future::pending, time::Duration};

use super::Site;
use crate::conformance::{
    exchange::{ensure_empty, post},
    failure::{Outcome, ensure_eq},
    raw::{
        Count,
        peer::{DATA, END_HEADERS, HEADERS, NO_CONTENT, OK},
    },
    subject::{Settings, Subject},
};

pub(crate) async fn a_silent_peer_before_the_head(subject: &Subject) -> Outcome {
    silent(subject, false).await
}

pub(crate) async fn a_silent_peer_in_the_body(subject: &Subject) -> Outcome {
    silent(subject, true).await
}

/// On the first connection nothing is read or acknowledged after the request. The next request needs another.
async fn silent(subject: &Subject, in_the_body: bool) -> Outcome {
    let connections = Count::default();
    let mut site = Site::new(subject, move |mut peer| {
        connections.add();
        let is_first = connections.get() == 1;
        async move {
            let stream = peer.request().await?;
            if is_first && in_the_body {
                peer.send(HEADERS, END_HEADERS, stream, OK).await?;
                peer.send(DATA, 0, stream, b"half").await?;
            }
            if is_first {
                pending::<()>().await;
            }
            peer.answer(stream, NO_CONTENT).await?;
            peer.closed().await;
            Ok(())
        }
    })?;
    site.transport = subject.with(&Settings {
        roots: vec![site.authority.der()],
        keep_alive: Duration::from_millis(200),
        ..Settings::default()
    });
    site.once(subject, "").await?;
    ensure_empty(&site.transport, post(&site.url())?, "the next request").await?;
    ensure_eq!(site.server.connections(), 2, "connections");
    Ok(())
}
