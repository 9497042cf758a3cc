//! The answer of invoke, at once or as an event stream.

use std::iter;

use bytes::Bytes;
use serde_json::{Value, json};

use super::{
    answer::Answer, conversation::Conversation, delta::Deltas, exchange::Exchange,
    request::DeploymentRequest, settings::Settings,
};

/// All deployments of the double belong to one integration.
const INTEGRATION_ID: &str = "01JGFJJZ000000000000000001";

/// An answer and what goes around it.
pub(super) struct Completion {
    exchange: Exchange,
    object: &'static str,
    model: String,
    provider: String,
    answer: Answer,
    /// Usage and retrievals, as far as they were asked for.
    extras: Vec<(&'static str, Value)>,
    mocked: bool,
}

impl Completion {
    pub(super) fn new(
        exchange: Exchange,
        settings: &Settings,
        request: &DeploymentRequest,
        conversation: &Conversation,
        answer: Answer,
    ) -> Self {
        let mocked = request.mock_response().is_some();
        let mut extras = Vec::new();
        if request.include_usage() && !mocked {
            extras.push(("usage", usage(conversation, &answer)));
        }
        if request.include_retrievals() && !mocked {
            extras.push(("retrievals", json!(settings.retrievals())));
        }
        let object = match (mocked, settings.model_type()) {
            (false, "image") => "image",
            (_, "completion") => "completion",
            _ => "chat",
        };
        Self {
            exchange,
            object,
            model: settings.model().to_owned(),
            provider: settings.provider().to_owned(),
            answer,
            extras,
            mocked,
        }
    }

    /// The whole answer in one.
    pub(super) fn into_json(self) -> Value {
        let mut completion = self.envelope(self.answer.message(), true);
        if !self.mocked {
            let id = format!("fake-{}", self.exchange.number);
            let response = json!({"id": id, "model": self.model});
            set(&mut completion, "provider_response", response);
        }
        completion
    }

    /// The answer as the events of a stream, each made when it is asked for. The last is `[DONE]`.
    pub(super) fn into_events(self) -> impl Iterator<Item = Bytes> {
        let mut deltas = Deltas::new(self.answer.clone()).peekable();
        let chunks = iter::from_fn(move || {
            let delta = deltas.next()?;
            let mut chunk = self.envelope(delta, deltas.peek().is_none());
            set(&mut chunk, "provider_response", Value::Null);
            Some(Bytes::from(format!("data: {chunk}\n\n")))
        });
        chunks.chain(iter::once(Bytes::from_static(b"data: [DONE]\n\n")))
    }

    fn envelope(&self, message: Value, is_final: bool) -> Value {
        let finish_reason = is_final.then_some(&self.answer.finish_reason);
        let mut envelope = json!({
            "id": self.exchange.ulid(),
            "created": self.exchange.date(),
            "object": self.object,
            "model": self.model,
            "provider": self.provider,
            "is_final": is_final,
            "integration_id": INTEGRATION_ID,
            "telemetry": self.exchange.telemetry(),
            "system_fingerprint": null,
            "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
        });
        if is_final {
            set(&mut envelope, "finalized", json!(self.exchange.date()));
            for (name, value) in &self.extras {
                set(&mut envelope, name, value.clone());
            }
        }
        envelope
    }
}

fn set(object: &mut Value, name: &str, value: Value) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(name.to_owned(), value);
    }
}

fn usage(conversation: &Conversation, answer: &Answer) -> Value {
    let (prompt, completion) = (conversation.tokens(), answer.tokens());
    json!({
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": answer.reasoning_tokens()},
    })
}
