//! Answers as event streams.

use orq_core::{Completion, CompletionChunk, model::Choice};
use proptest::{collection::vec, prelude::*};

use super::cut::Cut;
use crate::guard::fail;

/// An answer, and an event stream that it comes in.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StreamedCompletion {
    /// The whole answer, as a client is to put it together.
    pub completion: Completion,
    /// The data of each event: the chunks as JSON, and at the end `[DONE]`.
    pub events: Vec<String>,
}

impl StreamedCompletion {
    /// The stream's bytes, to be cut by a [`Chunking`](super::Chunking).
    pub fn body(&self) -> Vec<u8> {
        let event = |data| format!("data: {data}\n\n");
        let events: String = self.events.iter().map(event).collect();
        events.into_bytes()
    }
}

/// An answer of `completion`, cut into the chunks of an event stream.
///
/// Text, reasoning, refusals and the arguments of tool calls come in pieces of any length, those of several choices
/// one among the other; the other fields come in the first chunk, in the last or in each, and the usage in a chunk of
/// its own at times. Shrinks towards few chunks.
///
/// Choices, and the tool calls of each, get the index of their place, by which a client joins their pieces.
///
/// ```
/// use futures::executor::block_on;
/// use orq_core::DeploymentRequest;
/// use orq_testkit::strategy::{chunking, completion, streamed_completion};
/// use orq_testkit::{MemoryTransport, Reply};
/// use proptest::prelude::*;
///
/// let all = (streamed_completion(completion()), chunking());
/// proptest!(ProptestConfig::with_cases(16), |((streamed, chunking) in all)| {
///     let memory = MemoryTransport::new();
///     let chunks = chunking.split(&streamed.body()).into_iter().map(<[u8]>::to_vec).collect::<Vec<_>>();
///     memory.reply(Reply::sse_chunks(chunks));
///
///     let call = memory.client().deployments().stream(&DeploymentRequest::new("chat"));
///     let whole = block_on(async { call.await?.finish().await })?;
///     prop_assert_eq!(whole.into_inner(), streamed.completion);
/// });
/// ```
///
/// # Panics
///
/// If an answer can't be written as JSON.
pub fn streamed_completion(
    completion: impl Strategy<Value = Completion>,
) -> impl Strategy<Value = StreamedCompletion> {
    let draws = vec(0_u8..16, 1..24);
    // The draws shrink first, so that the answer shrinks as it is cut in the end.
    (draws, completion).prop_map(|(draws, mut completion)| {
        number(&mut completion);
        let chunks = chunks(&completion, &mut Cut::new(draws));
        let mut events: Vec<_> = chunks.iter().map(json).collect();
        events.push("[DONE]".to_owned());
        StreamedCompletion { completion, events }
    })
}

/// Gives each choice and each tool call the index of its place.
fn number(completion: &mut Completion) {
    for (index, choice) in (0..).zip(&mut completion.choices) {
        choice.index = Some(index);
        let message = choice.message.iter_mut();
        let calls = message
            .filter_map(|message| message.tool_calls.as_mut())
            .flatten();
        for (index, call) in (0..).zip(calls) {
            call.index = Some(index);
        }
    }
}

fn json(chunk: &CompletionChunk) -> String {
    match serde_json::to_string(chunk) {
        Ok(json) => json,
        Err(error) => fail(&format!("an answer can't be written as JSON: {error}")),
    }
}

fn chunks(whole: &Completion, cut: &mut Cut) -> Vec<CompletionChunk> {
    let mut waiting: Vec<_> = whole
        .choices
        .iter()
        .map(|choice| cut.choice(choice).into_iter().peekable())
        .collect();
    let is_repeated = !cut.now_and_then();
    let mut chunks = vec![envelope(whole)];
    while !waiting.is_empty() {
        let place = cut.draw() % waiting.len();
        let Some(choice) = waiting.get_mut(place) else {
            break;
        };
        match choice.next() {
            Some(delta) => add(&mut chunks, delta, whole, is_repeated, cut),
            None => drop(waiting.remove(place)),
        }
    }
    let mut usage = whole.usage.clone();
    let usage_comes_last = cut.now_and_then();
    if let Some(last) = chunks.last_mut() {
        last.is_final = whole.is_final;
        last.finalized.clone_from(&whole.finalized);
        last.retrievals.clone_from(&whole.retrievals);
        last.provider_response.clone_from(&whole.provider_response);
        last.extra.clone_from(&whole.extra);
        if !usage_comes_last {
            last.usage = std::mem::take(&mut usage);
        }
    }
    if usage_comes_last {
        let mut last = envelope(whole);
        last.is_final = whole.is_final;
        last.usage = usage;
        chunks.push(last);
    }
    chunks
}

/// Puts a piece of a choice into a chunk of its own, or into the last one beside another choice's.
fn add(
    chunks: &mut Vec<CompletionChunk>,
    delta: Choice,
    whole: &Completion,
    is_repeated: bool,
    cut: &mut Cut,
) {
    let is_free = |chunk: &CompletionChunk| chunk.choices.iter().all(|it| it.index != delta.index);
    let joins = cut.now_and_then();
    match chunks.last_mut() {
        Some(last) if last.choices.is_empty() || (joins && is_free(last)) => {
            last.choices.push(delta)
        }
        _ => {
            let mut chunk = if is_repeated {
                envelope(whole)
            } else {
                CompletionChunk::default()
            };
            chunk.choices.push(delta);
            chunks.push(chunk);
        }
    }
}

/// A chunk with what is known from the start.
fn envelope(whole: &Completion) -> CompletionChunk {
    let mut chunk = CompletionChunk::default();
    chunk.id.clone_from(&whole.id);
    chunk.created.clone_from(&whole.created);
    chunk.object.clone_from(&whole.object);
    chunk.model.clone_from(&whole.model);
    chunk.provider.clone_from(&whole.provider);
    chunk.is_final = whole.is_final.map(|_| false);
    chunk.integration_id.clone_from(&whole.integration_id);
    chunk.telemetry.clone_from(&whole.telemetry);
    chunk
        .system_fingerprint
        .clone_from(&whole.system_fingerprint);
    chunk
}
