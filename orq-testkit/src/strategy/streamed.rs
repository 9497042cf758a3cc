//! Answers as event streams.

use orq_core::Completion;
use proptest::{collection::vec, prelude::*};
use serde_json::{Map, Value, json};

use crate::guard::fail;

type Object = Map<String, Value>;

/// An answer, and an event stream of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StreamedCompletion {
    /// The whole answer, as a client should assemble it.
    pub completion: Completion,
    /// The data of each event: the chunks as JSON, and at the end `[DONE]`.
    pub events: Vec<String>,
}

impl StreamedCompletion {
    /// Returns the stream's bytes, to be split by a [`Chunking`](super::Chunking).
    pub fn body(&self) -> Vec<u8> {
        let event = |data| format!("data: {data}\n\n");
        let events: String = self.events.iter().map(event).collect();
        events.into_bytes()
    }
}

/// Generates an answer of `completion`, cut into the chunks of an event stream.
///
/// Text, reasoning, refusals and the arguments of tool calls come in pieces of any length, those of several choices
/// interleaved; the other fields come in the first chunk, in the last or in each, and the usage sometimes in a separate
/// chunk. Shrinks towards few chunks.
///
/// Choices, and the tool calls of each, have their position as their index, by which a client joins the pieces.
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
    (draws, completion).prop_map(|(draws, completion)| {
        let completion = number(completion);
        let whole = serde_json::to_value(&completion);
        let whole = whole.unwrap_or_else(|error| fail(&format!("an answer isn't JSON: {error}")));
        let chunks = Cut { draws, next: 0 }.chunks(&whole);
        let mut events: Vec<_> = chunks.iter().map(Value::to_string).collect();
        events.push("[DONE]".to_owned());
        StreamedCompletion { completion, events }
    })
}

/// Gives each choice and each tool call the index of its place.
pub(super) fn number(mut completion: Completion) -> Completion {
    for (index, choice) in (0..).zip(&mut completion.choices) {
        choice.index = Some(index);
        let message = choice.message.iter_mut();
        let calls = message.filter_map(|message| message.tool_calls.as_mut());
        for (index, call) in (0..).zip(calls.flatten()) {
            call.index = Some(index);
        }
    }
    completion
}

/// What each chunk says of the answer.
const ENVELOPE: &str =
    "id created object model provider is_final integration_id telemetry system_fingerprint";

/// The texts of a message, in the order in which they come.
const TEXTS: &str = "reasoning reasoning_signature redacted_reasoning content refusal";

fn only(whole: &Value, names: &str) -> Object {
    let named = |name: &str| Some((name.to_owned(), whole.get(name)?.clone()));
    names.split(' ').filter_map(named).collect()
}

/// Cuts an answer as drawn numbers decide, over and over again from the first. Zeros make the fewest and simplest
/// pieces.
struct Cut {
    draws: Vec<u8>,
    next: usize,
}

impl Cut {
    fn draw(&mut self) -> usize {
        let draw = self.draws.get(self.next).copied();
        self.next = (self.next + 1) % self.draws.len().max(1);
        draw.map_or(0, usize::from)
    }

    /// Yes in one case of four, and never by zeros.
    fn now_and_then(&mut self) -> bool {
        self.draw() % 4 == 3
    }

    fn chunks(&mut self, whole: &Value) -> Vec<Value> {
        let mut envelope = only(whole, ENVELOPE);
        let is_final = envelope.entry("is_final");
        is_final.and_modify(|it| *it = json!(false));
        let choices = whole["choices"].as_array().into_iter().flatten();
        let mut waiting: Vec<_> = choices.map(|it| self.choice(it).into_iter()).collect();
        let is_repeated = !self.now_and_then();
        let mut chunks = vec![(envelope.clone(), Vec::new())];
        while !waiting.is_empty() {
            let place = self.draw() % waiting.len();
            let Some(delta) = waiting.get_mut(place).and_then(Iterator::next) else {
                waiting.remove(place);
                continue;
            };
            let joins = self.now_and_then();
            let is_of = |other: &Value| other["index"] == delta["index"];
            match chunks.last_mut() {
                Some((_, all)) if all.is_empty() || joins && !all.iter().any(is_of) => {
                    all.push(delta);
                }
                _ if is_repeated => chunks.push((envelope.clone(), vec![delta])),
                _ => chunks.push((Object::new(), vec![delta])),
            }
        }
        // The rest comes at the end.
        let mut rest = whole.as_object().cloned().unwrap_or_default();
        let late = self.now_and_then().then(|| rest.remove_entry("usage"));
        if let Some((last, _)) = chunks.last_mut() {
            let is_new = |name: &str| name == "is_final" || !envelope.contains_key(name);
            last.extend(rest.into_iter().filter(|(name, _)| is_new(name)));
        }
        if let Some(usage) = late {
            let mut last = only(whole, ENVELOPE);
            last.extend(usage);
            chunks.push((last, Vec::new()));
        }
        let chunk = |(mut chunk, choices): (Object, Vec<Value>)| {
            chunk.insert("choices".to_owned(), json!(choices));
            Value::Object(chunk)
        };
        chunks.into_iter().map(chunk).collect()
    }

    /// All pieces of a choice, in order. There is at least one.
    fn choice(&mut self, whole: &Value) -> Vec<Value> {
        let mut messages = self.message(&whole["message"]);
        if messages.is_empty() || self.now_and_then() {
            // The end has nothing to say.
            messages.push(None);
        }
        let last = messages.len().saturating_sub(1);
        let delta = |(place, message): (usize, Option<Object>)| {
            let mut delta = only(whole, "index finish_reason");
            if place == last {
                delta = whole.as_object().cloned().unwrap_or_default();
                delta.remove("message");
            } else if let Some(reason) = delta.get_mut("finish_reason") {
                *reason = Value::Null;
            }
            delta.extend(message.map(|it| ("message".to_owned(), Value::Object(it))));
            Value::Object(delta)
        };
        messages.into_iter().enumerate().map(delta).collect()
    }

    fn message(&mut self, whole: &Value) -> Vec<Option<Object>> {
        let Some(mut first) = whole.as_object().cloned() else {
            return Vec::new();
        };
        let mut pieces = Vec::new();
        for name in TEXTS.split(' ') {
            if let Some(text) = whole[name].as_str() {
                first.remove(name);
                let texts = self.pieces(text).into_iter();
                pieces.extend(texts.map(|text| (name, Value::from(text))));
            }
        }
        if let Some(calls) = first.get_mut("tool_calls") {
            for mut call in calls.as_array_mut().map(std::mem::take).unwrap_or_default() {
                // First everything but the arguments, then those, with no more than the index to tell whose they are.
                let index = call["index"].clone();
                let arguments = call.pointer_mut("/function/arguments");
                let arguments = arguments.map(|it| std::mem::replace(it, json!("")));
                pieces.push(("tool_calls", json!([call])));
                let text = arguments.as_ref().and_then(Value::as_str);
                for text in text.map_or_else(Vec::new, |text| self.pieces(text)) {
                    let piece = json!({"index": index, "function": {"arguments": text}});
                    pieces.push(("tool_calls", json!([piece])));
                }
            }
        }
        let labels = match self.now_and_then() {
            true => Object::new(),
            false => only(whole, "type role"),
        };
        let piece = |(name, value): (&str, _)| {
            let mut piece = labels.clone();
            piece.insert(name.to_owned(), value);
            Some(piece)
        };
        let pieces = pieces.into_iter().map(piece);
        std::iter::once(Some(first)).chain(pieces).collect()
    }

    /// Text in pieces of up to 15 characters, or all of it at once. Empty text is one piece.
    fn pieces(&mut self, text: &str) -> Vec<String> {
        let (mut pieces, mut rest) = (Vec::new(), text);
        loop {
            let mut ends = rest.char_indices().map(|(at, _)| at);
            let end = match self.draw() {
                0 => None,
                characters => ends.nth(characters),
            };
            let (piece, behind) = rest.split_at(end.unwrap_or(rest.len()));
            pieces.push(piece.to_owned());
            rest = behind;
            if rest.is_empty() {
                return pieces;
            }
        }
    }
}
