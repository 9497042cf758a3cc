//! The alternatives of an answer.

use orq_core::model::{
    Choice, CompletionMessage, Content, ContentPart, FinishReason, MessageKind, Nullable, Role,
};
use proptest::{collection::vec, option::of, prelude::*, sample::select};

use super::{
    json::unknown_fields,
    message::{nullable, tool_call},
    part::{base64, image_url},
    text::text,
};

/// An alternative without an index.
pub(super) fn choice() -> impl Strategy<Value = Choice> {
    let reasons = vec![
        "stop",
        "length",
        "max_tokens",
        "content_filter",
        "tool_calls",
        "boredom",
    ];
    let reason = nullable(select(reasons).prop_map(FinishReason::from));
    let message = prop_oneof![9 => message().prop_map(Some), 1 => Just(None)];
    (message, reason, unknown_fields()).prop_map(|(message, finish_reason, extra)| {
        let mut choice = Choice::default();
        choice.message = message;
        choice.finish_reason = finish_reason;
        choice.extra = extra;
        choice
    })
}

fn message() -> impl Strategy<Value = CompletionMessage> {
    let said = prop_oneof![
        5 => content(),
        2 => tool_calls(),
        1 => image_url().prop_map(|url| {
            let mut message = of_kind(MessageKind::Image);
            message.url = Some(url);
            message
        }),
        1 => text().prop_map(|refusal| {
            let mut message = of_kind(MessageKind::Content);
            message.content = Nullable::Null;
            message.refusal = Nullable::Value(refusal);
            message
        }),
    ];
    let reasoning = prop_oneof![
        3 => Just((None, None, None)),
        1 => (of(text()), of(base64()), of(base64())),
    ];
    // Some servers leave out what kind a message is, and who speaks.
    let labels = prop_oneof![8 => Just(true), 1 => Just(false)];
    (said, reasoning, labels, unknown_fields()).prop_map(
        |(mut message, reasoning, has_labels, extra)| {
            (
                message.reasoning,
                message.reasoning_signature,
                message.redacted_reasoning,
            ) = reasoning;
            if !has_labels {
                (message.kind, message.role) = (None, None);
            }
            message.extra = extra;
            message
        },
    )
}

/// Text, as a rule in one piece.
fn content() -> impl Strategy<Value = CompletionMessage> {
    let parts = vec(text().prop_map(ContentPart::text), 0..3);
    let content = prop_oneof![
        8 => text().prop_map(Content::Text),
        1 => parts.prop_map(Content::Parts),
    ];
    content.prop_map(|content| {
        let mut message = of_kind(MessageKind::Content);
        message.content = Nullable::Value(content);
        message
    })
}

/// One call or two, with or without a word about them.
fn tool_calls() -> impl Strategy<Value = CompletionMessage> {
    let content = nullable(text().prop_map(Content::Text));
    (vec(tool_call(), 1..3), content).prop_map(|(mut calls, content)| {
        for (index, call) in (0..).zip(&mut calls) {
            call.index = Some(index);
        }
        let mut message = of_kind(MessageKind::ToolCalls);
        message.content = content;
        message.tool_calls = Some(calls);
        message
    })
}

fn of_kind(kind: MessageKind) -> CompletionMessage {
    let mut message = CompletionMessage::default();
    message.kind = Some(kind);
    message.role = Some(Role::Assistant);
    message
}
