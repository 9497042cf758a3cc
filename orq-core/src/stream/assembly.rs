//! Chunks put together again.

use std::{collections::HashMap, mem};

use super::{delta::Delta, weight::weight};
use crate::model::{
    Choice, Completion, CompletionChunk, CompletionMessage, Content, ContentPart, JsonMap,
    MessageKind, Nullable, TextPart, ToolCall,
};

/// How many choices, tool calls and unknown fields an answer may have. Each is searched for among the others.
const MOST_MEMBERS: usize = 4096;

/// The completion so far, and what it takes to go on with it.
#[derive(Debug)]
pub(super) struct Assembly {
    completion: Completion,
    /// How many bytes may be put together, and how many have come.
    limit: usize,
    size: usize,
    /// How many choices, tool calls and unknown fields may still be added.
    room: usize,
    /// For each choice of the completion, the index of each of its tool calls, with its place.
    tool_calls_at: Vec<HashMap<u64, usize>>,
}

impl Assembly {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            completion: Completion::default(),
            limit,
            size: 0,
            room: MOST_MEMBERS,
            tool_calls_at: Vec::new(),
        }
    }

    /// The limit, if more has come than it allows. What came from then on is not part of the completion.
    pub(super) fn exceeded(&self) -> Option<usize> {
        (self.size > self.limit || self.room == 0).then_some(self.limit)
    }

    pub(super) fn completion(&self) -> &Completion {
        &self.completion
    }

    pub(super) fn take(&mut self) -> Completion {
        self.tool_calls_at.clear();
        mem::take(&mut self.completion)
    }

    /// Adds a chunk, and tells `deltas` what it brought.
    pub(super) fn merge(&mut self, chunk: &CompletionChunk, deltas: &mut impl FnMut(Delta)) {
        self.size = self.size.saturating_add(weight(chunk));
        if self.exceeded().is_some() {
            // The text goes on to its reader.
            return Self::new(usize::MAX).merge(chunk, deltas);
        }
        let whole = &mut self.completion;
        latest(&mut whole.id, &chunk.id);
        latest(&mut whole.created, &chunk.created);
        latest(&mut whole.object, &chunk.object);
        latest(&mut whole.model, &chunk.model);
        latest(&mut whole.provider, &chunk.provider);
        if whole.is_final != Some(true) {
            latest(&mut whole.is_final, &chunk.is_final);
        }
        latest(&mut whole.integration_id, &chunk.integration_id);
        latest(&mut whole.telemetry, &chunk.telemetry);
        latest(&mut whole.finalized, &chunk.finalized);
        if whole.provider_response.is_none()
            || chunk
                .provider_response
                .as_ref()
                .is_some_and(|raw| !raw.is_null())
        {
            latest(&mut whole.provider_response, &chunk.provider_response);
        }
        latest_nullable(&mut whole.system_fingerprint, &chunk.system_fingerprint);
        latest_nullable(&mut whole.usage, &chunk.usage);
        overlay(&mut whole.extra, &chunk.extra, &mut self.room);
        if let Some(more) = &chunk.retrievals
            && whole.retrievals.as_ref() != Some(more)
        {
            whole
                .retrievals
                .get_or_insert_default()
                .extend(more.iter().cloned());
        }
        for (position, choice) in chunk.choices.iter().enumerate() {
            self.merge_choice(position as u64, choice, deltas);
        }
        if let Nullable::Value(usage) = &chunk.usage {
            deltas(Delta::Usage(usage.clone()));
        }
    }

    fn merge_choice(&mut self, position: u64, choice: &Choice, deltas: &mut impl FnMut(Delta)) {
        let index = choice.index.unwrap_or(position);
        let choices = &mut self.completion.choices;
        let found = choices.binary_search_by_key(&index, |choice| choice.index.unwrap_or_default());
        let at = match found {
            Ok(at) => at,
            Err(_) if !take(&mut self.room) => return,
            Err(at) => {
                let index = Some(index);
                choices.insert(
                    at,
                    Choice {
                        index,
                        ..Choice::default()
                    },
                );
                self.tool_calls_at.insert(at, HashMap::new());
                at
            }
        };
        let (Some(whole), Some(keys)) = (choices.get_mut(at), self.tool_calls_at.get_mut(at))
        else {
            return;
        };
        overlay(&mut whole.extra, &choice.extra, &mut self.room);
        if let Some(message) = &choice.message {
            merge_message(
                whole.message.get_or_insert_default(),
                keys,
                index,
                message,
                &mut self.room,
                deltas,
            );
        }
        latest_nullable(&mut whole.finish_reason, &choice.finish_reason);
        if let Nullable::Value(reason) = &choice.finish_reason {
            deltas(Delta::Finish {
                choice: index,
                reason: reason.clone(),
            });
        }
    }
}

fn merge_message(
    whole: &mut CompletionMessage,
    keys: &mut HashMap<u64, usize>,
    choice: u64,
    piece: &CompletionMessage,
    room: &mut usize,
    deltas: &mut impl FnMut(Delta),
) {
    // A message that once held tool calls or an image stays of that kind, whatever closes it.
    if matches!(whole.kind, None | Some(MessageKind::Content)) {
        latest(&mut whole.kind, &piece.kind);
    }
    latest(&mut whole.role, &piece.role);
    overlay(&mut whole.extra, &piece.extra, room);
    if let Some(reasoning) = append(&mut whole.reasoning, &piece.reasoning) {
        deltas(Delta::Reasoning {
            choice,
            text: reasoning.to_owned(),
        });
    }
    append(&mut whole.reasoning_signature, &piece.reasoning_signature);
    append(&mut whole.redacted_reasoning, &piece.redacted_reasoning);
    append_content(&mut whole.content, &piece.content);
    if let Nullable::Value(content) = &piece.content {
        let text = content.text();
        if !text.is_empty() {
            deltas(Delta::Text {
                choice,
                text: text.into_owned(),
            });
        }
    }
    match (&mut whole.refusal, &piece.refusal) {
        (Nullable::Value(whole), Nullable::Value(piece)) => whole.push_str(piece),
        (whole, piece) => latest_nullable(whole, piece),
    }
    if let Nullable::Value(text) = &piece.refusal
        && !text.is_empty()
    {
        deltas(Delta::Refusal {
            choice,
            text: text.clone(),
        });
    }
    latest(&mut whole.url, &piece.url);
    if let Some(url) = &piece.url {
        deltas(Delta::ImageUrl {
            choice,
            url: url.clone(),
        });
    }
    if let Some(calls) = &piece.tool_calls {
        let whole = whole.tool_calls.get_or_insert_default();
        for (position, call) in calls.iter().enumerate() {
            let place = (choice, position as u64);
            merge_tool_call(whole, keys, place, call, room, deltas);
        }
    }
}

fn merge_tool_call(
    calls: &mut Vec<ToolCall>,
    keys: &mut HashMap<u64, usize>,
    (choice, position): (u64, u64),
    piece: &ToolCall,
    room: &mut usize,
    deltas: &mut impl FnMut(Delta),
) {
    let key = piece.index.unwrap_or(position);
    // The latest call of this key goes on, unless the piece can't be of it: then it is another call.
    let known = keys
        .get(&key)
        .copied()
        .filter(|at| calls.get(*at).is_some_and(|call| goes_on(call, piece)));
    let at = known.unwrap_or(calls.len());
    if known.is_none() {
        if !take(room) {
            return;
        }
        keys.insert(key, at);
        calls.push(piece.clone());
        deltas(Delta::ToolCallStart {
            choice,
            index: at,
            id: piece.id.clone(),
            name: piece.function.name.clone(),
        });
    } else if let Some(whole) = calls.get_mut(at) {
        if piece.id.as_ref().is_some_and(|id| !id.is_empty()) {
            latest(&mut whole.id, &piece.id);
        }
        latest(&mut whole.kind, &piece.kind);
        latest(&mut whole.thought_signature, &piece.thought_signature);
        latest(&mut whole.extra_content, &piece.extra_content);
        overlay(&mut whole.extra, &piece.extra, room);
        overlay(&mut whole.function.extra, &piece.function.extra, room);
        // Some servers repeat the name with every piece of the arguments.
        if whole.function.name != piece.function.name {
            append(&mut whole.function.name, &piece.function.name);
        }
        append(&mut whole.function.arguments, &piece.function.arguments);
    }
    if let Some(arguments) = &piece.function.arguments
        && !arguments.is_empty()
    {
        deltas(Delta::ToolCallArguments {
            choice,
            index: at,
            arguments: arguments.clone(),
        });
    }
}

/// Whether `piece` can be more of `call`. Some servers give every call the same index, or none.
fn goes_on(call: &ToolCall, piece: &ToolCall) -> bool {
    let differ = |old: &Option<String>, new: &Option<String>| match (old.as_deref(), new.as_deref())
    {
        (None | Some(""), _) | (_, None | Some("")) => false,
        (old, new) => old != new,
    };
    let has_arguments = call
        .function
        .arguments
        .as_ref()
        .is_some_and(|text| !text.is_empty());
    let other_name = has_arguments && differ(&call.function.name, &piece.function.name);
    !differ(&call.id, &piece.id) && !other_name
}

fn append_content(whole: &mut Nullable<Content>, piece: &Nullable<Content>) {
    let Nullable::Value(piece) = piece else {
        return latest_nullable(whole, piece);
    };
    match (whole, piece) {
        (Nullable::Value(Content::Text(whole)), Content::Text(piece)) => whole.push_str(piece),
        (Nullable::Value(whole), piece) => {
            let mut joined = parts(mem::replace(whole, Content::Parts(Vec::new())));
            for part in parts(piece.clone()) {
                match (joined.last_mut(), part) {
                    (Some(ContentPart::Text(last)), ContentPart::Text(part))
                        if is_plain(last) && is_plain(&part) =>
                    {
                        last.text.push_str(&part.text);
                    }
                    (_, part) => joined.push(part),
                }
            }
            *whole = Content::Parts(joined);
        }
        (whole, piece) => *whole = Nullable::Value(piece.clone()),
    }
}

fn parts(content: Content) -> Vec<ContentPart> {
    match content {
        Content::Text(text) => vec![ContentPart::text(text)],
        Content::Parts(parts) => parts,
    }
}

fn is_plain(part: &TextPart) -> bool {
    part.cache_control.is_none() && part.extra.is_empty()
}

fn latest<T: Clone>(whole: &mut Option<T>, piece: &Option<T>) {
    if piece.is_some() {
        whole.clone_from(piece);
    }
}

/// A value beats null, and null beats nothing.
fn latest_nullable<T: Clone>(whole: &mut Nullable<T>, piece: &Nullable<T>) {
    match piece {
        Nullable::Value(_) => whole.clone_from(piece),
        Nullable::Null if whole.is_absent() => *whole = Nullable::Null,
        Nullable::Null | Nullable::Absent => {}
    }
}

/// Appends a piece of text, and returns it if there is any.
fn append<'a>(whole: &mut Option<String>, piece: &'a Option<String>) -> Option<&'a str> {
    let piece = piece.as_deref()?;
    whole.get_or_insert_default().push_str(piece);
    (!piece.is_empty()).then_some(piece)
}

/// Takes over unknown fields, of which the last value counts.
fn overlay(whole: &mut JsonMap, piece: &JsonMap, room: &mut usize) {
    for (key, value) in piece.iter() {
        if whole.contains_key(key) || take(room) {
            whole.insert_raw(key, value.clone());
        } else {
            return;
        }
    }
}

/// Whether there is room for one more.
fn take(room: &mut usize) -> bool {
    let Some(left) = room.checked_sub(1) else {
        return false;
    };
    *room = left;
    true
}
