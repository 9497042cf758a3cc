//! What a recorded request shows of itself.

use std::{borrow::Cow, fmt};

use http::{
    HeaderName, HeaderValue,
    header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION},
};

use super::RecordedRequest;

const REDACTED: &str = "<redacted>";

impl RecordedRequest {
    /// `text` without the bearer's key.
    pub(crate) fn redacted<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.bearer() {
            Some(key) if !key.is_empty() && text.contains(key) => {
                Cow::Owned(text.replace(key, REDACTED))
            }
            _ => Cow::Borrowed(text),
        }
    }
}

/// Headers without the values that are nobody's business.
pub(super) struct RedactedHeaders<'a>(pub(super) &'a RecordedRequest);

impl fmt::Debug for RedactedHeaders<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secret = |name: &HeaderName, value: &HeaderValue| {
            value.is_sensitive() || [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE].contains(name)
        };
        let mut map = f.debug_map();
        for (name, value) in self.0.headers() {
            let value = match secret(name, value) {
                true => REDACTED.to_owned(),
                false => {
                    let value = String::from_utf8_lossy(value.as_bytes());
                    self.0.redacted(&value).into_owned()
                }
            };
            map.entry(name, &value);
        }
        map.finish()
    }
}
