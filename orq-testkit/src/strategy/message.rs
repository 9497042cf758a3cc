//! The messages of a request.

use orq_core::model::{
    AssistantMessage, AudioRef, Content, DeveloperMessage, Message, Nullable, SystemMessage,
    ToolCall, ToolMessage, UserMessage,
};
use proptest::{collection::vec, option::of, prelude::*};
use serde_json::json;

use super::{
    json::json_map,
    part::{assistant_part, cache_control, text_part, user_part},
    text::{name, text},
};

/// A message of any role, with what the role may say.
pub(super) fn message() -> impl Strategy<Value = Message> {
    prop_oneof![
        4 => user(),
        2 => assistant(),
        1 => tool(),
        1 => (instruction(), of(name())).prop_map(|(content, name)| {
            let mut message = SystemMessage::new(content);
            message.name = name;
            message.into()
        }),
        1 => (instruction(), of(name())).prop_map(|(content, name)| {
            let mut message = DeveloperMessage::new(content);
            message.name = name;
            message.into()
        }),
    ]
    .boxed()
}

fn user() -> impl Strategy<Value = Message> {
    let content = prop_oneof![
        2 => text().prop_map(Content::Text),
        1 => vec(user_part(), 0..3).prop_map(Content::Parts),
    ];
    (content, of(name())).prop_map(|(content, name)| {
        let mut message = UserMessage::new(content);
        message.name = name;
        message.into()
    })
}

/// Text, or at least one part of it.
fn instruction() -> impl Strategy<Value = Content> {
    prop_oneof![
        2 => text().prop_map(Content::Text),
        1 => vec(text_part(), 1..3).prop_map(Content::Parts),
    ]
}

fn assistant() -> impl Strategy<Value = Message> {
    let content = prop_oneof![
        3 => text().prop_map(Content::Text),
        1 => vec(assistant_part(), 0..3).prop_map(Content::Parts),
    ];
    let said = (nullable(content), nullable(text()), of(text()));
    let audio = nullable(name().prop_map(AudioRef::new));
    (said, of(vec(tool_call(), 1..3)), audio, of(name())).prop_map(
        |((content, refusal, reasoning_content), tool_calls, audio, name)| {
            let mut message = AssistantMessage::default();
            message.content = content;
            message.refusal = refusal;
            message.reasoning_content = reasoning_content;
            message.tool_calls = tool_calls;
            message.audio = audio;
            message.name = name;
            message.into()
        },
    )
}

fn tool() -> impl Strategy<Value = Message> {
    let id = prop_oneof![
        3 => name().prop_map(Nullable::Value),
        1 => Just(Nullable::Null),
    ];
    (instruction(), id, of(cache_control()), of(name())).prop_map(
        |(content, tool_call_id, cache_control, name)| {
            let mut message = ToolMessage::new(content);
            message.tool_call_id = tool_call_id;
            message.cache_control = cache_control;
            message.name = name;
            message.into()
        },
    )
}

/// A call with arguments that are JSON, or what a model made of it.
pub(super) fn tool_call() -> impl Strategy<Value = ToolCall> {
    let arguments = prop_oneof![
        3 => json_map().prop_map(|map| serde_json::to_string(&map).unwrap_or_default()),
        1 => text(),
    ];
    let signatures = prop_oneof![
        3 => Just((None, None)),
        1 => text().prop_map(|own| (Some(own), None)),
        1 => text().prop_map(|googles| (None, Some(googles))),
    ];
    (name(), name(), arguments, signatures).prop_map(|(id, name, arguments, (own, googles))| {
        let mut call = ToolCall::new(id, name, arguments);
        call.thought_signature = own;
        match googles {
            Some(it) => call.extra_content(json!({"google": {"thought_signature": it}})),
            None => call,
        }
    })
}

/// A value as a rule; or null, or nothing.
pub(super) fn nullable<T: Clone + std::fmt::Debug + 'static>(
    value: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Nullable<T>> {
    prop_oneof![
        1 => Just(Nullable::Absent),
        1 => Just(Nullable::Null),
        3 => value.prop_map(Nullable::Value),
    ]
}
