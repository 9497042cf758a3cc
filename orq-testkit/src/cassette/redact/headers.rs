//! Which headers are written, and which of them carry credentials.

use base64::prelude::{BASE64_STANDARD, Engine};
use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{
        AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, COOKIE, DATE, PROXY_AUTHORIZATION,
        RETRY_AFTER,
    },
};

/// Words that make a header a secret when its name has them between its hyphens, as `x-auth-token` does.
const WORDS: [&str; 14] = [
    "apikey",
    "auth",
    "authorization",
    "cookie",
    "credential",
    "credentials",
    "jwt",
    "key",
    "passwd",
    "password",
    "secret",
    "session",
    "signature",
    "token",
];

/// Whether a replay needs this header of a response: a client reads it.
pub(crate) fn is_replayed(name: &HeaderName) -> bool {
    let text = name.as_str();
    [CONTENT_ENCODING, CONTENT_TYPE, DATE, RETRY_AFTER].contains(name)
        || ["retry-after-ms", "x-should-retry"].contains(&text)
        || text.starts_with("x-orq-")
        || text.starts_with("x-ratelimit-")
}

/// Whether a header's value is kept out of a cassette: it was marked sensitive, or its name says so.
pub(super) fn is_secret(name: &HeaderName, value: &HeaderValue) -> bool {
    let name = name.as_str();
    let mut words = name.split(['-', '_']);
    value.is_sensitive()
        || (words.any(|word| WORDS.contains(&word)) && name != "idempotency-key")
        || name.starts_with("set-cookie")
}

/// The credentials in a request's headers, each with the header's name. They must stand nowhere in a cassette.
pub(crate) fn credentials(headers: &HeaderMap) -> impl Iterator<Item = (&HeaderName, Vec<u8>)> {
    let secret = headers
        .iter()
        .filter(|(name, value)| is_secret(name, value));
    let all = secret.flat_map(|(name, value)| {
        let value = value.as_bytes().trim_ascii();
        let parts = match *name == COOKIE {
            true => value
                .split(|byte| *byte == b';')
                .map(after_equals)
                .collect(),
            false => credential(
                value,
                *name == AUTHORIZATION || *name == PROXY_AUTHORIZATION,
            ),
        };
        parts.into_iter().map(move |part| (name, part))
    });
    all.filter(|(_, credential)| !credential.is_empty())
}

/// The value of a cookie, or all of one that has no name
/// ([RFC 6265, 5.2](https://www.rfc-editor.org/rfc/rfc6265#section-5.2)).
fn after_equals(cookie: &[u8]) -> Vec<u8> {
    let equals = cookie.iter().position(|byte| *byte == b'=');
    let value = cookie.get(equals.map_or(0, |at| at + 1)..);
    value.unwrap_or_default().trim_ascii().to_vec()
}

/// `KEY` of `Bearer KEY` ([RFC 9110, 11.4](https://www.rfc-editor.org/rfc/rfc9110#section-11.4)), and the password of
/// `Basic` beside what encodes it ([RFC 7617](https://www.rfc-editor.org/rfc/rfc7617)).
fn credential(value: &[u8], has_scheme: bool) -> Vec<Vec<u8>> {
    let space = value.iter().position(|byte| *byte == b' ').unwrap_or(0);
    let (scheme, rest) = value.split_at_checked(space).unwrap_or_default();
    let is = |name: &str| scheme.eq_ignore_ascii_case(name.as_bytes());
    if !has_scheme && !is("bearer") && !is("basic") {
        return vec![value.to_vec()];
    }
    let rest = rest.trim_ascii();
    let mut found = vec![rest.to_vec()];
    if is("basic")
        && let Ok(pair) = BASE64_STANDARD.decode(rest)
        && let Some(colon) = pair.iter().position(|byte| *byte == b':')
    {
        found.extend(pair.get(colon + 1..).map(<[u8]>::to_vec));
    }
    found
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
            "set-cookie2",
            "x-api-key",
            "api-key",
            "api_key",
            "x-goog-api-key",
            "x-auth-token",
            "x-amz-security-token",
            "x-session-id",
            "x-client-secret",
            "x-hub-signature-256",
            "x-orq-apikey",
            "ocp-apim-subscription-key",
        ] {
            assert!(secret(name), "{name}");
        }
        for name in [
            "content-type",
            "x-ratelimit-remaining-tokens",
            "x-orq-trace-id",
            "www-authenticate",
            "author",
            "idempotency-key",
            "date",
        ] {
            assert!(!secret(name), "{name}");
        }
    }

    #[test]
    fn what_was_marked_sensitive_is_secret_whatever_its_name() {
        let mut value = HeaderValue::from_static("x");
        value.set_sensitive(true);
        let headers = HeaderMap::from_iter([(HeaderName::from_static("x-plain"), value)]);
        let found: Vec<_> = credentials(&headers).collect();
        assert_eq!(
            found,
            [(&HeaderName::from_static("x-plain"), b"x".to_vec())]
        );
    }

    #[test]
    fn credentials_are_what_follows_a_scheme_or_the_name_of_a_cookie() {
        let found = |name: &'static str, value| {
            let name = HeaderName::from_static(name);
            let headers = HeaderMap::from_iter([(name, HeaderValue::from_static(value))]);
            let found = credentials(&headers).map(|(_, found)| String::from_utf8(found).unwrap());
            found.collect::<Vec<_>>()
        };
        assert_eq!(found("authorization", "Bearer  sk-1 "), ["sk-1"]);
        assert_eq!(found("authorization", "Custom sk-1"), ["sk-1"]);
        assert_eq!(found("proxy-authorization", "bare"), ["bare"]);
        assert_eq!(
            found("authorization", "basic dXNlcjpwYTpzcw=="),
            ["dXNlcjpwYTpzcw==", "pa:ss"]
        );
        assert_eq!(found("x-api-key", "a b"), ["a b"]);
        assert_eq!(found("x-upstream-auth", "bearer sk-1"), ["sk-1"]);
        assert_eq!(found("cookie", "a=b=c; d=; e"), ["b=c", "e"]);
        assert_eq!(found("x-plain", "x"), [""; 0]);
    }

    #[test]
    fn a_replay_has_the_headers_that_a_client_reads() {
        let replayed = |name| is_replayed(&HeaderName::from_static(name));
        for name in [
            "content-type",
            "date",
            "retry-after-ms",
            "x-orq-trace-id",
            "x-ratelimit-reset-cost",
        ] {
            assert!(replayed(name), "{name}");
        }
        for name in [
            "location",
            "set-cookie",
            "x-signature",
            "server",
            "content-length",
            "x-orq",
        ] {
            assert!(!replayed(name), "{name}");
        }
    }
}
