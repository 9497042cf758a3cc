//! The last look at a cassette before it is written.

use super::{search::Search, secret::Secret};
use crate::cassette::tape::{Interaction, Payload, Tape, TapedResponse};

/// Where a secret stands in `tape`, or in `text`, which is the same as it will be written. Told in words, without the
/// secret.
pub(crate) fn scan(tape: &Tape, text: &str, secrets: &[Secret]) -> Option<String> {
    let search = Search::new(secrets);
    // A header's name has no upper case.
    let lowercase: Vec<_> = secrets.iter().map(Secret::lowercase).collect();
    let search_names = Search::new(&lowercase);
    // A header's name or a chunk's border may hide from one search what the other one finds.
    for (index, interaction) in tape.interactions.iter().enumerate() {
        for (part, bytes, is_name) in parts(interaction) {
            let search = if is_name { &search_names } else { &search };
            if let Some(spelling) = search.spelling(&bytes) {
                return Some(format!("interaction {}, {part}, {spelling}", index + 1));
            }
        }
    }
    let spelling = search.spelling(text.as_bytes())?;
    Some(format!("the file's text, {spelling}"))
}

/// A part of an interaction in words, its bytes, and whether it is the name of a header.
type Part = (String, Vec<u8>, bool);

fn parts(interaction: &Interaction) -> Vec<Part> {
    let request = &interaction.request;
    let mut parts = Vec::new();
    let mut add = |part: &str, bytes: Option<Vec<u8>>| {
        parts.extend(bytes.map(|bytes| (format!("the {part}"), bytes, false)));
    };
    let text = |text: &str| Some(text.as_bytes().to_vec());
    add("request's path", text(&request.path));
    add("request's method", text(&request.method));
    let deployment = request.deployment.as_deref();
    add("request's deployment", deployment.and_then(text));
    add("request's body", request.body.as_ref().map(Payload::bytes));
    let response = interaction.response.as_ref();
    add("response's body", response.map(TapedResponse::body));
    let messages = [
        ("request", Some(&request.headers)),
        ("response", response.map(|response| &response.headers)),
    ];
    for (message, headers) in messages {
        for (name, value) in headers.into_iter().flatten() {
            let in_words = format!("the name of a header of the {message}");
            parts.push((in_words, name.as_str().into(), true));
            let in_words = format!("the {message}'s header {name}");
            parts.push((in_words, value.as_bytes().into(), false));
        }
    }
    parts
}
