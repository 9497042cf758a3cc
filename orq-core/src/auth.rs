//! The key that opens the API, kept out of sight.

use std::fmt;

use bytes::Bytes;
use http::HeaderValue;

use crate::error::Error;

/// An orq.ai API key: a JWT or `sk-orq-…`, sent as `Authorization: Bearer KEY`.
///
/// It is checked once, when made, and printed never: `Debug` shows a placeholder, and there is no way to read
/// it back.
///
/// ```
/// use orq_core::ApiKey;
///
/// let key = ApiKey::new("sk-orq-secret")?;
/// assert_eq!(format!("{key:?}"), "ApiKey(redacted)");
/// assert!(ApiKey::new("sk-orq\n").is_err());
/// # Ok::<(), orq_core::Error>(())
/// ```
#[derive(Clone)]
pub struct ApiKey {
    /// `Bearer KEY`, marked sensitive.
    header: HeaderValue,
}

const SCHEME: &str = "Bearer ";

impl ApiKey {
    /// Takes a key as it stands.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the key is empty, or holds white space or a byte
    /// other than visible ASCII, which the header can't carry. The error doesn't show the key.
    pub fn new(key: impl AsRef<str>) -> Result<Self, Error> {
        let key = key.as_ref();
        if key.is_empty() {
            return Err(Error::configuration("the API key is empty"));
        }
        if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::configuration(
                "the API key holds a character that is not visible ASCII",
            ));
        }
        let mut header = HeaderValue::try_from(format!("{SCHEME}{key}"))
            .map_err(|_| Error::configuration("the API key does not fit into a header"))?;
        header.set_sensitive(true);
        Ok(Self { header })
    }

    /// The value of the `authorization` header, marked sensitive.
    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// The first `most` bytes of a text, without the key.
    pub(crate) fn excerpt(&self, text: &[u8], most: usize) -> Bytes {
        // Redacted before it is cut, so that the cut doesn't hide the key's end from us.
        let text = &text[..text.len().min(most.saturating_add(2 * self.header.len()))];
        let kept = match self.redact(text) {
            Some(redacted) => Bytes::from(redacted),
            None => Bytes::copy_from_slice(text),
        };
        kept.slice(..kept.len().min(most))
    }

    /// As [`redact`](ApiKey::redact), for text.
    pub(crate) fn redact_text(&self, text: &str) -> Option<String> {
        let redacted = self.redact(text.as_bytes())?;
        Some(String::from_utf8_lossy(&redacted).into_owned())
    }

    /// Replaces the key wherever it stands in `text`, and the beginning of it at the end of a text that was cut.
    /// `None` if it stands nowhere.
    ///
    /// Servers have been seen to repeat the key in the body of a 401.
    pub(crate) fn redact(&self, text: &[u8]) -> Option<Vec<u8>> {
        let key = &self.header.as_bytes()[SCHEME.len()..];
        let mut redacted = redact(key, text);
        // As JSON may spell it, which few keys give cause for.
        for escaped in [&b"\"\\"[..], b"\"\\/"] {
            if key.iter().any(|byte| escaped.contains(byte)) {
                let text = redacted.as_deref().unwrap_or(text);
                redacted = redact(&with_backslashes(key, escaped), text).or(redacted);
            }
        }
        redacted
    }
}

fn with_backslashes(key: &[u8], escaped: &[u8]) -> Vec<u8> {
    let spelled = key.iter().flat_map(|byte| {
        let backslash = escaped.contains(byte).then_some(b'\\');
        backslash.into_iter().chain([*byte])
    });
    spelled.collect()
}

fn redact(key: &[u8], text: &[u8]) -> Option<Vec<u8>> {
    let finder = memchr::memmem::Finder::new(key);
    // A text that was cut may end in the middle of the key.
    let cut = (8..key.len().min(text.len() + 1))
        .rev()
        .find(|&len| text.ends_with(&key[..len]));
    let (text, tail) = text.split_at(text.len() - cut.unwrap_or(0));
    if tail.is_empty() {
        finder.find(text)?;
    }
    let mut redacted = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = finder.find(rest) {
        redacted.extend_from_slice(&rest[..at]);
        redacted.extend_from_slice(b"[redacted]");
        rest = &rest[at + key.len()..];
    }
    redacted.extend_from_slice(rest);
    if !tail.is_empty() {
        redacted.extend_from_slice(b"[redacted]");
    }
    Some(redacted)
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_a_header_cannot_carry_are_refused_without_showing_the_key() {
        for key in [
            "",
            "sk secret",
            "sk\nsecret",
            "sk\u{e9}secret",
            "sk\0secret",
            "secret\u{7f}",
        ] {
            let error = ApiKey::new(key).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::Config);
            assert!(
                !format!("{error} {error:?}").contains("secret"),
                "{error:?}"
            );
        }
    }

    #[test]
    fn the_header_is_sensitive() {
        let key = ApiKey::new("sk-orq-secret").unwrap();
        assert_eq!(key.header(), "Bearer sk-orq-secret");
        assert!(!format!("{:?} {key:?}", key.header()).contains("secret"));
    }

    #[test]
    fn the_beginning_of_a_key_at_a_cut_is_redacted() {
        let key = ApiKey::new("sk-orq-0123456789").unwrap();
        assert_eq!(
            key.redact_text("a sk-orq-0123").as_deref(),
            Some("a [redacted]")
        );
        assert_eq!(
            key.redact_text("sk-orq-012345678 sk-orq-012").as_deref(),
            Some("sk-orq-012345678 [redacted]")
        );
        assert_eq!(key.redact_text("a sk-orq-"), None, "which says nothing");
    }

    #[test]
    fn every_occurrence_is_redacted() {
        let key = ApiKey::new("abc").unwrap();
        assert_eq!(
            key.redact(b"-abc-abcabc").as_deref(),
            Some(&b"-[redacted]-[redacted][redacted]"[..])
        );
        assert_eq!(key.redact(b"nothing here"), None);
    }
}
