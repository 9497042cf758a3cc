//! The request, as both transports send it.

use bytes::Bytes;
use http::{
    HeaderValue, Method, Request, Uri, Version,
    header::{ACCEPT_ENCODING, CONTENT_LENGTH},
};
use orq_core::transport::{
    CallContext, Operation, Tracked, TrackedBody, TransportError, TransportErrorKind as Kind,
};
use tokio::runtime::Handle;

use super::response::Reading;
use crate::verdict::refused;

/// A request that was checked, and what is needed to read its response.
pub struct Prepared {
    /// The request, without extensions and with the default version.
    pub request: Request<TrackedBody>,
    /// Whether the request has a body.
    pub has_body: bool,
    /// To be kept while the response is awaited.
    pub tracked: Tracked,
    /// What the response is read with.
    pub reading: Reading,
}

/// Checks the request, adds the headers that the transports add, and tracks its sending.
///
/// # Errors
///
/// An error with the delivery `not_sent`, if there is no tokio runtime, or if the request can't be an exchange: the
/// method `CONNECT`, a URI that isn't absolute, has another scheme than `http` and `https`, user information or an
/// invalid port.
pub fn prepare(request: Request<Bytes>) -> Result<Prepared, TransportError> {
    let Ok(runtime) = Handle::try_current() else {
        return Err(refused(Kind::Runtime, "there is no tokio runtime here"));
    };
    let (mut parts, body) = request.into_parts();
    check(&parts.method, &parts.uri).map_err(|reason| refused(Kind::Other, reason))?;
    let context = parts.extensions.get::<CallContext>().cloned();
    let context = context.unwrap_or_else(|| CallContext::new(Operation::Other, None));
    // RFC 9110, 8.6. Over HTTP/1.1 hyper omits the length of an empty body, and some servers answer 411.
    if body.is_empty() && matches!(parts.method, Method::POST | Method::PUT | Method::PATCH) {
        let zero = HeaderValue::from_static("0");
        parts.headers.entry(CONTENT_LENGTH).or_insert(zero);
    }
    let decodes = cfg!(feature = "gzip") && !parts.headers.contains_key(ACCEPT_ENCODING);
    if decodes {
        let gzip = HeaderValue::from_static("gzip");
        parts.headers.insert(ACCEPT_ENCODING, gzip);
    }
    let tracked = context.track_sending();
    let has_body = !body.is_empty();
    parts.extensions.clear();
    parts.version = Version::default();
    Ok(Prepared {
        request: Request::from_parts(parts, tracked.body(body)),
        has_body,
        tracked,
        reading: Reading {
            context,
            runtime,
            decodes,
        },
    })
}

/// Returns why a request can't be sent.
fn check(method: &Method, uri: &Uri) -> Result<(), &'static str> {
    if method == Method::CONNECT {
        return Err("CONNECT opens a tunnel and is not an exchange");
    }
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err("the URI isn't absolute, or is neither http nor https");
    }
    let Some(authority) = uri.authority().filter(|it| !it.host().is_empty()) else {
        return Err("the URI has no host");
    };
    if authority.as_str().contains('@') {
        return Err("the URI has a user name or a password");
    }
    let rest = authority.as_str().strip_prefix(authority.host());
    if authority.port_u16().is_none() && !matches!(rest, Some("" | ":")) {
        return Err("the port of the URI is invalid");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(method: Method, uri: &str) -> Option<Result<Prepared, TransportError>> {
        let request = Request::builder().method(method).uri(uri);
        Some(prepare(request.body(Bytes::new()).ok()?))
    }

    #[tokio::test]
    async fn a_request_that_cannot_be_an_exchange_is_refused() {
        for (method, uri) in [
            (Method::GET, "/path"),
            (Method::GET, "*"),
            (Method::GET, "host:80"),
            (Method::GET, "ftp://host/"),
            (Method::GET, "http://user@host/"),
            (Method::GET, "http://user:secret@host/"),
            (Method::GET, "http://:secret@host/"),
            (Method::GET, "http://host:99999/"),
            (Method::GET, "http://:80/"),
            (Method::CONNECT, "http://host/"),
        ] {
            let Some(result) = prepared(method, uri) else {
                continue;
            };
            let error = result.err().unwrap();
            assert_eq!(error.delivery().as_str(), "not_sent", "{uri}");
            assert!(!format!("{error:?}").contains("secret"), "{uri}");
        }
    }

    #[tokio::test]
    async fn uris_are_left_as_they_are() {
        for uri in [
            "http://host/",
            "http://host:80/a/../b?c='",
            "https://127.0.0.1:8443/",
            "https://[::1]:8443/",
            "https://[::1]/",
        ] {
            let prepared = prepared(Method::GET, uri).unwrap().unwrap();
            assert_eq!(prepared.request.uri().to_string(), uri);
        }
    }
}
