//! The ways to read a stream.

use futures::TryStreamExt;
use orq_core::{CompletionStream, Error, Response, model::Completion};

use crate::{
    chance::Chance,
    said::{Difference, Said},
};

/// What was handed out piece by piece.
#[derive(Debug)]
pub(crate) enum Handed {
    /// The text alone.
    Text(String),
    All(Said),
}

impl Handed {
    /// How it differs from what was assembled.
    pub(crate) fn differs_from(&self, assembled: &Said) -> Option<Difference> {
        match self {
            Self::All(said) => said.differs_from(assembled),
            Self::Text(text) => Said {
                text: text.clone(),
                ..assembled.clone()
            }
            .differs_from(assembled),
        }
    }
}

type Read = (Option<Handed>, Result<Response<Completion>, Error>);

/// Reads a stream to its end, in any of the ways that there are.
pub(crate) async fn read(stream: CompletionStream, chance: &mut Chance) -> Read {
    match chance.within(0..=4) {
        0 => (None, stream.finish().await),
        1 => chunks(stream).await,
        2 => texts(stream).await,
        3 => text_stream(stream).await,
        _ => deltas(stream).await,
    }
}

async fn chunks(mut stream: CompletionStream) -> Read {
    let mut text = String::new();
    loop {
        match stream.next_chunk().await {
            Ok(Some(chunk)) => text += &chunk.text().unwrap_or_default(),
            Ok(None) => return (Some(Handed::Text(text)), stream.finish().await),
            Err(error) => return (Some(Handed::Text(text)), Err(error)),
        }
    }
}

async fn texts(mut stream: CompletionStream) -> Read {
    let mut text = String::new();
    loop {
        match stream.next_text().await {
            Ok(Some(more)) => text += &more,
            Ok(None) => return (Some(Handed::Text(text)), stream.finish().await),
            Err(error) => return (Some(Handed::Text(text)), Err(error)),
        }
    }
}

async fn text_stream(stream: CompletionStream) -> Read {
    let mut texts = stream.into_text();
    let mut text = String::new();
    loop {
        match texts.try_next().await {
            Ok(Some(more)) => text += &more,
            Ok(None) => return (Some(Handed::Text(text)), texts.finish().await),
            Err(error) => return (Some(Handed::Text(text)), Err(error)),
        }
    }
}

async fn deltas(stream: CompletionStream) -> Read {
    let mut deltas = stream.into_deltas();
    let mut said = Said::default();
    loop {
        match deltas.try_next().await {
            Ok(Some(delta)) => said.add(&delta),
            Ok(None) => return (Some(Handed::All(said)), deltas.finish().await),
            Err(error) => return (Some(Handed::All(said)), Err(error)),
        }
    }
}
