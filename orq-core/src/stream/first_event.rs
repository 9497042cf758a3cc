//! Opening a stream: waits for the first event of a response.

use std::future::poll_fn;

use http::header;

use super::{completion_stream::CompletionStream, item::Item};
use crate::{
    call::{Answer, CallFuture, Exchange, TimedBody, answer, says_error},
    error::{Error, ErrorKind},
    headers::{is_event_stream, is_json},
    model::CompletionChunk,
    response::ResponseMeta,
};

impl Answer for CompletionChunk {
    fn is_error(&self) -> bool {
        says_error(&self.choices, &self.extra)
    }
}

/// Opens the stream of a 2xx response, and waits for its first event.
///
/// If the media type is JSON, the body is read to its end, and becomes a stream of one chunk.
pub(crate) fn open(
    exchange: Exchange,
    meta: ResponseMeta,
    mut body: TimedBody,
) -> CallFuture<CompletionStream> {
    Box::pin(async move {
        let recorder = exchange.recorder.clone();
        let is_json = if is_json(&meta.headers) {
            true
        } else if is_event_stream(&meta.headers) {
            false
        } else if meta.headers.contains_key(header::CONTENT_TYPE) {
            body.end_soon();
            let bytes = exchange.collect(&meta, body).await?;
            let why = "the answer is neither an event stream nor JSON".to_owned();
            return Err(exchange.decode_error(ErrorKind::Decode, &meta, &bytes, why));
        } else {
            // Without a media type the first bytes decide. A line that begins with a brace has no meaning in an event
            // stream.
            let located = |error: Error| error.with_response(meta.status, meta.headers.clone());
            let first = body.peek().await.map_err(located)?;
            first.trim_ascii_start().starts_with(b"{")
        };
        let mut stream = if is_json {
            whole(exchange, meta, body).await?
        } else {
            let mut stream = CompletionStream::new(exchange, meta, body);
            stream.wait_for_first().await?;
            stream
        };
        stream.recorder = recorder;
        Ok(stream)
    })
}

async fn whole(
    exchange: Exchange,
    mut meta: ResponseMeta,
    body: TimedBody,
) -> Result<CompletionStream, Error> {
    let (chunk, _) = answer::<CompletionChunk>(&exchange, &mut meta, body).await?;
    let mut stream = CompletionStream::new(exchange, meta, TimedBody::empty());
    stream.reader.push_front(Item::Done);
    stream.reader.push_front(Item::Chunk(Box::new(chunk)));
    Ok(stream)
}

impl CompletionStream {
    /// Waits for the first chunk or the end mark. An error before it is returned by the call.
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
