//! Connections that are used again, and what is sent on one that has ended.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Notify,
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
    let gate = Arc::new(Notify::new());
    let sockets = Arc::new(Mutex::new(Vec::new()));
    let shared = (Arc::clone(&gate), Arc::clone(&sockets));
    let server = RawServer::sharing(shared, |mut connection, (gate, sockets)| async move {
        if connection.request().await?.is_some() {
            connection.write(NO_CONTENT).await?;
        }
        lock(&sockets).push(connection);
        gate.notified().await;
        // The pooled connection and the bystander end in one instant.
        lock(&sockets).clear();
        Ok(())
    })?;
    let transport = subject.transport();
    ensure_empty(&transport, post(&server.url("/"))?, "the first request").await?;
    let mut bystander = TcpStream::connect(server.address()).await?;
    bystander.shutdown().await?;
    while lock(&sockets).len() < 2 {
        tokio::task::yield_now().await;
    }
    gate.notify_one();
    // The runtime wakes this task and the pooled connection's at once, and runs this one first.
    let bytes = bystander.read(&mut [0]).await?;
    ensure_eq!(bytes, 0, "bytes for the bystander");
    let second = became(&transport, post(&server.url("/"))?).await?;
    ensure!(server.requests() <= 2, "the request arrived more than once");
    subject.judge(&second, "")
}
