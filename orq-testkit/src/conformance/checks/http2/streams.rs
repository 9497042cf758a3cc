//! Many streams at once.

use std::{future::pending, io, pin::pin, sync::Arc};

use futures::future::{Either, select, try_join_all};
use tokio::sync::{Notify, watch};

use super::Site;
use crate::conformance::{
    checks::flow::a_moment,
    exchange::{became, ensure_empty, get, post, until},
    failure::{Outcome, ensure_eq},
    raw::{
        Count,
        peer::{
            DATA, END_HEADERS, END_STREAM, HEADERS, NO_CONTENT, OK, Peer, SETTINGS, WINDOW_UPDATE,
        },
    },
    subject::Subject,
};

/// After the first request none is answered before all have arrived.
pub(crate) async fn more_streams_than_one_connection_carries(subject: &Subject) -> Outcome {
    const COUNT: usize = 250;
    let (arrived, _) = watch::channel(0);
    let site = Site::sharing(subject, arrived, |mut peer, arrived| async move {
        let mut all = arrived.subscribe();
        let mut streams = Vec::new();
        loop {
            let all = pin!(all.wait_for(|count| *count > COUNT));
            let Either::Right((stream, _)) = select(all, pin!(peer.request())).await else {
                break;
            };
            let stream = stream?;
            streams.push(stream);
            arrived.send_modify(|count| *count += 1);
            if *arrived.borrow() == 1 {
                peer.answer(stream, NO_CONTENT).await?;
                streams.clear();
            }
        }
        for stream in streams {
            peer.answer(stream, NO_CONTENT).await?;
        }
        // A frame may have been read in part, so no more are read.
        pending().await
    })?;
    ensure_empty(&site.transport, post(&site.url())?, "the first request").await?;
    let case = format!("one of {COUNT} requests at once");
    let all = (0..COUNT).map(|_| async {
        let request = get(&site.url())?;
        ensure_empty(&site.transport, request, &case).await
    });
    try_join_all(all).await.map(drop)
}

/// `SETTINGS_MAX_CONCURRENT_STREAMS`: 1.
const ONE_STREAM: &[u8] = &[0, 3, 0, 0, 0, 1];

/// The second request waits for the end of the first. After it was dropped, its body must not arrive any more.
pub(crate) async fn a_request_dropped_while_it_waits_is_not_sent(subject: &Subject) -> Outcome {
    let [arrived, gate] = [(); 2].map(|()| Arc::new(Notify::new()));
    let sent_whole = Count::default();
    let shared = (arrived.clone(), gate.clone(), sent_whole.clone());
    let site = Site::sharing(subject, shared, |mut peer, shared| async move {
        let (arrived, gate, sent_whole) = shared;
        peer.send(SETTINGS, 0, 0, ONE_STREAM).await?;
        let first = peer.request().await?;
        peer.ping().await?;
        arrived.notify_one();
        gate.notified().await;
        peer.answer(first, NO_CONTENT).await?;
        loop {
            let frame = peer.frame().await?;
            if frame.ends_request() && frame.kind == HEADERS {
                peer.answer(frame.stream, NO_CONTENT).await?;
            } else if frame.ends_request() {
                sent_whole.add();
            }
        }
    })?;
    let mut first = site.transport.send(post(&site.url())?);
    until(arrived.notified(), &mut first).await?;
    let mut second = site.transport.send(post(&site.url())?);
    until(a_moment(), &mut second).await??;
    drop(second);
    gate.notify_one();
    first.await?;
    ensure_empty(&site.transport, get(&site.url())?, "the third request").await?;
    ensure_eq!(sent_whole.get(), 0, "dropped requests that arrived whole");
    Ok(())
}

const LARGE: usize = 1 << 20;

/// A body of which some is left to be sent.
struct Sending {
    stream: u32,
    left: usize,
    /// How many bytes the client takes before it must be asked again.
    window: usize,
}

/// Answers each request with a body of 1 MiB, as fast as the client's windows allow, earlier requests first.
async fn send_large_bodies(mut peer: Peer) -> io::Result<()> {
    let mut bodies: Vec<Sending> = Vec::new();
    let mut sent = 0;
    loop {
        for body in &mut bodies {
            while body.left > 0 {
                let window = body.window.min(peer.connection_window - sent);
                let length = body.left.min(window).min(16 * 1024);
                if length == 0 {
                    break;
                }
                (body.left, body.window) = (body.left - length, body.window - length);
                sent += length;
                let flags = if body.left == 0 { END_STREAM } else { 0 };
                let data = vec![b'x'; length];
                peer.send(DATA, flags, body.stream, &data).await?;
            }
        }
        let frame = peer.frame().await?;
        if frame.ends_request() {
            peer.send(HEADERS, END_HEADERS, frame.stream, OK).await?;
            bodies.push(Sending {
                stream: frame.stream,
                left: LARGE,
                window: peer.window,
            });
        }
        if frame.kind == WINDOW_UPDATE {
            let body = bodies.iter_mut().find(|body| body.stream == frame.stream);
            body.into_iter()
                .for_each(|body| body.window += frame.more());
        }
    }
}

pub(crate) async fn stalled_readers_stop_no_other(subject: &Subject) -> Outcome {
    let site = Site::new(subject, send_large_bodies)?;
    let mut stalled = Vec::new();
    for _ in 0..64 {
        stalled.push(site.transport.send(get(&site.url())?).await?);
    }
    let other = became(&site.transport, get(&site.url())?).await?;
    ensure_eq!(other, format!("ok, {LARGE} bytes"), "one more response");
    Ok(())
}
