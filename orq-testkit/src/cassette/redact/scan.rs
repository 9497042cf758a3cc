//! The last look at a cassette before it is written.

use http::HeaderMap;

use super::secret::{Secret, Spelling};
use crate::cassette::tape::{Interaction, Outcome, Tape};

/// Where a secret stands in `tape`, or in `text`, which is the same as it will be written. Told in words, without the
/// secret.
pub(in crate::cassette) fn scan(tape: &Tape, text: &str, secrets: &[Secret]) -> Option<String> {
    // A header's name or a chunk's border may hide from one search what the other one finds.
    let interactions = tape.interactions.iter().enumerate();
    let mut findings = interactions.filter_map(|(index, interaction)| {
        let (part, spelling) = search(interaction, secrets)?;
        Some(format!("interaction {}, {part}, {spelling}", index + 1))
    });
    findings.next().or_else(|| {
        let spelling = spelling(text.as_bytes(), secrets)?;
        Some(format!("the file's text, {spelling}"))
    })
}

fn search(interaction: &Interaction, secrets: &[Secret]) -> Option<(String, Spelling)> {
    let request = &interaction.request;
    let texts = [
        ("path", Some(&request.path)),
        ("method", Some(&request.method)),
        ("deployment", request.deployment.as_ref()),
    ];
    let texts = texts.into_iter().find_map(|(part, text)| {
        let spelling = spelling(text?.as_bytes(), secrets)?;
        Some((format!("the request's {part}"), spelling))
    });
    let body = || {
        let body = request.body.as_ref()?.bytes();
        Some(("the request's body".to_owned(), spelling(&body, secrets)?))
    };
    let response = || {
        let Outcome::Response(response) = &interaction.outcome else {
            return None;
        };
        let body = || {
            Some((
                "the response's body".to_owned(),
                spelling(&response.body(), secrets)?,
            ))
        };
        headers("response", &response.headers, secrets).or_else(body)
    };
    texts
        .or_else(|| headers("request", &request.headers, secrets))
        .or_else(body)
        .or_else(response)
}

fn headers(message: &str, headers: &HeaderMap, secrets: &[Secret]) -> Option<(String, Spelling)> {
    headers.iter().find_map(|(name, value)| {
        // A header's name has no upper case.
        let mut secrets_in_name = secrets.iter().map(Secret::lowercase);
        let in_name = secrets_in_name.find_map(|secret| secret.spelling(name.as_str().as_bytes()));
        if let Some(spelling) = in_name {
            return Some((format!("the name of a header of the {message}"), spelling));
        }
        let spelling = spelling(value.as_bytes(), secrets)?;
        Some((format!("the {message}'s header {name}"), spelling))
    })
}

fn spelling(text: &[u8], secrets: &[Secret]) -> Option<Spelling> {
    secrets.iter().find_map(|secret| secret.spelling(text))
}
