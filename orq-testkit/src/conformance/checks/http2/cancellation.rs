//! What is dropped stops, and what nobody reads waits.

use futures::StreamExt;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::Site;
use crate::conformance::{
    exchange::{post, read, until},
    failure::{CheckFailed, OrFail, Outcome, ensure, ensure_eq},
    raw::peer::{CANCEL, DATA, END_HEADERS, END_STREAM, HEADERS, OK, RST_STREAM, WINDOW_UPDATE},
    subject::Subject,
};

pub(crate) async fn dropping_the_request_resets_its_stream(subject: &Subject) -> Outcome {
    let (site, mut reset_seen) = cancelled(subject, None)?;
    let mut sending = site.transport.send(post(&site.url())?);
    until(site.server.arrived(), &mut sending).await?;
    drop(sending);
    ensure_eq!(reset_seen.recv().await, Some(CANCEL), "the reset's code");
    Ok(())
}

pub(crate) async fn dropping_the_body_resets_its_stream(subject: &Subject) -> Outcome {
    let (site, mut reset_seen) = cancelled(subject, Some(b"half"))?;
    let response = site.transport.send(post(&site.url())?).await?;
    let mut body = response.into_body();
    let half = body.next().await.or_fail("the body ended early")??;
    ensure_eq!(half, "half", "what was sent of the body");
    drop(body);
    ensure_eq!(reset_seen.recv().await, Some(CANCEL), "the reset's code");
    Ok(())
}

/// A server that tells with which code a request's stream is reset, before its answer or after a part of it.
fn cancelled(
    subject: &Subject,
    answer: Option<&'static [u8]>,
) -> Result<(Site, UnboundedReceiver<u32>), CheckFailed> {
    let (reset, reset_seen) = unbounded_channel();
    let site = Site::sharing(subject, reset, move |mut peer, reset| async move {
        // A request that is dropped now has perhaps no end.
        let stream = peer.next(HEADERS).await?.stream;
        if let Some(answer) = answer {
            peer.send(HEADERS, END_HEADERS, stream, OK).await?;
            peer.send(DATA, 0, stream, answer).await?;
        }
        let mut frame = peer.next(RST_STREAM).await?;
        while frame.stream != stream {
            frame = peer.next(RST_STREAM).await?;
        }
        let _ = reset.send(frame.number());
        peer.closed().await;
        Ok(())
    })?;
    Ok((site, reset_seen))
}

/// The most that a server may send into a body that nobody reads, in bytes.
const UNREAD: usize = 256 * 1024;

pub(crate) async fn an_unread_body_stops_the_server(subject: &Subject) -> Outcome {
    let (stopped, mut stop_seen) = unbounded_channel();
    let site = Site::sharing(subject, stopped, |mut peer, stopped| async move {
        let stream = peer.request().await?;
        peer.send(HEADERS, END_HEADERS, stream, OK).await?;
        let window = peer.window.min(peer.connection_window);
        let narrow = if window < peer.window { 0 } else { stream };
        let mut left = window;
        while left > 0 {
            let length = left.min(16 * 1024);
            peer.send(DATA, 0, stream, &vec![b'x'; length]).await?;
            left -= length;
        }
        // A client that reads ahead gives the window back between these.
        let mut given_back = 0;
        for _ in 0..100 {
            let frames = peer.ping().await?.into_iter();
            let updates = frames.filter(|frame| frame.kind == WINDOW_UPDATE);
            given_back += updates.filter(|frame| frame.stream == narrow).count();
        }
        let _ = stopped.send((window, given_back));
        while peer.next(WINDOW_UPDATE).await?.stream != narrow {}
        peer.send(DATA, END_STREAM, stream, b"end").await?;
        peer.closed().await;
        Ok(())
    })?;
    let response = site.transport.send(post(&site.url())?).await?;
    let stopped = stop_seen.recv().await;
    let (window, given_back) = stopped.or_fail("the server ended")?;
    ensure!(window <= UNREAD, "{window} bytes were taken for nobody");
    ensure_eq!(given_back, 0, "how often the server was asked for more");
    let length = read(response).await?.len();
    ensure_eq!(length, window + 3, "the length of the body");
    Ok(())
}
