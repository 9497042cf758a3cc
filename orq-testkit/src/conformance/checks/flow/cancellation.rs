//! What is dropped stops, and what nobody reads waits.

use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::sync::oneshot;

use super::{lock, next};
use crate::conformance::{
    exchange::{became, get, post, read, until},
    failure::{Outcome, ensure, ensure_eq},
    raw::{RawServer, invalid},
    subject::Subject,
};

/// A value for the handler of the first connection. Any other connection fails.
pub(super) struct Once<T>(Mutex<Option<T>>);

impl<T> Once<T> {
    pub(super) fn new(value: T) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Some(value))))
    }

    pub(super) fn take(&self) -> io::Result<T> {
        let value = lock(&self.0).take();
        value.ok_or_else(|| invalid("there is more than one connection"))
    }
}

pub(crate) async fn dropping_the_request_closes_its_connection(subject: &Subject) -> Outcome {
    let (got_request, request_seen) = oneshot::channel();
    let (closed, close_seen) = oneshot::channel();
    let signals = Once::new((got_request, closed));
    let server = RawServer::serving(move |mut connection| {
        let signals = signals.take();
        async move {
            let (got_request, closed) = signals?;
            connection.request().await?;
            let _ = got_request.send(());
            connection.closed().await;
            let _ = closed.send(());
            Ok(())
        }
    })?;
    let transport = subject.transport();
    let mut sending = transport.send(post(&server.url("/"))?);
    until(request_seen, &mut sending).await??;
    drop(sending);
    close_seen.await?;
    Ok(())
}

pub(crate) async fn dropping_the_body_closes_its_connection(subject: &Subject) -> Outcome {
    let (closed, close_seen) = oneshot::channel();
    let signal = Once::new(closed);
    let server = RawServer::serving(move |mut connection| {
        let closed = signal.take();
        async move {
            let closed = closed?;
            connection.request().await?;
            connection
                .write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n")
                .await?;
            connection.closed().await;
            let _ = closed.send(());
            Ok(())
        }
    })?;
    let transport = subject.transport();
    let response = transport.send(get(&server.url("/"))?).await?;
    let mut body = response.into_body();
    ensure_eq!(
        next(&mut body, 3).await?,
        "one",
        "what was sent of the body"
    );
    drop(body);
    close_seen.await?;
    Ok(())
}

/// The most that a server may have written into a body that nobody reads, in bytes: the kernel's buffers at
/// both ends and one buffer of the library's.
const UNREAD: usize = 8 << 20;

pub(crate) async fn an_unread_body_stops_the_server(subject: &Subject) -> Outcome {
    const TOTAL: usize = 16 << 20;
    let written = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&written);
    let (finished, mut finish_seen) = oneshot::channel();
    let signal = Once::new(finished);
    let server = RawServer::serving(move |mut connection| {
        let (counter, finished) = (Arc::clone(&counter), signal.take());
        async move {
            let finished = finished?;
            connection.request().await?;
            connection
                .write(format!(
                    "HTTP/1.1 200 OK\r\ncontent-length: {TOTAL}\r\n\r\n"
                ))
                .await?;
            let block = [b'x'; 16 * 1024];
            for _ in 0..TOTAL / block.len() {
                connection.write(block).await?;
                counter.fetch_add(block.len(), Ordering::SeqCst);
            }
            let _ = finished.send(());
            connection.closed().await;
            Ok(())
        }
    })?;
    let mut answer = b"HTTP/1.1 200 OK\r\ncontent-length: 8388608\r\n\r\n".to_vec();
    answer.resize(answer.len() + (8 << 20), b'y');
    let yardstick = RawServer::answering(answer)?;
    let transport = subject.transport();
    let response = transport.send(get(&server.url("/"))?).await?;
    // Work of another connection stands for time: it moves more bytes than the whole unread body holds.
    for _ in 0..4 {
        let moved = became(&transport, get(&yardstick.url("/"))?).await?;
        ensure_eq!(moved, "ok, 8388608 bytes", "another body meanwhile");
    }
    let unread = written.load(Ordering::SeqCst);
    ensure!(unread < UNREAD, "{unread} bytes were taken for nobody");
    ensure!(finish_seen.try_recv().is_err(), "all was taken for nobody");
    // It was held up, not cut off.
    ensure_eq!(read(response).await?.len(), TOTAL, "the length of the body");
    finish_seen.await?;
    Ok(())
}
