//! The redaction of keys in what a server sends.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};

use super::{ApiKey, SCHEME};

/// Shorter texts, such as the keys of local doubles, are no secret, and too likely to be a part of other words.
const SHORTEST_SECRET: usize = 8;

const REDACTED: &[u8] = b"[redacted]";

impl ApiKey {
    /// Returns the first `most` bytes of a text, with the key redacted.
    pub(crate) fn excerpt(&self, text: &[u8], most: usize) -> Bytes {
        // Redacted before it is truncated: a truncated key would not be found.
        let longest = self.keys().next().map_or(0, |key| key.len() + SCHEME.len());
        let text = &text[..text.len().min(most.saturating_add(2 * longest))];
        let kept = match self.redact(text) {
            Some(redacted) => Bytes::from(redacted),
            None => Bytes::copy_from_slice(text),
        };
        kept.slice(..kept.len().min(most))
    }

    /// Redacts the key in the text of a message.
    pub(crate) fn hide(&self, text: String) -> String {
        let redacted = self.redact(text.as_bytes());
        redacted.map_or(text, |text| String::from_utf8_lossy(&text).into_owned())
    }

    /// Returns the `Debug` text of a value, with the key redacted.
    pub(crate) fn debug<'a>(&'a self, value: &'a dyn fmt::Debug) -> impl fmt::Debug + 'a {
        HiddenIn(self, value)
    }

    /// Returns this key and the earlier ones, the longest first: a shorter one may be the beginning of a longer one.
    fn keys(&self) -> impl Iterator<Item = &[u8]> {
        let earlier = &self.earlier;
        let longer = earlier.partition_point(|key| key.len() > self.header.len());
        let (longer, others) = earlier.split_at(longer);
        let headers = longer.iter().chain([&self.header]).chain(others);
        headers.map(|header| &header.as_bytes()[SCHEME.len()..])
    }

    /// Redacts the key in the values of headers: as [`redact`](ApiKey::redact) does, and a shorter key after `Bearer`.
    pub(crate) fn redact_headers(&self, headers: &mut HeaderMap) {
        for key in self.keys() {
            let escaped = escaped(key);
            for value in headers.values_mut() {
                let redacted = match key.len() < SHORTEST_SECRET {
                    true => replace(key, value.as_bytes(), |before, after| {
                        let is_whole = !after.get(key.len()).is_some_and(is_of_token);
                        is_scheme_last(before) && after.starts_with(key) && is_whole
                    }),
                    false => redact(key, &escaped, value.as_bytes()),
                };
                if let Some(redacted) = redacted {
                    let hidden = HeaderValue::from_static("[redacted]");
                    *value = HeaderValue::try_from(redacted).unwrap_or(hidden);
                }
            }
        }
    }

    /// Replaces every occurrence of the key in `text` by `[redacted]`, and also a prefix of at least 8 bytes at the
    /// end, where the text may be truncated. Returns `None` if there is none.
    ///
    /// Some servers repeat the key in the body of a 401.
    pub(crate) fn redact(&self, text: &[u8]) -> Option<Vec<u8>> {
        self.keys().fold(None, |redacted, key| {
            let text = redacted.as_deref().unwrap_or(text);
            redact(key, &escaped(key), text).or(redacted)
        })
    }
}

/// A value whose `Debug` text may contain the key.
struct HiddenIn<'a>(&'a ApiKey, &'a dyn fmt::Debug);

impl fmt::Debug for HiddenIn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match f.alternate() {
            true => format!("{:#?}", self.1),
            false => format!("{:?}", self.1),
        };
        f.write_str(&self.0.hide(text))
    }
}

/// Returns whether a text ends with the scheme, in any capitals.
fn is_scheme_last(text: &[u8]) -> bool {
    let at = text.len().saturating_sub(SCHEME.len());
    text[at..].eq_ignore_ascii_case(SCHEME.as_bytes())
}

/// Returns whether a byte may be part of a bearer token ([RFC 6750, 2.1](https://www.rfc-editor.org/rfc/rfc6750)).
fn is_of_token(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~+/=".contains(byte)
}

/// Returns the key as a JSON string may have it, with backslashes, and as `Debug` shows such JSON.
fn escaped(key: &[u8]) -> Vec<Vec<u8>> {
    if memchr::memchr3(b'"', b'\\', b'/', key).is_none() {
        return Vec::new();
    }
    let mut spellings = Vec::new();
    for escaped in [&b"\"\\"[..], b"\"\\/"] {
        if key.iter().any(|byte| escaped.contains(byte)) {
            let json = with_backslashes(key, escaped);
            spellings.extend([with_backslashes(&json, b"\"\\"), json]);
        }
    }
    spellings
}

fn with_backslashes(key: &[u8], escaped: &[u8]) -> Vec<u8> {
    let spelled = key.iter().flat_map(|byte| {
        let backslash = escaped.contains(byte).then_some(b'\\');
        backslash.into_iter().chain([*byte])
    });
    spelled.collect()
}

/// Redacts a key as it is and as it may be [`escaped`].
fn redact(key: &[u8], escaped: &[Vec<u8>], text: &[u8]) -> Option<Vec<u8>> {
    let plain = redact_spelled(key, text);
    escaped.iter().fold(plain, |redacted, spelled| {
        let text = redacted.as_deref().unwrap_or(text);
        redact_spelled(spelled, text).or(redacted)
    })
}

fn redact_spelled(key: &[u8], text: &[u8]) -> Option<Vec<u8>> {
    if key.len() < SHORTEST_SECRET {
        return None;
    }
    // A text that was cut may end in the middle of the key.
    replace(key, text, |_, after| {
        after.len() >= SHORTEST_SECRET && after.starts_with(&key[..key.len().min(after.len())])
    })
}

/// Replaces the key, or the part of it at the end of the text, where `is_meant` returns true for what stands before its
/// first byte and from there. Returns `None` if it doesn't anywhere.
fn replace(key: &[u8], text: &[u8], is_meant: impl Fn(&[u8], &[u8]) -> bool) -> Option<Vec<u8>> {
    let (mut redacted, mut kept) = (Vec::new(), 0);
    // To prepare a search for the whole key would take longer than to read what most texts are.
    for at in memchr::memchr_iter(*key.first()?, text) {
        let (before, after) = text.split_at(at);
        if at >= kept && is_meant(before, after) {
            redacted.extend_from_slice(&text[kept..at]);
            redacted.extend_from_slice(REDACTED);
            kept = at + key.len().min(after.len());
        }
    }
    (kept > 0).then(|| {
        redacted.extend_from_slice(&text[kept..]);
        redacted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_a_key_at_a_cut_is_redacted() {
        let key = ApiKey::new("sk-orq-0123456789").unwrap();
        assert_eq!(key.hide("a sk-orq-0123".into()), "a [redacted]");
        assert_eq!(
            key.hide("sk-orq-012345678 sk-orq-012".into()),
            "sk-orq-012345678 [redacted]"
        );
        assert_eq!(key.redact(b"a sk-orq-"), None, "too short to tell anything");
    }

    #[test]
    fn every_occurrence_is_redacted() {
        let key = ApiKey::new("abcdefgh").unwrap();
        assert_eq!(
            key.redact(b"-abcdefgh-abcdefghabcdefgh").as_deref(),
            Some(&b"-[redacted]-[redacted][redacted]"[..])
        );
        assert_eq!(key.redact(b"nothing here"), None);
        let repeating = ApiKey::new("abcdefgh-abcdefgh").unwrap();
        assert_eq!(
            repeating.hide("an abcdefgh-abcdefgh".into()),
            "an [redacted]"
        );
        let short = ApiKey::new("t").unwrap();
        assert_eq!(short.redact(b"text/event-stream"), None);
    }
}
