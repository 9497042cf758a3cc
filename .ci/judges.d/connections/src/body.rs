//! What the servers answer.

use std::{convert::Infallible, time::Duration};

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use http_body_util::{BodyExt, Full, StreamBody, combinators::BoxBody};
use hyper::{Response, body::Frame, header::CONTENT_TYPE};

/// A response of a server.
pub(crate) type Answer = Response<BoxBody<Bytes, Infallible>>;

/// The event that ends a stream.
pub(crate) const DONE: &str = "data: [DONE]\n\n";

/// Returns the event of one piece of text, which must need no escaping.
pub(crate) fn event(text: &str) -> String {
    format!("data: {}\n\n", message(text))
}

/// Returns a completion whose text is `text`, which must need no escaping.
pub(crate) fn completion(text: &str) -> Answer {
    answer("application/json", Full::from(message(text)).boxed())
}

/// Returns an event stream of these pieces, each sent the given time after the one before it. A piece without bytes at
/// the end delays the end of the body.
pub(crate) fn paced(pieces: Vec<(Duration, String)>) -> Answer {
    events(stream::iter(pieces).then(|(delay, piece)| async move {
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        Bytes::from(piece)
    }))
}

/// Returns an event stream of these pieces. Empty ones aren't sent.
pub(crate) fn events(pieces: impl Stream<Item = Bytes> + Send + Sync + 'static) -> Answer {
    let frames = pieces
        .filter(|piece| std::future::ready(!piece.is_empty()))
        .map(|piece| Ok(Frame::data(piece)));
    answer("text/event-stream", BodyExt::boxed(StreamBody::new(frames)))
}

fn message(text: &str) -> String {
    format!(
        r#"{{"id":"01J","choices":[{{"index":0,"message":{{"role":"assistant","content":"{text}"}}}}]}}"#
    )
}

fn answer(content_type: &'static str, body: BoxBody<Bytes, Infallible>) -> Answer {
    let mut answer = Response::new(body);
    let content_type = hyper::header::HeaderValue::from_static(content_type);
    answer.headers_mut().insert(CONTENT_TYPE, content_type);
    answer
}
