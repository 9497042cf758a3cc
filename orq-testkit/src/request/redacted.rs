//! What a recorded request shows of itself.

use std::{borrow::Cow, fmt};

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION},
};

const REDACTED: &str = "<redacted>";

/// The fewest bytes of a key that is hidden in a text. A shorter one would be found within other words.
const SHORTEST_SECRET: usize = 8;

/// `text` without the bearer's key.
pub(super) fn redacted<'a>(text: &'a str, key: Option<&str>) -> Cow<'a, str> {
    match key {
        Some(key) if key.len() >= SHORTEST_SECRET && text.contains(key) => {
            Cow::Owned(text.replace(key, REDACTED))
        }
        _ => Cow::Borrowed(text),
    }
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
