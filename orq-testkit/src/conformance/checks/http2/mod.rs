//! HTTP/2 as the TLS handshake chooses it, from a server that writes its frames by hand.

mod cancellation;
mod drain;
mod faults;
mod heads;
mod silence;
mod streams;

use std::{future::Future, io};

use futures::future::try_join_all;
use http::Method;

pub(super) use self::{cancellation::*, drain::*, faults::*, heads::*, silence::*, streams::*};
use super::flow;
use crate::conformance::{
    exchange::{Transport, became, ensure_empty, post, read, request, text},
    failure::{CheckFailed, Outcome, ensure, ensure_eq},
    raw::{
        Authority, Count, RawServer,
        peer::{
            DATA, END_HEADERS, END_STREAM, HEADERS, NO_CONTENT, NOT_MODIFIED_4, OK, OK_4, Peer,
        },
    },
    subject::Subject,
};

/// A server of HTTP/2 and a transport that trusts it.
struct Site {
    server: RawServer,
    transport: Transport,
    authority: Authority,
    /// How many connections began without HTTP/2.
    refused: Count,
}

impl Site {
    fn new<F, H>(subject: &Subject, handler: F) -> Result<Self, CheckFailed>
    where
        F: Fn(Peer) -> H + Clone + Send + Sync + 'static,
        H: Future<Output = io::Result<()>> + Send,
    {
        let authority = Authority::new()?;
        let refused = Count::default();
        let counter = refused.clone();
        let server = RawServer::serving_tls(&authority, &["h2", "http/1.1"], move |connection| {
            let (refused, handler) = (counter.clone(), handler.clone());
            async move {
                let peer = Peer::new(connection).await;
                let peer = peer.inspect_err(|_| refused.add())?;
                handler(peer).await
            }
        })?;
        Ok(Self {
            server,
            transport: subject.trusting(&authority),
            authority,
            refused,
        })
    }

    /// As [`new`](Self::new), with a handler that gets a clone of `shared` too.
    fn sharing<T, F, H>(subject: &Subject, shared: T, handler: F) -> Result<Self, CheckFailed>
    where
        T: Clone + Send + Sync + 'static,
        F: Fn(Peer, T) -> H + Clone + Send + Sync + 'static,
        H: Future<Output = io::Result<()>> + Send,
    {
        Self::new(subject, move |peer| handler(peer, shared.clone()))
    }

    /// A server that answers one request on each connection with a head alone.
    fn answering(subject: &Subject, head: impl Into<Vec<u8>>) -> Result<Self, CheckFailed> {
        Self::sharing(subject, head.into(), |mut peer, head| async move {
            let stream = peer.request().await?;
            peer.answer(stream, &head).await?;
            peer.closed().await;
            Ok(())
        })
    }

    fn url(&self) -> String {
        format!("https://{}/v2", self.server.address())
    }

    /// Judges what becomes of one request, which must arrive once.
    async fn once(&self, subject: &Subject, case: &str) -> Outcome {
        let outcome = self.outcome().await?;
        subject.judge(&outcome, case)
    }

    async fn outcome(&self) -> Result<String, CheckFailed> {
        let outcome = became(&self.transport, post(&self.url())?).await?;
        ensure_eq!(self.server.requests(), 1, "how often a request arrived");
        ensure_eq!(self.server.connections(), 1, "connections for one request");
        Ok(outcome)
    }
}

pub(crate) async fn it_is_offered_in_the_handshake(subject: &Subject) -> Outcome {
    let site = Site::answering(subject, NO_CONTENT)?;
    let outcome = became(&site.transport, post(&site.url())?).await?;
    ensure!(
        site.refused.get() == 0,
        "HTTP/2 was not offered; without it, say `.without(Ability::Http2)`"
    );
    ensure_eq!(outcome, "ok, 0 bytes", "a response of 204");
    Ok(())
}

pub(crate) async fn sending_is_tracked(subject: &Subject) -> Outcome {
    flow::tracked(subject, "h2", |connection| async move {
        let mut peer = Peer::new(connection).await?;
        let stream = peer.request().await?;
        peer.answer(stream, NO_CONTENT).await?;
        peer.closed().await;
        Ok(())
    })
    .await
}

pub(crate) async fn exchanges_share_a_connection(subject: &Subject) -> Outcome {
    const COUNT: usize = 16;
    let site = Site::new(subject, |mut peer| async move {
        let first = peer.request().await?;
        peer.answer(first, OK).await?;
        let mut streams = Vec::new();
        while streams.len() < COUNT {
            streams.push(peer.request().await?);
        }
        for stream in streams {
            peer.send(HEADERS, END_HEADERS, stream, OK_4).await?;
            peer.send(DATA, 0, stream, b"bo").await?;
            peer.send(DATA, END_STREAM, stream, b"dy").await?;
        }
        peer.closed().await;
        Ok(())
    })?;
    ensure_empty(&site.transport, post(&site.url())?, "the first request").await?;
    let all = (0..COUNT).map(|_| async {
        let response = site.transport.send(post(&site.url())?).await?;
        read(response).await
    });
    for body in try_join_all(all).await? {
        ensure_eq!(text(&body), "body", "a body");
    }
    ensure_eq!(site.server.connections(), 1, "connections");
    Ok(())
}

/// A length that is told of a body that isn't sent is no sign of a cut one.
pub(crate) async fn responses_without_a_body(subject: &Subject) -> Outcome {
    for (method, head) in [
        (Method::HEAD, OK_4),
        (Method::GET, NOT_MODIFIED_4),
        (Method::POST, NO_CONTENT),
    ] {
        let site = Site::answering(subject, head)?;
        let request = request(method.clone(), &site.url(), "")?;
        ensure_empty(&site.transport, request, method.as_str()).await?;
    }
    Ok(())
}
