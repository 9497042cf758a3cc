//! Opening a stream: waits for the first event of a response.

use std::future::poll_fn;

use bytes::Bytes;

use super::{
    completion_stream::CompletionStream,
    form::{Form, read},
    item::Item,
};
use crate::{
    call::{Answer, Exchange, TimedBody},
    error::{Error, says_error},
    model::{Completion, CompletionChunk},
    response::ResponseMeta,
};

impl Answer for CompletionChunk {
    fn is_error(&self) -> bool {
        says_error(&self.choices, &self.extra, self.has_rest())
    }

    fn lacks(&self) -> Option<&'static str> {
        self.is_blank().then_some("choices")
    }

    fn into_partial(self) -> Option<Completion> {
        Completion::from(self).into_partial()
    }
}

/// Opens the stream of a 2xx response, and waits for its first event. A JSON document becomes a stream of one chunk.
pub(crate) async fn open(
    exchange: &Exchange,
    meta: ResponseMeta,
    body: Box<TimedBody>,
) -> Result<Box<CompletionStream>, Error> {
    let mut stream = match read::<CompletionChunk>(exchange, meta, body).await? {
        Form::Events(mut stream) => {
            stream.wait_for_first().await?;
            stream
        }
        Form::Document(response) => {
            let (chunk, meta) = response.into_parts();
            let body = Box::new(TimedBody::of(Bytes::new()));
            let mut stream = Box::new(CompletionStream::new(exchange, meta, body));
            stream.reader.push_front(Item::Done);
            stream.reader.push_front(Item::Chunk(Box::new(chunk)));
            stream
        }
    };
    stream.recorder = exchange.recorder.clone();
    Ok(stream)
}

impl CompletionStream {
    /// Waits for the first chunk or the end mark. An error before it is returned by the call.
    async fn wait_for_first(&mut self) -> Result<(), Error> {
        let item = poll_fn(|cx| self.reader.poll_item(cx)).await;
        let has_begun = matches!(item, Item::Chunk(_) | Item::Done);
        self.reader.push_front(item);
        match has_begun {
            true => Ok(()),
            false => self.next_chunk().await.map(drop),
        }
    }
}
