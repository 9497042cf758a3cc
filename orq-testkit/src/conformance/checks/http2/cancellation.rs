//! What is dropped stops, and what nobody reads waits.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use futures::StreamExt;
use tokio::sync::{Notify, oneshot};

use super::Site;
use crate::conformance::{
    exchange::{post, read, until},
    failure::{CheckFailed, OrFail, Outcome, ensure, ensure_eq},
    raw::{
        invalid,
        peer::{CANCEL, DATA, END_HEADERS, END_STREAM, HEADERS, OK, RST_STREAM, WINDOW_UPDATE},
    },
    subject::Subject,
};

pub(crate) async fn dropping_the_request_resets_its_stream(subject: &Subject) -> Outcome {
    let cancelled = Cancelled::new(subject, None)?;
    let mut sending = cancelled.site.transport.send(post(&cancelled.site.url())?);
    until(cancelled.got_request.notified(), &mut sending).await?;
    drop(sending);
    ensure_eq!(
        cancelled.reset_seen.await?,
        CANCEL.to_be_bytes(),
        "the reset's code"
    );
    Ok(())
}

pub(crate) async fn dropping_the_body_resets_its_stream(subject: &Subject) -> Outcome {
    let cancelled = Cancelled::new(subject, Some(b"half"))?;
    let request = post(&cancelled.site.url())?;
    let response = cancelled.site.transport.send(request).await?;
    let mut body = response.into_body();
    let half = body.next().await.or_fail("the body ended early")??;
    ensure_eq!(half, "half", "what was sent of the body");
    drop(body);
    ensure_eq!(
        cancelled.reset_seen.await?,
        CANCEL.to_be_bytes(),
        "the reset's code"
    );
    Ok(())
}

/// A server that tells when a request is there and with which code its stream is reset.
struct Cancelled {
    got_request: Arc<Notify>,
    reset_seen: oneshot::Receiver<Vec<u8>>,
    site: Site,
}

impl Cancelled {
    fn new(subject: &Subject, answer: Option<&'static [u8]>) -> Result<Self, CheckFailed> {
        let got_request = Arc::new(Notify::new());
        let signal = Arc::clone(&got_request);
        let (reset, reset_seen) = channel();
        let site = Site::new(subject, move |mut peer| {
            let (signal, reset) = (Arc::clone(&signal), Arc::clone(&reset));
            async move {
                let stream = peer.request().await?;
                signal.notify_one();
                if let Some(answer) = answer {
                    peer.send(HEADERS, END_HEADERS, stream, OK).await?;
                    peer.send(DATA, 0, stream, answer).await?;
                }
                let mut frame = peer.next(RST_STREAM).await?;
                while frame.stream != stream {
                    frame = peer.next(RST_STREAM).await?;
                }
                send(&reset, frame.payload)?;
                peer.closed().await;
                Ok(())
            }
        })?;
        Ok(Self {
            got_request,
            reset_seen,
            site,
        })
    }
}

type Sender<T> = Arc<Mutex<Option<oneshot::Sender<T>>>>;

/// A channel for one value, whose sender every connection has.
fn channel<T>() -> (Sender<T>, oneshot::Receiver<T>) {
    let (sender, receiver) = oneshot::channel();
    (Arc::new(Mutex::new(Some(sender))), receiver)
}

fn send<T>(sender: &Sender<T>, value: T) -> io::Result<()> {
    let sender = sender.lock().unwrap_or_else(PoisonError::into_inner).take();
    let sender = sender.ok_or_else(|| invalid("it was sent before"))?;
    sender.send(value).map_err(|_| invalid("the check is over"))
}

/// The most that a server may send into a body that nobody reads, in bytes.
const UNREAD: usize = 256 * 1024;

pub(crate) async fn an_unread_body_stops_the_server(subject: &Subject) -> Outcome {
    let (stopped, stop_seen) = channel();
    let site = Site::new(subject, move |mut peer| {
        let stopped = Arc::clone(&stopped);
        async move {
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
            send(&stopped, (window, given_back))?;
            while peer.next(WINDOW_UPDATE).await?.stream != narrow {}
            peer.send(DATA, END_STREAM, stream, b"end").await?;
            peer.closed().await;
            Ok(())
        }
    })?;
    let response = site.transport.send(post(&site.url())?).await?;
    let (window, given_back) = stop_seen.await?;
    ensure!(window <= UNREAD, "{window} bytes were taken for nobody");
    ensure_eq!(given_back, 0, "how often the server was asked for more");
    ensure_eq!(
        read(response).await?.len(),
        window + 3,
        "the length of the body"
    );
    Ok(())
}
