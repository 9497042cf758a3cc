//! Assembling tool calls from their pieces.

use std::collections::HashMap;

use super::{
    delta::Delta,
    merge::{append, fields, latest, overlay, take},
};
use crate::model::ToolCall;

/// Merges a piece of a tool call into `calls`. `keys` maps an `index` to the position of its latest call.
pub(super) fn merge_tool_call(
    calls: &mut Vec<ToolCall>,
    keys: &mut HashMap<u64, usize>,
    (choice, position): (u64, u64),
    piece: &ToolCall,
    room: &mut usize,
    deltas: &mut impl FnMut(Delta),
) {
    let key = piece.index.unwrap_or(position);
    // The piece belongs to the latest call of its index, unless its id or name differs: then it starts a new call.
    let known = keys
        .get(&key)
        .copied()
        .filter(|at| calls.get(*at).is_some_and(|call| goes_on(call, piece)));
    let at = known.unwrap_or(calls.len());
    if known.is_none() {
        if !take(room, fields(piece)) {
            return;
        }
        keys.insert(key, at);
        calls.push(piece.clone());
        deltas(Delta::ToolCallStart {
            choice,
            index: at,
            id: piece.id.clone(),
            name: piece
                .function
                .as_ref()
                .and_then(|function| function.name.clone()),
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
            // Some servers repeat the name in every piece.
            if whole.name != piece.name {
                append(&mut whole.name, &piece.name);
            }
            append(&mut whole.arguments, &piece.arguments);
        }
    }
    let arguments = piece.arguments_text().to_owned();
    if !arguments.is_empty() {
        deltas(Delta::ToolCallArguments {
            choice,
            index: at,
            arguments,
        });
    }
}

/// Returns whether `piece` can belong to `call`: the ids don't differ, nor do the names once the call has arguments.
/// Some servers give every call the same index, or none.
fn goes_on(call: &ToolCall, piece: &ToolCall) -> bool {
    let differ = |old: Option<&str>, new: Option<&str>| {
        let given = |text: &&str| !text.is_empty();
        matches!((old.filter(given), new.filter(given)), (Some(old), Some(new)) if old != new)
    };
    let has_arguments = !call.arguments_text().is_empty();
    let other_name = has_arguments && differ(Some(call.name()), Some(piece.name()));
    !differ(call.id.as_deref(), piece.id.as_deref()) && !other_name
}
