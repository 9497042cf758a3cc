//! Merging a part of a value into the whole.

use std::mem;

use serde::Serialize;

use crate::model::{Content, ContentPart, JsonMap, Nullable, TextPart};

/// The number of fields above which a member counts as more than one.
pub(super) const FIELDS_OF_MEMBER: usize = 32;

/// Appends text to text, and parts to parts while `room` allows more members.
pub(super) fn append_content(
    whole: &mut Nullable<Content>,
    piece: &Nullable<Content>,
    room: &mut usize,
) {
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
                    (_, part) if take(room, fields(&part)) => joined.push(part),
                    _ => break,
                }
            }
            *whole = Content::Parts(joined);
        }
        (whole, Content::Parts(parts)) => {
            let kept = parts.iter().take_while(|part| take(room, fields(part)));
            *whole = Nullable::Value(Content::Parts(kept.cloned().collect()));
        }
        (whole, Content::Text(_)) => *whole = Nullable::Value(piece.clone()),
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

pub(super) fn latest<T: Clone>(whole: &mut Option<T>, piece: &Option<T>) {
    if piece.is_some() {
        whole.clone_from(piece);
    }
}

/// Replaces the value, unless the new one is null or absent. Null replaces an absent value only.
pub(super) fn latest_nullable<T: Clone>(whole: &mut Nullable<T>, piece: &Nullable<T>) {
    match piece {
        Nullable::Value(_) => whole.clone_from(piece),
        Nullable::Null if whole.is_absent() => *whole = Nullable::Null,
        Nullable::Null | Nullable::Absent => {}
    }
}

/// Appends a piece of text, and returns it; `None` if it is empty or absent.
pub(super) fn append<'a>(whole: &mut Option<String>, piece: &'a Option<String>) -> Option<&'a str> {
    let piece = piece.as_deref()?;
    whole.get_or_insert_default().push_str(piece);
    (!piece.is_empty()).then_some(piece)
}

/// Copies unknown fields, replacing those of the same name, while `room` allows more members.
pub(super) fn overlay(whole: &mut JsonMap, piece: &JsonMap, room: &mut usize) {
    for (key, value) in piece.iter() {
        if whole.contains_key(key) || take(room, 1) {
            whole.insert_raw(key, value.clone());
        } else {
            return;
        }
    }
}

/// Reduces `room` by a member with this number of fields. Returns `false` if there isn't enough left.
pub(super) fn take(room: &mut usize, fields: usize) -> bool {
    let left = room.checked_sub(fields.max(FIELDS_OF_MEMBER));
    *room = left.unwrap_or_default();
    left.is_some()
}

/// Returns the number of fields in the JSON of a member, including nested ones.
pub(super) fn fields(member: &impl Serialize) -> usize {
    let json = serde_json::to_string(member).unwrap_or_default();
    json.matches("\":").count()
}
