//! Which headers are nobody's business.

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{AUTHORIZATION, PROXY_AUTHORIZATION},
};

/// Words that make a header a secret when its name has them between its hyphens, as `x-auth-token` does.
const WORDS: [&str; 10] = [
    "apikey",
    "auth",
    "authorization",
    "cookie",
    "credential",
    "credentials",
    "password",
    "secret",
    "session",
    "token",
];

/// Whether a header's value is kept out of a cassette: it was marked sensitive, or its name says so.
pub(in crate::cassette) fn is_secret(name: &HeaderName, value: &HeaderValue) -> bool {
    value.is_sensitive() || is_named_secret(name)
}

fn is_named_secret(name: &HeaderName) -> bool {
    let name = name.as_str();
    let mut words = name.split(['-', '_']);
    words.any(|word| WORDS.contains(&word))
        || name.contains("api-key")
        || name.contains("api_key")
        || name.starts_with("set-cookie")
}

/// A value that must stand nowhere in a cassette, because a request's header carried it as a credential.
pub(in crate::cassette) struct Credential<'a> {
    pub(in crate::cassette) bytes: &'a [u8],
    /// Whether it is the API key, which must be searched for in any case.
    pub(in crate::cassette) is_key: bool,
}

/// The credentials in a request's headers, cookies aside.
pub(in crate::cassette) fn credentials(
    headers: &HeaderMap,
) -> impl Iterator<Item = Credential<'_>> {
    let secret = headers
        .iter()
        .filter(|(name, _)| is_named_secret(name) && !name.as_str().contains("cookie"));
    secret.map(|(name, value)| {
        let is_key = *name == AUTHORIZATION || *name == PROXY_AUTHORIZATION;
        let bytes = value.as_bytes().trim_ascii();
        let bytes = if is_key { without_scheme(bytes) } else { bytes };
        Credential { bytes, is_key }
    })
}

/// `KEY` of `Bearer KEY` ([RFC 9110, 11.4](https://www.rfc-editor.org/rfc/rfc9110#section-11.4)).
fn without_scheme(value: &[u8]) -> &[u8] {
    let scheme = value.iter().position(|byte| *byte == b' ');
    let credentials = scheme.and_then(|end| value.get(end..));
    credentials.unwrap_or(value).trim_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(name: &'static str) -> bool {
        is_secret(
            &HeaderName::from_static(name),
            &HeaderValue::from_static("x"),
        )
    }

    #[test]
    fn credentials_are_known_by_their_names() {
        for name in [
            "authorization",
            "proxy-authorization",
            "cookie",
            "set-cookie",
            "x-api-key",
            "api-key",
            "x-goog-api-key",
            "x-auth-token",
            "x-amz-security-token",
            "x-session-id",
            "x-client-secret",
            "x-orq-apikey",
        ] {
            assert!(secret(name), "{name}");
        }
        for name in [
            "content-type",
            "x-ratelimit-remaining-tokens",
            "x-orq-trace-id",
            "www-authenticate",
            "author",
            "date",
        ] {
            assert!(!secret(name), "{name}");
        }
    }

    #[test]
    fn what_was_marked_sensitive_is_secret_whatever_its_name() {
        let mut value = HeaderValue::from_static("x");
        value.set_sensitive(true);
        assert!(is_secret(&HeaderName::from_static("x-plain"), &value));
    }

    #[test]
    fn the_key_is_what_follows_the_scheme() {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", HeaderValue::from_static("Bearer  sk-1 "));
        headers.insert("proxy-authorization", HeaderValue::from_static("bare"));
        headers.insert("x-api-key", HeaderValue::from_static("a b"));
        headers.insert("cookie", HeaderValue::from_static("c=d"));
        let mut found: Vec<_> = credentials(&headers)
            .map(|found| (found.bytes, found.is_key))
            .collect();
        found.sort_unstable();
        assert_eq!(
            found,
            [(&b"a b"[..], false), (b"bare", true), (b"sk-1", true)]
        );
    }
}
