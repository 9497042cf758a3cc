//! Assembling a completion from chunks.

use std::{borrow::Cow, mem};

use super::{
    append::{append, append_content, append_retrievals, end_tail},
    delta::{Added, Delta},
    lists::Lists,
    tail::Tail,
    tool_calls::ToolCalls,
};
use crate::model::{
    Choice, Completion, CompletionChunk, CompletionMessage, Content, Merge, MessageKind, Nullable,
    Room, Usage, merge_fields,
};

/// The completion assembled so far, and the state for adding further chunks.
#[derive(Debug)]
pub(super) struct Assembly {
    completion: Completion,
    /// The maximum size of the JSON of all chunks, and the size so far, in bytes.
    limit: usize,
    size: usize,
    room: Room,
    /// The state of each choice of the completion.
    states: Vec<State>,
}

/// The state of a choice: its tool calls, and the pieces that are joined at the end.
#[derive(Debug, Default)]
struct State {
    tool_calls: ToolCalls,
    lists: Lists,
    lists_of_message: Lists,
    tail: Option<Tail>,
}

impl Assembly {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            completion: Completion::default(),
            limit,
            size: 0,
            room: Room::default(),
            states: Vec::new(),
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
        let why = || format!("the whole answer has more than {} members", Room::MEMBERS);
        self.room.is_exceeded().then(why)
    }

    pub(super) fn completion(&self) -> &Completion {
        &self.completion
    }

    pub(super) fn take(&mut self) -> Completion {
        self.states.clear();
        mem::take(&mut self.completion)
    }

    /// Adds a chunk, and passes what it adds to `added`. The size of its JSON, in bytes, counts towards the limit.
    ///
    /// If it `repeats` the chunk before but for `created` and a string of its only message, only these are added.
    pub(super) fn merge(
        &mut self,
        chunk: &CompletionChunk,
        size: usize,
        repeats: bool,
        added: &mut impl FnMut(Added<'_>),
    ) {
        self.size = self.size.saturating_add(size);
        if self.size > self.limit || self.room.is_exceeded() {
            // The chunk isn't added, but what it adds is still passed on.
            return Self::new(usize::MAX).merge(chunk, size, false, added);
        }
        if repeats && self.add_message(chunk, added).is_some() {
            return;
        }
        let (whole, room) = (&mut self.completion, &mut self.room);
        let is_final = whole.is_final == Some(true);
        merge_fields!(whole, chunk, room => id, created, object, model, provider, is_final, integration_id, telemetry);
        merge_fields!(whole, chunk, room => finalized, provider_response, system_fingerprint, usage, extra);
        if is_final {
            whole.is_final = Some(true);
        }
        if let Some(more) = &chunk.retrievals {
            append_retrievals(whole.retrievals.get_or_insert_default(), more, room);
        }
        for (position, choice) in chunk.choices.iter().enumerate() {
            self.merge_choice(position as u64, choice, added);
        }
        if let (Some(whole), Some(usage)) = (self.completion.usage(), chunk.usage())
            && usage.has_value()
        {
            added(Added::Other(Delta::Usage(counts(whole, usage.clone()))));
        }
    }

    /// Adds the message of a chunk that has one choice, and `created`. Returns `None` if the completion lacks the choice.
    fn add_message(
        &mut self,
        chunk: &CompletionChunk,
        added: &mut impl FnMut(Added<'_>),
    ) -> Option<()> {
        let piece = chunk.choices.first()?;
        let index = piece.index.unwrap_or_default();
        let at = find(&self.completion.choices, index).ok()?;
        let whole = self.completion.choices.get_mut(at)?.message.as_mut()?;
        let piece = piece.message.as_ref()?;
        let room = &mut self.room;
        match (&mut whole.content, &piece.content) {
            // Fast path: what most events add is text alone.
            (Nullable::Value(Content::Text(whole)), Nullable::Value(Content::Text(more)))
                if !more.is_empty() =>
            {
                whole.push_str(more);
                added(Added::Text(index, more));
            }
            _ => merge_message(whole, self.states.get_mut(at)?, index, piece, room, added),
        }
        self.completion.created.merge(&chunk.created, room);
        Some(())
    }

    /// Joins lists in unknown fields, and parts of unknown types, at the end of the stream: until then, the completion
    /// has one piece of each.
    pub(super) fn join(&mut self) {
        for (choice, state) in self.completion.choices.iter_mut().zip(&mut self.states) {
            mem::take(&mut state.lists).join_into(&mut choice.extra);
            if let Some(message) = &mut choice.message {
                mem::take(&mut state.lists_of_message).join_into(&mut message.extra);
                if let Nullable::Value(Content::Parts(parts)) = &mut message.content {
                    end_tail(parts, &mut state.tail);
                }
            }
        }
    }

    fn merge_choice(&mut self, position: u64, choice: &Choice, added: &mut impl FnMut(Added<'_>)) {
        let index = choice.index.unwrap_or(position);
        let choices = &mut self.completion.choices;
        let at = match find(choices, index) {
            Ok(at) => at,
            Err(_) if !self.room.take(1) => return,
            Err(at) => {
                if choices.is_empty() {
                    // Most answers have one choice; a vector would begin with room for four.
                    choices.reserve_exact(1);
                    self.states.reserve_exact(1);
                }
                choices.insert(at, Choice::default());
                self.states.insert(at, State::default());
                at
            }
        };
        let (Some(whole), Some(state)) = (choices.get_mut(at), self.states.get_mut(at)) else {
            return;
        };
        let room = &mut self.room;
        whole.index = Some(index);
        let mut extra = Cow::Borrowed(&choice.extra);
        // Beside the delta, some servers send the whole message so far.
        let has_delta = extra.contains_key("delta");
        let delta = has_delta.then(|| extra.to_mut().remove("delta")).flatten();
        let delta = delta.and_then(|delta| delta.parse().ok());
        let is_first = whole.message.is_none();
        let is_piece = |message: &&CompletionMessage| {
            delta.is_none() || is_first && message.text().is_some_and(|text| !text.is_empty())
        };
        let message = choice.message.as_ref().filter(is_piece).or(delta.as_ref());
        state.lists.append(&extra, room);
        whole.extra.merge(&extra, room);
        if let Some(message) = message {
            let whole = whole.message.get_or_insert_default();
            merge_message(whole, state, index, message, room, added);
        }
        let reason = &choice.finish_reason;
        let is_new = reason.has_value() && !whole.finish_reason.has_value();
        if !whole.finish_reason.has_value() {
            whole.finish_reason.merge(reason, room);
        }
        if let Some(reason) = reason.as_option().filter(|_| is_new) {
            added(Added::Other(Delta::Finish {
                choice: index,
                reason: reason.clone(),
            }));
        }
    }
}

/// Returns the token counts so far, with only those unknown fields that the chunk has. The time that it takes doesn't
/// depend on the chunks before.
fn counts(whole: &Usage, mut usage: Usage) -> Usage {
    usage.total_tokens = whole.total_tokens;
    usage.prompt_tokens = whole.prompt_tokens;
    usage.completion_tokens = whole.completion_tokens;
    if let Some(whole) = &whole.prompt_tokens_details {
        let details = usage.prompt_tokens_details.get_or_insert_default();
        details.cached_tokens = whole.cached_tokens;
    }
    if let Nullable::Value(whole) = &whole.completion_tokens_details {
        let details = usage.completion_tokens_details.into_option();
        let mut details = details.unwrap_or_default();
        details.reasoning_tokens = whole.reasoning_tokens;
        usage.completion_tokens_details = Nullable::Value(details);
    }
    usage
}

/// Returns the position of the choice with this index, or where it belongs.
fn find(choices: &[Choice], index: u64) -> Result<usize, usize> {
    choices.binary_search_by_key(&index, |choice| choice.index.unwrap_or_default())
}

fn merge_message(
    whole: &mut CompletionMessage,
    state: &mut State,
    choice: u64,
    piece: &CompletionMessage,
    room: &mut Room,
    added: &mut impl FnMut(Added<'_>),
) {
    // A message with tool calls or an image keeps that kind, even if a later chunk has another one.
    if !whole.kind.has_value() || whole.kind == Some(MessageKind::Content) {
        whole.kind.merge(&piece.kind, room);
    }
    state.lists_of_message.append(&piece.extra, room);
    merge_fields!(whole, piece, room => role, extra);
    if let Some(reasoning) = append(&mut whole.reasoning, &piece.reasoning) {
        added(Added::Reasoning(choice, reasoning));
    }
    append(&mut whole.reasoning_signature, &piece.reasoning_signature);
    append(&mut whole.redacted_reasoning, &piece.redacted_reasoning);
    append_content(&mut whole.content, &piece.content, &mut state.tail, room);
    if let Nullable::Value(content) = &piece.content {
        let text = content.text();
        if !text.is_empty() {
            added(Added::Text(choice, &text));
        }
    }
    match (&mut whole.refusal, &piece.refusal) {
        (Nullable::Value(whole), Nullable::Value(piece)) => whole.push_str(piece),
        (whole, piece) => whole.merge(piece, room),
    }
    if let Nullable::Value(text) = &piece.refusal
        && !text.is_empty()
    {
        added(Added::Refusal(choice, text));
    }
    let is_new = piece.url.has_value() && whole.url != piece.url;
    whole.url.merge(&piece.url, room);
    if let Some(url) = piece.url.as_ref().filter(|_| is_new) {
        added(Added::Other(Delta::ImageUrl {
            choice,
            url: url.clone(),
        }));
    }
    if let Some(calls) = &piece.tool_calls {
        let whole = whole.tool_calls.get_or_insert_default();
        for (position, call) in calls.iter().enumerate() {
            let place = (choice, position as u64);
            state.tool_calls.merge(whole, place, call, room, added);
        }
    }
}
