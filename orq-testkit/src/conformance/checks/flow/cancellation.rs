//! What is dropped stops, and what nobody reads waits.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use super::next;
use crate::conformance::{
    exchange::{became, get, post, read, until},
    failure::{Outcome, ensure, ensure_eq},
    raw::{RawServer, ok},
    subject::Subject,
};

pub(crate) async fn dropping_the_request_closes_its_connection(subject: &Subject) -> Outcome {
    let server = RawServer::serving(|mut connection| async move {
        connection.request().await?;
        connection.closed().await;
        Ok(())
    })?;
    let transport = subject.transport();
    let mut sending = transport.send(post(&server.url("/"))?);
    until(server.arrived(), &mut sending).await?;
    drop(sending);
    server.ended().await;
    Ok(())
}

pub(crate) async fn dropping_the_body_closes_its_connection(subject: &Subject) -> Outcome {
    let server = RawServer::serving(|mut connection| async move {
        connection.request().await?;
        connection
            .write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n")
            .await?;
        connection.closed().await;
        Ok(())
    })?;
    let transport = subject.transport();
    let response = transport.send(get(&server.url("/"))?).await?;
    let mut body = response.into_body();
    let sent = next(&mut body, 3).await?;
    ensure_eq!(sent, "one", "what was sent of the body");
    drop(body);
    server.ended().await;
    Ok(())
}

/// The most that a server may have written into a body that nobody reads, in bytes: the kernel's buffers at
/// both ends and one buffer of the library's.
const UNREAD: usize = 8 << 20;

pub(crate) async fn an_unread_body_stops_the_server(subject: &Subject) -> Outcome {
    const TOTAL: usize = 16 << 20;
    let written = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&written);
    let server = RawServer::sharing(counter, |mut connection, counter| async move {
        connection.request().await?;
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {TOTAL}\r\n\r\n");
        connection.write(head).await?;
        let block = [b'x'; 16 * 1024];
        for _ in 0..TOTAL / block.len() {
            connection.write(block).await?;
            counter.fetch_add(block.len(), Ordering::SeqCst);
        }
        connection.closed().await;
        Ok(())
    })?;
    let yardstick = RawServer::answering(ok("", vec![b'y'; 8 << 20]))?;
    let transport = subject.transport();
    let response = transport.send(get(&server.url("/"))?).await?;
    // Work of another connection stands for time: it moves more bytes than the whole unread body holds.
    for _ in 0..4 {
        let moved = became(&transport, get(&yardstick.url("/"))?).await?;
        ensure_eq!(moved, "ok, 8388608 bytes", "another body meanwhile");
    }
    let unread = written.load(Ordering::SeqCst);
    ensure!(unread < UNREAD, "{unread} bytes were taken for nobody");
    // It was held up, not cut off.
    ensure_eq!(read(response).await?.len(), TOTAL, "the length of the body");
    Ok(())
}
