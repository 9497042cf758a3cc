//! The HTML page of a proxy, sent instead of an answer.

use http::HeaderMap;

use crate::{headers, secret::ApiKey};

/// How much of a body is searched for a title, in bytes.
const HEAD: usize = 64 * 1024;

/// The maximum length of what is shown of a title or a header, in characters.
const LONGEST: usize = 200;

/// Returns the title of an HTML page and who sent it, according to the headers `server` and `via`; `None` if the body
/// isn't HTML or both are unknown. Redacts `key`.
pub(crate) fn page(body: &[u8], headers: &HeaderMap, key: Option<&ApiKey>) -> Option<String> {
    let head = body.get(..HEAD).unwrap_or(body);
    let text = String::from_utf8_lossy(head.trim_ascii_start());
    let lower = text.to_ascii_lowercase();
    let is_html = ["<html", "<!doctype html", "<title"]
        .iter()
        .any(|tag| lower.contains(tag));
    if !text.starts_with('<') || !is_html {
        return None;
    }
    let title = title(&text).map(|title| match key {
        Some(key) => shortened(&key.hide(title)),
        None => shortened(&title),
    });
    let header = |name, before: &str| {
        headers::text(headers, name).map(|value| format!("{before}{}", shortened(value)))
    };
    let sender = [header("server", " from "), header("via", " via ")];
    let sender = match sender.into_iter().flatten().collect::<Vec<_>>() {
        sender if sender.is_empty() => None,
        sender => Some(format!("HTML{}", sender.join(","))),
    };
    match (title, sender) {
        (Some(title), Some(sender)) => Some(format!("{title} ({sender})")),
        (title, sender) => title.or(sender),
    }
}

/// Returns the beginning of a text, of at most this number of bytes.
pub(super) fn cut(text: &str, most: usize) -> &str {
    let end = (0..=most).rev().find(|&end| text.is_char_boundary(end));
    text.get(..end.unwrap_or_default()).unwrap_or_default()
}

fn shortened(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

/// Returns the title of an HTML page, with white space collapsed and the common entities decoded; `None` if it is
/// empty.
pub(super) fn title(html: &str) -> Option<String> {
    let html = cut(html, HEAD);
    let lower = html.to_ascii_lowercase();
    let mut starts = lower.match_indices("<title");
    let after = starts.find_map(|(at, tag)| {
        let attributes = lower.get(at + tag.len()..)?;
        let is_name =
            attributes.starts_with(|next: char| next == '>' || next.is_ascii_whitespace());
        is_name.then_some(at + tag.len())
    })?;
    let start = after + lower.get(after..)?.find('>')? + 1;
    let length = lower.get(start..)?.find("</title")?;
    let words = html.get(start..start + length)?.split_whitespace();
    let title = decoded(&words.collect::<Vec<_>>().join(" "));
    let title = title.trim();
    (!title.is_empty()).then(|| title.to_owned())
}

/// Decodes numeric entities and those of the characters that HTML reserves.
fn decoded(text: &str) -> String {
    let mut decoded = String::new();
    let mut rest = text;
    while let Some((before, entity)) = rest.split_once('&') {
        decoded.push_str(before);
        // No known name is longer.
        let end = entity.bytes().take(10).position(|byte| byte == b';');
        let known = end.and_then(|end| {
            let character = entity_of(entity.get(..end)?)?;
            Some((character, entity.get(end + 1..)?))
        });
        let (character, after) = known.unwrap_or(('&', entity));
        decoded.push(character);
        rest = after;
    }
    decoded + rest
}

fn entity_of(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    })
}
