//! Connections that are used again, and what is sent on one that has ended.

use std::{
    pin::pin,
    sync::{Arc, Mutex},
};

use futures::FutureExt;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::a_moment;
use crate::conformance::{
    checks::fidelity::NO_CONTENT,
    exchange::{became, ensure_empty, post, read, text},
    failure::{Outcome, ensure, ensure_eq},
    raw::RawServer,
    subject::Subject,
};
use crate::lock::lock;

pub(crate) async fn a_connection_is_used_again(subject: &Subject) -> Outcome {
    let server = RawServer::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")?;
    let transport = subject.transport();
    for _ in 0..20 {
        let response = transport.send(post(&server.url("/"))?).await?;
        ensure_eq!(text(&read(response).await?), "ok", "the body");
        // A connection goes back to its pool in a task of its own.
        a_moment().await?;
    }
    ensure_eq!(server.connections(), 1, "connections for 20 requests");
    Ok(())
}

pub(crate) async fn a_connection_that_the_server_closed_sends_nothing_twice(
    subject: &Subject,
) -> Outcome {
    const COUNT: usize = 50;
    let server = RawServer::serving(|mut connection| async move {
        connection.request().await?;
        connection.write(NO_CONTENT).await
    })?;
    let transport = subject.transport();
    let mut answered = 0;
    for _ in 0..COUNT {
        match became(&transport, post(&server.url("/"))?).await?.as_str() {
            "ok, 0 bytes" => answered += 1,
            // Whether the close is seen first is a matter of luck.
            failure => subject.judge(failure, "")?,
        }
    }
    // What the server read, it answered.
    let arrived = server.requests();
    ensure_eq!(arrived, answered, "requests that arrived, and answers");
    Ok(())
}

/// A request for a pooled connection whose end is there to be seen and not yet seen.
pub(crate) async fn a_request_on_a_connection_that_has_just_ended(subject: &Subject) -> Outcome {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let server = RawServer::sharing(Arc::clone(&kept), |mut connection, kept| async move {
        if connection.request().await?.is_some() {
            connection.write(NO_CONTENT).await?;
        }
        lock(&kept).push(connection);
        Ok(())
    })?;
    let transport = subject.transport();
    ensure_empty(&transport, post(&server.url("/"))?, "the first request").await?;
    let mut bystander = TcpStream::connect(server.address()).await?;
    bystander.shutdown().await?;
    while lock(&kept).len() < 2 {
        tokio::task::yield_now().await;
    }
    // A connection goes back to its pool in a task of its own.
    a_moment().await?;
    let mut byte = [0];
    let mut end = pin!(bystander.read(&mut byte));
    ensure!(
        end.as_mut().now_or_never().is_none(),
        "the bystander ended early"
    );
    // This thread is the runtime's, so the transport sees neither end before both have arrived.
    for connection in lock(&kept).drain(..) {
        connection.close()?;
    }
    // The runtime wakes this task and the pooled connection's at once, and runs this one first.
    ensure_eq!(end.await?, 0, "bytes for the bystander");
    let second = became(&transport, post(&server.url("/"))?).await?;
    ensure!(server.requests() <= 2, "the request arrived more than once");
    subject.judge(&second, "")
}
