//! Appending a piece of a text or list to the whole.

use std::mem;

use serde::Serialize;

use crate::model::{Content, ContentPart, Nullable, Room, TextPart};

/// Appends text to text, and parts to parts while `room` allows more members. What is null or empty changes only what
/// is absent, null or empty.
pub(super) fn append_content(
    whole: &mut Nullable<Content>,
    piece: &Nullable<Content>,
    room: &mut Room,
) {
    let Nullable::Value(piece) = piece else {
        if whole.is_absent() {
            whole.clone_from(piece);
        }
        return;
    };
    match (whole, piece) {
        (Nullable::Value(whole), piece) if has_value(whole) => match (whole, piece) {
            (_, piece) if !has_value(piece) => {}
            (Content::Text(whole), Content::Text(piece)) => whole.push_str(piece),
            (whole, piece) => {
                let mut joined = parts(mem::replace(whole, Content::Parts(Vec::new())));
                for part in parts(piece.clone()) {
                    match (joined.last_mut(), part) {
                        (Some(ContentPart::Text(last)), ContentPart::Text(part))
                            if is_plain(last) && is_plain(&part) =>
                        {
                            last.text.push_str(&part.text);
                        }
                        (_, part) if room.take(fields(&part)) => joined.push(part),
                        _ => break,
                    }
                }
                *whole = Content::Parts(joined);
            }
        },
        (whole, Content::Parts(parts)) => {
            let kept = parts.iter().take_while(|part| room.take(fields(part)));
            *whole = Nullable::Value(Content::Parts(kept.cloned().collect()));
        }
        (whole, Content::Text(_)) => *whole = Nullable::Value(piece.clone()),
    }
}

fn has_value(content: &Content) -> bool {
    let is_empty = |part: &ContentPart| match part {
        ContentPart::Text(part) => part.text.is_empty() && is_plain(part),
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

fn is_plain(part: &TextPart) -> bool {
    part.cache_control.is_none() && part.extra.is_empty()
}

/// Appends a piece of text, and returns it; `None` if it is empty or absent.
pub(super) fn append<'a>(whole: &mut Option<String>, piece: &'a Option<String>) -> Option<&'a str> {
    let piece = piece.as_deref()?;
    whole.get_or_insert_default().push_str(piece);
    (!piece.is_empty()).then_some(piece)
}

/// Returns the number of fields in the JSON of a member, including nested ones.
pub(super) fn fields(member: &impl Serialize) -> usize {
    let json = serde_json::to_string(member).unwrap_or_default();
    json.matches("\":").count()
}
