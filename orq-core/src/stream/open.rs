//! From a response's head to a stream that has something to say.

use std::future::poll_fn;

use http::{header, response::Parts};

use super::{CompletionStream, interpret::Item};
use crate::{
    call::{CallFuture, Exchange, answer, is_event_stream, is_json},
    error::{Error, ErrorKind},
    model::CompletionChunk,
    transport::Body,
};

/// Reads a good response as a stream, and waits for its first event.
///
/// The content type decides how: JSON is a stream of one chunk, which is final.
pub(crate) fn open(
    mut exchange: Exchange,
    parts: Parts,
    body: Body,
) -> CallFuture<CompletionStream> {
    Box::pin(async move {
        if is_json(&parts) {
            return whole(exchange, parts, body).await;
        }
        if is_event_stream(&parts) {
            return events(exchange, parts, body).await;
        }
        if parts.headers.contains_key(header::CONTENT_TYPE) {
            let bytes = exchange.collect(&parts, body).await?;
            let why = "the answer is neither an event stream nor JSON";
            return Err(exchange.unreadable(ErrorKind::Decode, &parts, &bytes, why));
        }
        // It doesn't say. No line of an event stream begins with a brace and means anything.
        let (first, body) = exchange.peek(body).await?;
        if first.trim_ascii_start().starts_with(b"{") {
            return whole(exchange, parts, body).await;
        }
        events(exchange, parts, body).await
    })
}

async fn events(exchange: Exchange, parts: Parts, body: Body) -> Result<CompletionStream, Error> {
    let mut stream = CompletionStream::new(exchange, parts, body);
    stream.wait_for_first().await?;
    Ok(stream)
}

async fn whole(
    mut exchange: Exchange,
    parts: Parts,
    body: Body,
) -> Result<CompletionStream, Error> {
    let answer = answer::<CompletionChunk>(&mut exchange, &parts, body).await?;
    let mut stream = CompletionStream::new(exchange, parts, Body::empty());
    stream.reader.warn(answer.warnings.list);
    stream.reader.push_front(Item::Done);
    stream
        .reader
        .push_front(Item::Chunk(Box::new(answer.value)));
    Ok(stream)
}

impl CompletionStream {
    /// Waits until there is something to hand out. A failure before that is the call's.
    async fn wait_for_first(&mut self) -> Result<(), Error> {
        match poll_fn(|cx| self.reader.poll_item(cx)).await {
            Ok(item @ (Item::Chunk(_) | Item::Done)) => {
                self.reader.push_front(item);
                Ok(())
            }
            Ok(failure) => {
                self.reader.push_front(failure);
                self.next_chunk().await.map(drop)
            }
            Err(error) => Err(self.fail(error)),
        }
    }
}
