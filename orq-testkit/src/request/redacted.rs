//! What a recorded request shows of itself.

use std::{borrow::Cow, fmt};

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION},
};

const REDACTED: &str = "<redacted>";

/// The fewest bytes of a key that is hidden wherever it is found. A shorter one would be found within other words.
const SHORTEST_SECRET: usize = 8;

/// `text` without the bearer's key. A short key is hidden only where it is the whole value of a query's parameter.
pub(super) fn redacted<'a>(text: &'a str, key: Option<&str>) -> Cow<'a, str> {
    match key {
        Some(key) if key.len() >= SHORTEST_SECRET && text.contains(key) => {
            Cow::Owned(text.replace(key, REDACTED))
        }
        Some(key) if !key.is_empty() && text.contains(&format!("={key}")) => {
            Cow::Owned(without_value(text, &format!("={key}")))
        }
        _ => Cow::Borrowed(text),
    }
}

/// `text` with another value for each parameter that is written like this.
fn without_value(text: &str, parameter: &str) -> String {
    let mut parts = text.split(parameter);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_whole =
            !part.starts_with(|next: char| next.is_alphanumeric() || "-._~%+".contains(next));
        match is_whole {
            true => kept.extend(["=", REDACTED]),
            false => kept.push_str(parameter),
        }
        kept.push_str(part);
    }
    kept
}

/// Headers without the values that are nobody's business.
pub(super) struct RedactedHeaders<'a> {
    pub(super) headers: &'a HeaderMap,
    /// The bearer's key.
    pub(super) key: Option<&'a str>,
}

impl fmt::Debug for RedactedHeaders<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secret = |name: &HeaderName, value: &HeaderValue| {
            value.is_sensitive() || [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE].contains(name)
        };
        let mut map = f.debug_map();
        for (name, value) in self.headers {
            let value = match secret(name, value) {
                true => REDACTED.to_owned(),
                false => {
                    let value = String::from_utf8_lossy(value.as_bytes());
                    redacted(&value, self.key).into_owned()
                }
            };
            map.entry(name, &value);
        }
        map.finish()
    }
}
