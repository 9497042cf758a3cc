//! Bodies that were read as far as they are needed, and whose rest a transport reads in order to keep the connection.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use tokio::sync::mpsc;

use super::{a_moment, next};
use crate::conformance::{
    exchange::{Transport, post, text, with_context},
    failure::{OrFail, Outcome, ensure_eq},
    raw::{RawServer, invalid},
    subject::Subject,
};

/// The end mark of an event stream.
pub(crate) const MARK: &str = "data: [DONE]\n\n";

/// A response up to its end mark.
const MARKED: &str =
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\ne\r\ndata: [DONE]\n\n\r\n";

/// Reads a response up to its end mark, as the client does, and drops the rest of its body.
pub(crate) async fn complete(transport: &Transport, request: Request<Bytes>) -> Outcome {
    let (request, context) = with_context(request);
    let mut body = transport.send(request).await?.into_body();
    let mark = next(&mut body, MARK.len()).await?;
    ensure_eq!(mark, text(MARK.as_bytes()), "the body up to its mark");
    context.complete();
    drop(body);
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a slow server; nothing is concluded from how long it took"
)]
pub(crate) async fn wait(millis: u64) {
    if millis > 0 {
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }
}

pub(crate) async fn a_complete_body_keeps_its_connection(subject: &Subject) -> Outcome {
    let (ended, mut end_seen) = mpsc::unbounded_channel();
    let server = RawServer::sharing(ended, |mut connection, ended| async move {
        while let Some(request) = connection.request().await? {
            connection.write(MARKED).await?;
            let millis = request.line.split(['/', ' ']).nth(2).unwrap_or_default();
            wait(millis.parse().map_err(invalid)?).await;
            let written = connection.write("0\r\n\r\n").await;
            let _ = ended.send(());
            written?;
        }
        Ok(())
    })?;
    let transport = subject.transport();
    for millis in [0, 1, 10, 50] {
        for round in 1..=3 {
            complete(&transport, post(&server.url(&format!("/{millis}")))?).await?;
            end_seen.recv().await.or_fail("the server ended")?;
            a_moment().await?;
            let case = format!("connections, round {round} of an end after {millis} ms");
            ensure_eq!(server.connections(), 1, "{case}");
        }
    }
    Ok(())
}

/// A server that is silent is waited for with a bound.
pub(crate) async fn a_complete_body_without_an_end_is_closed(subject: &Subject) -> Outcome {
    closed(subject, false).await
}

/// So is one that goes on slowly.
pub(crate) async fn a_complete_body_that_goes_on_is_closed(subject: &Subject) -> Outcome {
    closed(subject, true).await
}

async fn closed(subject: &Subject, goes_on: bool) -> Outcome {
    let server = RawServer::serving(move |mut connection| async move {
        connection.request().await?;
        connection.write(MARKED).await?;
        while goes_on && connection.write("3\r\n:\n\n\r\n").await.is_ok() {
            wait(10).await;
        }
        connection.closed().await;
        Ok(())
    })?;
    complete(&subject.transport(), post(&server.url("/"))?).await?;
    server.ended().await;
    Ok(())
}
