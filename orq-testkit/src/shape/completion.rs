//! The answer of invoke, at once or as an event stream.

use std::iter;

use bytes::Bytes;
use serde_json::{Value, json};

use super::{answer::ModelAnswer, chunks::Chunks, configuration::Configuration, stamp::Stamp};

/// All deployments of the double belong to one integration.
const INTEGRATION_ID: &str = "01JGFJJZ000000000000000001";

/// An answer and what goes around it.
pub(crate) struct Completion {
    pub(crate) stamp: Stamp,
    pub(crate) object: &'static str,
    pub(crate) model: String,
    pub(crate) provider: String,
    pub(crate) answer: ModelAnswer,
    /// Usage and retrievals, as far as they were asked for.
    pub(crate) extras: Vec<(&'static str, Value)>,
    pub(crate) mocked: bool,
}

impl Completion {
    /// An answer to nothing in particular, from a deployment without settings.
    pub(crate) fn plain(stamp: Stamp, object: &'static str, answer: ModelAnswer) -> Self {
        let configuration = Configuration::default();
        Self {
            stamp,
            object,
            model: configuration.model.to_owned(),
            provider: configuration.provider.to_owned(),
            answer,
            extras: Vec::new(),
            mocked: false,
        }
    }

    /// The whole answer in one.
    pub(crate) fn into_json(self) -> Value {
        let mut completion = self.whole();
        if !self.mocked {
            let id = format!("fake-{}", self.stamp.number);
            let response = json!({"id": id, "model": self.model});
            set(&mut completion, "provider_response", response);
        }
        completion
    }

    /// The answer as the events of a stream, each made when it is asked for. The last is `[DONE]`.
    pub(crate) fn into_events(self) -> impl Iterator<Item = Bytes> {
        let mut whole = self.whole();
        set(&mut whole, "provider_response", Value::Null);
        let chunks = Chunks::new(whole).map(|mut chunk| {
            complete_tool_calls(&mut chunk);
            Bytes::from(format!("data: {chunk}\n\n"))
        });
        chunks.chain(iter::once(Bytes::from_static(b"data: [DONE]\n\n")))
    }

    fn whole(&self) -> Value {
        let (message, finish_reason) = (self.answer.message(), &self.answer.finish_reason);
        let mut whole = json!({
            "id": self.stamp.ulid(),
            "created": self.stamp.date(),
            "object": self.object,
            "model": self.model,
            "provider": self.provider,
            "is_final": true,
            "integration_id": INTEGRATION_ID,
            "telemetry": self.stamp.telemetry(),
            "system_fingerprint": null,
            "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
            "finalized": self.stamp.date(),
        });
        for (name, value) in &self.extras {
            set(&mut whole, name, value.clone());
        }
        whole
    }
}

/// Gives every part of a tool call a type and a name. The schema requires them, and the official Python SDK refuses
/// a stream without.
fn complete_tool_calls(chunk: &mut Value) {
    let calls = chunk.pointer_mut("/choices/0/message/tool_calls");
    for call in calls.and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(call) = call.as_object_mut() {
            call.entry("type").or_insert_with(|| json!("function"));
        }
        if let Some(function) = call.get_mut("function").and_then(Value::as_object_mut) {
            function.entry("name").or_insert_with(|| json!(""));
        }
    }
}

fn set(object: &mut Value, name: &str, value: Value) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(name.to_owned(), value);
    }
}

/// What an answer cost, in tokens.
pub(crate) fn usage(prompt: u64, completion: u64, reasoning: u64) -> Value {
    json!({
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt.saturating_add(completion),
        "prompt_tokens_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": reasoning},
    })
}
