//! Assembling tool calls from their pieces.

use std::collections::HashMap;

use super::{
    append::{append, fields},
    arguments::Arguments,
    delta::{Added, Delta},
};
use crate::model::{FunctionCall, Merge, Room, ToolCall, merge_fields};

/// What is known of the tool calls of a choice, besides the calls themselves.
#[derive(Debug, Default)]
pub(super) struct ToolCalls {
    /// The position of the call that the last piece with this index belonged to. A piece without an index has that of
    /// its place in the chunk's list.
    by_index: HashMap<u64, usize>,
    /// The position of the latest call with this id.
    by_id: HashMap<String, usize>,
    /// The state of each call, by its position.
    states: Vec<State>,
}

#[derive(Debug, Default)]
struct State {
    arguments: Arguments,
    /// Whether a further piece had the name, too.
    repeats_name: bool,
    /// Whether each piece has all of the arguments so far.
    is_cumulative: bool,
}

/// The length in bytes up to which a name may be continued by another piece. Names have at most 64 characters.
const LONGEST_NAME: usize = 256;

impl ToolCalls {
    /// Merges a piece of a tool call into `calls`. Its place is the index of the choice, and its own position in the
    /// chunk's list of calls.
    pub(super) fn merge(
        &mut self,
        calls: &mut Vec<ToolCall>,
        (choice, position): (u64, u64),
        piece: &ToolCall,
        room: &mut Room,
        added: &mut impl FnMut(Added<'_>),
    ) {
        let key = piece.index.unwrap_or(position);
        let found = self.find(calls, key, piece);
        let at = found.unwrap_or(calls.len());
        if found.is_none() {
            if !room.take(fields(piece)) {
                return;
            }
            calls.push(piece.clone());
            self.states.push(State {
                arguments: Arguments::of(piece.arguments_text()),
                ..State::default()
            });
        }
        self.by_index.insert(key, at);
        let (Some(call), Some(state)) = (calls.get_mut(at), self.states.get_mut(at)) else {
            return;
        };
        let mut arguments = piece.arguments_text();
        let mut starts = found.is_none();
        if !starts {
            starts = merge_labels(call, piece, room);
            state.repeats_name |= !starts && !piece.name().is_empty();
            if is_same(call, piece) && !piece.name().is_empty() {
                let rest = arguments.strip_prefix(call.arguments_text());
                state.is_cumulative |= rest.is_some() && state.arguments.is_before_no_object();
                arguments = rest.filter(|_| state.is_cumulative).unwrap_or(arguments);
            }
            if state.arguments.is_whole() && repeats(call, piece) {
                arguments = "";
            }
            if let Some(function) = &piece.function {
                let whole = &mut call.function.get_or_insert_default().arguments;
                if state.arguments.is_empty_object() && !arguments.trim().is_empty() {
                    whole.take();
                    state.arguments = Arguments::default();
                    starts = true;
                }
                if !arguments.is_empty() {
                    whole.get_or_insert_default().push_str(arguments);
                    state.arguments.read(arguments);
                } else if whole.is_none() {
                    whole.clone_from(&function.arguments);
                }
            }
        }
        let id = id(call);
        if !id.is_empty() && self.by_id.get(id) != Some(&at) {
            self.by_id.insert(id.to_owned(), at);
        }
        if starts {
            let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            added(Added::Other(Delta::ToolCallStart {
                choice,
                index: at,
                id: given(id),
                name: given(call.name()),
            }));
            arguments = call.arguments_text();
        }
        if !arguments.is_empty() {
            added(Added::Arguments(choice, at, arguments));
        }
    }

    /// Returns the position of the call that a piece belongs to, by its id, or else by its index; `None` if it starts
    /// a new call.
    fn find(&self, calls: &[ToolCall], key: u64, piece: &ToolCall) -> Option<usize> {
        let by_id = self.by_id.get(id(piece)).filter(|at| {
            let index = calls.get(**at).and_then(|call| call.index);
            index.is_none() || piece.index.is_none() || index == piece.index
        });
        let at = *by_id.or_else(|| self.by_index.get(&key))?;
        goes_on(calls.get(at)?, self.states.get(at)?, piece).then_some(at)
    }
}

/// Returns whether `piece` can belong to `call`. Some servers give every call the same index, or none, and no id.
fn goes_on(call: &ToolCall, state: &State, piece: &ToolCall) -> bool {
    let differ = |old: &str, new: &str| !old.is_empty() && !new.is_empty() && old != new;
    let is_named = !call.arguments_text().is_empty() || call.name().len() > LONGEST_NAME;
    if is_named && differ(call.name(), piece.name()) {
        return false;
    }
    let more = piece.arguments_text();
    if differ(id(call), id(piece)) {
        // Some servers give each piece another id: without a name, it starts no call while one is incomplete.
        let is_whole = state.arguments.is_whole() && !state.arguments.is_empty_object();
        let is_piece = !call.name().is_empty() && piece.name().is_empty();
        return is_piece && (!is_whole || more.trim().is_empty());
    }
    if piece.name().is_empty() || call.name().is_empty() || !state.arguments.is_whole() {
        return true;
    }
    // A piece with a name, after complete arguments, starts a new call, unless there is a sign that it doesn't.
    if more.trim().is_empty() {
        return !id(call).is_empty() || state.repeats_name;
    }
    if state.arguments.is_empty_object() {
        return !id(call).is_empty() || !Arguments::of(more).is_whole();
    }
    is_same(call, piece) && repeats(call, piece)
}

/// Returns whether a piece has the id of the call.
fn is_same(call: &ToolCall, piece: &ToolCall) -> bool {
    !id(piece).is_empty() && id(call) == id(piece)
}

/// Returns whether the arguments of a piece add nothing to complete ones: they are an empty object, or the same.
fn repeats(call: &ToolCall, piece: &ToolCall) -> bool {
    let more = piece.arguments_text();
    is_same(call, piece) && more == call.arguments_text() || Arguments::of(more).is_empty_object()
}

/// Merges all but the arguments. The first id stays. Returns whether the id or the name has changed.
fn merge_labels(whole: &mut ToolCall, piece: &ToolCall, room: &mut Room) -> bool {
    let is_new_id = piece.id.has_value() && !whole.id.has_value();
    if !whole.id.has_value() {
        whole.id.merge(&piece.id, room);
    }
    merge_fields!(whole, piece, room => index, kind, thought_signature, extra_content, extra);
    let Some(FunctionCall { name, extra, .. }) = &piece.function else {
        return is_new_id;
    };
    let whole = whole.function.get_or_insert_default();
    whole.extra.merge(extra, room);
    // Some servers repeat the name in every piece, or all of it so far.
    if whole.name == *name || !name.has_value() {
        return is_new_id;
    }
    let rest = name
        .as_deref()
        .and_then(|name| name.strip_prefix(whole.name.as_deref()?));
    append(&mut whole.name, &rest.map(str::to_owned).or(name.clone()));
    true
}

fn id(call: &ToolCall) -> &str {
    call.id.as_deref().unwrap_or_default()
}
