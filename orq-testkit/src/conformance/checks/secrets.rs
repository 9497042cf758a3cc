//! The key is shown nowhere. Besides these two, each check that sees an error searches it and all that caused it.

use std::fmt::Debug;

use futures::StreamExt;

use crate::conformance::{
    exchange::{SECRET, became, get, post, until},
    failure::{CheckFailed, OrFail, Outcome, ensure},
    raw::RawServer,
    subject::Subject,
};

fn shows_no_key(shown: &impl Debug, what: &str) -> Result<(), CheckFailed> {
    let shown = format!("{shown:?}\n{shown:#?}");
    ensure!(!shown.contains(SECRET), "{what} shows the key: {shown}");
    Ok(())
}

/// Before a request, while it waits for its answer, while its body is read, after it, and after a failure.
pub(super) async fn the_transport_shows_no_key(subject: &Subject) -> Outcome {
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nhalf";
    let (server, gate) = RawServer::gated(["", half, "half"])?;
    let transport = subject.transport();
    shows_no_key(&transport, "the transport")?;
    let mut sending = transport.send(get(&server.url("/"))?);
    until(server.arrived(), &mut sending).await?;
    shows_no_key(&transport, "the transport that waits for an answer")?;
    gate.notify_one();
    let mut body = sending.await?.into_body();
    body.next().await.or_fail("the body ended early")??;
    shows_no_key(&transport, "the transport that reads a body")?;
    gate.notify_one();
    while let Some(chunk) = body.next().await {
        chunk?;
    }
    shows_no_key(&transport, "the transport after an answer")?;
    let closing = RawServer::serving(|_| async { Ok(()) })?;
    became(&transport, post(&closing.url("/"))?).await?;
    shows_no_key(&transport, "the transport after a failure")
}

pub(super) async fn the_response_shows_no_key(subject: &Subject) -> Outcome {
    let server = RawServer::answering("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nbody")?;
    let response = subject.transport().send(post(&server.url("/"))?).await?;
    shows_no_key(&response, "the response")
}
