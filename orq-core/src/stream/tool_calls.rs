//! Tool calls put together again.

use std::collections::HashMap;

use super::{
    delta::Delta,
    join::{append, latest, overlay, take},
};
use crate::model::{FunctionCall, ToolCall};

/// Adds a piece of a tool call. `keys` tells the place of the latest call of each index.
pub(super) fn merge_tool_call(
    calls: &mut Vec<ToolCall>,
    keys: &mut HashMap<u64, usize>,
    (choice, position): (u64, u64),
    piece: &ToolCall,
    room: &mut usize,
    deltas: &mut impl FnMut(Delta),
) {
    let nothing = FunctionCall::default();
    let said = piece.function.as_ref().unwrap_or(&nothing);
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
            name: said.name.clone(),
        });
    } else if let Some(whole) = calls.get_mut(at) {
        if piece.id.as_ref().is_some_and(|id| !id.is_empty()) {
            latest(&mut whole.id, &piece.id);
        }
        latest(&mut whole.kind, &piece.kind);
        latest(&mut whole.thought_signature, &piece.thought_signature);
        latest(&mut whole.extra_content, &piece.extra_content);
        overlay(&mut whole.extra, &piece.extra, room);
        if let Some(piece) = &piece.function {
            let whole = whole.function.get_or_insert_default();
            overlay(&mut whole.extra, &piece.extra, room);
            // Some servers repeat the name with every piece of the arguments.
            if whole.name != piece.name {
                append(&mut whole.name, &piece.name);
            }
            append(&mut whole.arguments, &piece.arguments);
        }
    }
    if let Some(arguments) = &said.arguments
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
    let other_name = match (&call.function, &piece.function) {
        (Some(call), Some(piece)) => {
            let has_arguments = call.arguments.as_ref().is_some_and(|text| !text.is_empty());
            has_arguments && differ(&call.name, &piece.name)
        }
        _ => false,
    };
    !differ(&call.id, &piece.id) && !other_name
}
