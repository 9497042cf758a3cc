//! The base URL of the API.

use std::{borrow::Cow, net::IpAddr};

use bytes::Bytes;
use http::Uri;

/// A validated base URL, without trailing slashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    text: String,
    uri: Uri,
}

/// The public API; see <https://docs.orq.ai/reference/>.
impl Default for BaseUrl {
    fn default() -> Self {
        let uri = Uri::from_static("https://my.orq.ai");
        let text = "https://my.orq.ai".to_owned();
        Self { text, uri }
    }
}

impl BaseUrl {
    /// Parses `http(s)://host[:port][/prefix][/]`. The error is the reason why the text was rejected.
    pub(crate) fn parse(text: &str, allow_http: bool) -> Result<Self, String> {
        let refuse = |why: &str| Err(format!("the base URL {why}"));
        let Ok(uri) = text.parse::<Uri>() else {
            return refuse("can't be parsed");
        };
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return refuse("must begin with https:// or http:// and name a host");
        };
        if authority.as_str().contains('@') {
            return refuse("must not contain a user name or password");
        }
        if authority.host().is_empty() || text.contains(['?', '#']) {
            return refuse("must be a host with an optional port and path, nothing more");
        }
        let has_port = authority.as_str() != authority.host();
        if has_port && authority.port_u16().is_none() {
            return refuse("has a port that is not a number from 0 to 65535");
        }
        match scheme {
            "https" => {}
            "http" if allow_http || is_loopback(authority.host()) => {}
            "http" => {
                return refuse(
                    "is plain http, which would send the API key unencrypted; \
                     ClientBuilder::allow_http permits it",
                );
            }
            _ => return refuse("must begin with https:// or http://"),
        }
        let text = text.trim_end_matches('/').to_owned();
        Ok(Self { text, uri })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the URI of `path_and_query`, which begins with a slash.
    pub(crate) fn join(&self, path_and_query: Cow<'static, str>) -> Result<Uri, http::Error> {
        let path = match (self.uri.path().trim_end_matches('/'), path_and_query) {
            ("", Cow::Borrowed(path)) => {
                Uri::from_maybe_shared(Bytes::from_static(path.as_bytes()))?
            }
            (prefix, path) => format!("{prefix}{path}").parse()?,
        };
        let mut parts = self.uri.clone().into_parts();
        parts.path_and_query = path.into_parts().path_and_query;
        Ok(Uri::from_parts(parts)?)
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(base: &str) -> String {
        BaseUrl::parse(base, false)
            .unwrap()
            .join("/v2/deployments?limit=1".into())
            .unwrap()
            .to_string()
    }

    #[test]
    fn with_and_without_prefix_and_trailing_slash() {
        assert_eq!(
            joined("https://my.orq.ai"),
            "https://my.orq.ai/v2/deployments?limit=1"
        );
        assert_eq!(
            joined("https://my.orq.ai/"),
            "https://my.orq.ai/v2/deployments?limit=1"
        );
        assert_eq!(
            joined("https://ai.corp:8443/orq"),
            "https://ai.corp:8443/orq/v2/deployments?limit=1"
        );
        assert_eq!(
            joined("https://ai.corp/a/b//"),
            "https://ai.corp/a/b/v2/deployments?limit=1"
        );
    }

    #[test]
    fn plain_http_only_to_this_machine_or_when_allowed() {
        for base in [
            "http://localhost:80",
            "http://LocalHost",
            "http://127.9.9.9",
            "http://[::1]:9/x",
        ] {
            assert!(BaseUrl::parse(base, false).is_ok(), "{base}");
        }
        for base in [
            "http://my.orq.ai",
            "http://10.0.0.1",
            "http://localhost.evil.com",
            "http://[::2]",
        ] {
            let error = BaseUrl::parse(base, false).unwrap_err();
            assert!(error.to_string().contains("allow_http"), "{error}");
            assert!(BaseUrl::parse(base, true).is_ok(), "{base}");
        }
    }

    #[test]
    fn everything_else_is_refused_and_no_password_shown() {
        let bases = [
            "",
            "/",
            "my.orq.ai",
            "ftp://my.orq.ai",
            "https://",
            "https://u:secret@my.orq.ai",
            "https://my.orq.ai?secret=1",
            "https://my.orq.ai/#x",
            "https://my orq.ai",
            "https:///x",
        ];
        for base in bases {
            let error = BaseUrl::parse(base, true).unwrap_err();
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
