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
    let senders = [("server", " from "), ("via", " via ")];
    let senders = senders.map(|(name, before)| {
        let value = headers::text(headers, name)?;
        Some(format!("{before}{}", shortened(value)))
    });
    let sender = match senders.into_iter().flatten().collect::<Vec<_>>() {
        senders if senders.is_empty() => None,
        senders => Some(format!("HTML{}", senders.join(","))),
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

/// Returns the title of an HTML page, with white space collapsed; `None` if it is empty.
pub(super) fn title(html: &str) -> Option<String> {
    let html = cut(html, HEAD);
    let lower = html.to_ascii_lowercase();
    let mut tags = lower
        .match_indices("<title")
        .map(|(at, tag)| at + tag.len());
    let is_name_end = |next: char| next == '>' || next.is_ascii_whitespace();
    let name_end = tags.find(|at| {
        lower
            .get(*at..)
            .is_some_and(|rest| rest.starts_with(is_name_end))
    })?;
    let start = name_end + lower.get(name_end..)?.find('>')? + 1;
    let length = lower.get(start..)?.find("</title")?;
    let words = html.get(start..start + length)?.split_whitespace();
    let title = words.collect::<Vec<_>>().join(" ");
    (!title.is_empty()).then_some(title)
}
