//! Appending a piece of a text or list to the whole.

use std::mem;

use serde::Serialize;

use super::tail::Tail;
use crate::model::{Content, ContentPart, Nullable, Retrieval, Room, TextPart};

/// Appends text to text, and parts to parts while `room` allows more members. What is null or empty changes only what
/// is absent, null or empty.
pub(super) fn append_content(
    whole: &mut Nullable<Content>,
    piece: &Nullable<Content>,
    tail: &mut Option<Tail>,
    room: &mut Room,
) {
    let Nullable::Value(piece) = piece else {
        if whole.is_absent() {
            whole.clone_from(piece);
        }
        return;
    };
    let old = whole.as_mut().filter(|whole| has_value(whole));
    match (old, piece) {
        (Some(_), piece) if !has_value(piece) => {}
        (Some(Content::Text(old)), Content::Text(piece)) => old.push_str(piece),
        (None, Content::Text(_)) => whole.clone_from(&Nullable::Value(piece.clone())),
        (old, piece) => {
            let old = old.map(|old| mem::replace(old, Content::Parts(Vec::new())));
            // The parts of the first chunk stay as they came.
            let is_first = old.is_none();
            let mut joined = old.map_or_else(Vec::new, parts);
            for part in parts(piece.clone()) {
                let next = Tail::new(&part);
                if !is_first && join(&mut joined, tail, &part, next.as_ref()) {
                    continue;
                }
                if !room.take(fields(&part)) {
                    break;
                }
                end_tail(&mut joined, tail);
                *tail = next;
                joined.push(part);
            }
            *whole = Nullable::Value(Content::Parts(joined));
        }
    }
}

/// Replaces the last part by all that was joined to it.
pub(super) fn end_tail(parts: &mut [ContentPart], tail: &mut Option<Tail>) {
    let part = tail.take().and_then(Tail::into_part);
    if let (Some(last), Some(part)) = (parts.last_mut(), part) {
        *last = part;
    }
}

/// Appends the text of a part to that of the last part, and returns whether they are of one kind and equal otherwise.
fn join(
    parts: &mut [ContentPart],
    tail: &mut Option<Tail>,
    part: &ContentPart,
    next: Option<&Tail>,
) -> bool {
    let Some(last) = parts.last_mut() else {
        return false;
    };
    match (last, part) {
        (ContentPart::Text(last), ContentPart::Text(part))
            if last.cache_control.is_none()
                && part.cache_control.is_none()
                && last.extra.has_same_text(&part.extra) =>
        {
            last.text.push_str(&part.text);
        }
        (ContentPart::Reasoning(last), ContentPart::Reasoning(part))
            if last.signature.is_none() && last.extra.has_same_text(&part.extra) =>
        {
            last.reasoning.push_str(&part.reasoning);
            last.signature.clone_from(&part.signature);
        }
        (ContentPart::Refusal(last), ContentPart::Refusal(part))
            if last.extra.has_same_text(&part.extra) =>
        {
            append(&mut last.refusal, &part.refusal);
        }
        _ => {
            let tails = tail.as_mut().zip(next);
            return tails.is_some_and(|(tail, next)| tail.append(next));
        }
    }
    true
}

fn has_value(content: &Content) -> bool {
    let is_empty = |part: &ContentPart| match part {
        ContentPart::Text(part) => *part == TextPart::new(""),
        _ => false,
    };
    match content {
        Content::Text(text) => !text.is_empty(),
        Content::Parts(parts) => !parts.iter().all(is_empty),
    }
}

fn parts(content: Content) -> Vec<ContentPart> {
    match content {
        Content::Text(text) => vec![ContentPart::text(text)],
        Content::Parts(parts) => parts,
    }
}

/// Appends a piece of text, and returns it; `None` if it is empty or absent.
pub(super) fn append<'a>(whole: &mut Option<String>, piece: &'a Option<String>) -> Option<&'a str> {
    let piece = piece.as_deref()?;
    whole.get_or_insert_default().push_str(piece);
    (!piece.is_empty()).then_some(piece)
}

/// Appends retrieved documents while `room` allows more members. Some servers repeat all documents so far.
pub(super) fn append_retrievals(whole: &mut Vec<Retrieval>, more: &[Retrieval], room: &mut Room) {
    let is_again = |(old, new): (&Retrieval, &Retrieval)| {
        let metadata = old.metadata.as_ref().zip(new.metadata.as_ref());
        old.extra.has_same_text(&new.extra)
            && metadata.is_none_or(|(old, new)| old.extra.has_same_text(&new.extra))
            && old == new
    };
    let repeats = whole.len() <= more.len() && whole.iter().zip(more).all(is_again);
    let more = more.iter().skip(if repeats { whole.len() } else { 0 });
    whole.extend(more.take_while(|each| room.take(fields(each))).cloned());
}

/// Returns the number of fields in the JSON of a member, including nested ones.
pub(super) fn fields(member: &impl Serialize) -> usize {
    let json = serde_json::to_string(member).unwrap_or_default();
    json.matches("\":").count()
}
