//! A reader of deltas, which does with each what its documentation says.

use std::collections::BTreeMap;

use futures::{TryStreamExt, executor::block_on};
use orq_core::{
    Delta,
    model::{Choice, Completion, CompletionMessage, ToolCall, Usage},
};
use orq_testkit::MemoryTransport;
use serde_json::Value;

/// What a reader of the deltas of a choice knows of it, and what the assembled choice says of the same.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Known {
    pub(crate) text: String,
    pub(crate) reasoning: String,
    pub(crate) refusal: String,
    pub(crate) url: String,
    pub(crate) finish_reason: String,
    /// The id, name and arguments of each tool call.
    pub(crate) calls: Vec<[String; 3]>,
}

/// The assembled completion of a stream of these chunks, and its deltas.
pub(crate) fn read(chunks: &[Value]) -> (Completion, Vec<Delta>) {
    let open = || {
        let memory = MemoryTransport::new();
        let events = chunks.iter().map(Value::to_string);
        memory.reply_sse(events.chain(["[DONE]".to_owned()]));
        super::deltas(memory)
    };
    block_on(async {
        let whole = open().await.finish().await.unwrap();
        (
            whole.into_inner(),
            open().await.try_collect().await.unwrap(),
        )
    })
}

/// The choices and the usage that a reader knows from these deltas.
pub(crate) fn known(deltas: Vec<Delta>) -> (BTreeMap<u64, Known>, Option<Usage>) {
    let mut choices = BTreeMap::<u64, Known>::new();
    let mut counts = None;
    for delta in deltas {
        match delta {
            Delta::Text { choice, text, .. } => choices.entry(choice).or_default().text += &text,
            Delta::Reasoning { choice, text, .. } => {
                choices.entry(choice).or_default().reasoning += &text;
            }
            Delta::Refusal { choice, text, .. } => {
                choices.entry(choice).or_default().refusal += &text;
            }
            Delta::ToolCallStart {
                choice,
                index,
                id,
                name,
                ..
            } => {
                let calls = &mut choices.entry(choice).or_default().calls;
                if calls.len() <= index {
                    calls.resize_with(index + 1, Default::default);
                }
                let [id, name] = [id, name].map(Option::unwrap_or_default);
                calls[index] = [id, name, String::new()];
            }
            Delta::ToolCallArguments {
                choice,
                index,
                arguments,
                ..
            } => choices.entry(choice).or_default().calls[index][2] += &arguments,
            Delta::ImageUrl { choice, url, .. } => choices.entry(choice).or_default().url = url,
            Delta::Finish { choice, reason, .. } => {
                choices.entry(choice).or_default().finish_reason = reason.to_string();
            }
            Delta::Usage(usage) => counts = Some(usage),
            other => panic!("{other:?}"),
        }
    }
    (choices, counts)
}

pub(crate) fn called(calls: &[ToolCall]) -> Vec<[String; 3]> {
    let fields = |call: &ToolCall| {
        let texts = [
            call.id.as_deref().unwrap_or_default(),
            call.name(),
            call.arguments_text(),
        ];
        texts.map(str::to_owned)
    };
    calls.iter().map(fields).collect()
}

fn told(choice: &Choice) -> Known {
    let nothing = CompletionMessage::default();
    let message = choice.message.as_ref().unwrap_or(&nothing);
    let text = |text: Option<&String>| text.cloned().unwrap_or_default();
    let reason = choice.finish_reason.as_option();
    Known {
        text: message.text().unwrap_or_default().into_owned(),
        reasoning: text(message.reasoning.as_ref()),
        refusal: text(message.refusal.as_option()),
        url: text(message.url.as_ref()),
        finish_reason: reason.map(ToString::to_string).unwrap_or_default(),
        calls: called(message.tool_calls.as_deref().unwrap_or_default()),
    }
}

/// The assembled completion of these chunks, of which a reader of the deltas must know the same.
#[track_caller]
pub(crate) fn agreed(chunks: &[Value]) -> Completion {
    let (whole, deltas) = read(chunks);
    let (mut choices, usage) = known(deltas);
    for choice in &whole.choices {
        let known = choices.remove(&choice.index.unwrap()).unwrap_or_default();
        assert_eq!(known, told(choice), "{chunks:?}");
    }
    assert!(choices.is_empty(), "{choices:?}");
    let counts = |usage: &Usage| {
        let details = usage.prompt_tokens_details.as_ref();
        let cached = details.and_then(|details| details.cached_tokens.into_option());
        let details = usage.completion_tokens_details.as_option();
        let reasoning = details.and_then(|details| details.reasoning_tokens.into_option());
        let [all, read, written] = [
            usage.total_tokens,
            usage.prompt_tokens,
            usage.completion_tokens,
        ];
        [all, read, written, cached, reasoning]
    };
    let nothing = Usage::default();
    let told = whole.usage().unwrap_or(&nothing);
    assert_eq!(
        counts(usage.as_ref().unwrap_or(&nothing)),
        counts(told),
        "{chunks:?}"
    );
    whole
}
