//! Assembling a completion from chunks.

use std::{collections::HashMap, mem};

use super::{
    delta::Delta,
    merge::{
        FIELDS_OF_MEMBER, append, append_content, fields, latest, latest_nullable, overlay, take,
    },
    tool_calls::merge_tool_call,
};
use crate::model::{Choice, Completion, CompletionChunk, CompletionMessage, MessageKind, Nullable};

/// The maximum number of choices, tool calls, retrievals, content parts and unknown fields of a completion in total.
/// One with more than 32 fields counts as several. They take more memory than their JSON, and some are found by a
/// linear search.
const MOST_MEMBERS: usize = 4096;

/// The completion assembled so far, and the state for adding further chunks.
#[derive(Debug)]
pub(super) struct Assembly {
    completion: Completion,
    /// The maximum size of the JSON of all chunks, and the size so far, in bytes.
    limit: usize,
    size: usize,
    /// The room for further members, in fields. A member takes at least [`FIELDS_OF_MEMBER`].
    room: usize,
    /// For each choice of the completion, a map from the `index` of a tool call to its position in the list.
    tool_calls_at: Vec<HashMap<u64, usize>>,
}

impl Assembly {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            completion: Completion::default(),
            limit,
            size: 0,
            room: MOST_MEMBERS * FIELDS_OF_MEMBER,
            tool_calls_at: Vec::new(),
        }
    }

    /// Returns a message about the limit that was exceeded; `None` if none was. Later chunks are not added.
    pub(super) fn exceeded(&self) -> Option<String> {
        if self.size > self.limit {
            return Some(format!(
                "the whole answer is larger than {} bytes",
                self.limit
            ));
        }
        (self.room == 0).then(|| format!("the whole answer has more than {MOST_MEMBERS} members"))
    }

    pub(super) fn completion(&self) -> &Completion {
        &self.completion
    }

    pub(super) fn take(&mut self) -> Completion {
        self.tool_calls_at.clear();
        mem::take(&mut self.completion)
    }

    /// Adds a chunk, and passes what it adds to `deltas`. The size of its JSON counts towards the limit.
    pub(super) fn merge(&mut self, chunk: &CompletionChunk, deltas: &mut impl FnMut(Delta)) {
        let size = chunk.raw().map_or(0, str::len);
        self.size = self.size.saturating_add(size);
        if self.size > self.limit || self.room == 0 {
            // The chunk isn't added, but its deltas are still produced.
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
            let retrievals = whole.retrievals.get_or_insert_default();
            let room = &mut self.room;
            retrievals.extend(
                more.iter()
                    .take_while(|each| take(room, fields(each)))
                    .cloned(),
            );
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
            Err(_) if !take(&mut self.room, 1) => return,
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
    // A message with tool calls or an image keeps that kind, even if a later chunk has another one.
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
    append_content(&mut whole.content, &piece.content, room);
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
