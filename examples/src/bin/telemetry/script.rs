//! The answers of the server that this example asks.

use std::time::Duration;

use orq_testkit::{MemoryTransport, Reply, fixture};
use serde_json::{Value, json};

/// What the users ask, which must not be in any span or metric.
pub(crate) const PROMPT: &str = "a private question";

const ANSWER: &str = "a private answer";

/// The time between the chunks of a stream.
const PACE: Duration = Duration::from_millis(250);

/// Returns a server that answers a call with a retry, a whole stream, a cut one, one that is dropped, a call that fails
/// and a list. Its time is virtual.
pub(crate) fn server() -> MemoryTransport {
    let usage = json!({
        "prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12,
        "prompt_tokens_details": {"cached_tokens": 4}, "completion_tokens_details": {"reasoning_tokens": 3},
    });
    let first = part(ANSWER, Value::Null, Value::Null).to_string();
    let last = part("", json!("stop"), usage.clone()).to_string();
    let whole = [&*first, &*last, "[DONE]"];

    let memory = MemoryTransport::new();
    memory.reply(fixture::rate_limited(Duration::from_secs(1)));
    memory.reply_json(part(ANSWER, json!("stop"), usage));
    memory.reply(Reply::sse(whole).paced(PACE));
    memory.reply(Reply::sse([&*first]).paced(PACE));
    memory.reply(Reply::sse(whole).paced(PACE));
    let refused = json!({"code": "invalid_request_body", "message": PROMPT});
    memory.reply(Reply::json(json!({ "error": refused })).with_status(400));
    memory.reply(fixture::list_page(["greeter"]));
    memory.allow_unread();
    memory
}

/// Returns a part of an answer.
fn part(text: &str, finish: Value, usage: Value) -> Value {
    let choice = json!({"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish});
    json!({
        "id": "01J0000000000000000000ANSW", "model": "gpt-4o", "choices": [choice], "usage": usage,
        "telemetry": {"trace_id": "orq-trace"},
    })
}
