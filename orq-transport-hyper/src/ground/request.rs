//! The request, as both transports send it.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{
    HeaderValue, Method, Request, Uri,
    header::{ACCEPT_ENCODING, CONTENT_LENGTH},
};
use http_body::{Body, Frame, SizeHint};
use orq_core::transport::{CallContext, TransportError, TransportErrorKind as Kind};
use tokio::runtime::Handle;

use crate::verdict::refused;

/// A request that was checked, and what is needed to read its response.
pub struct Prepared {
    /// The request, without extensions and with the default version.
    pub request: Request<OutgoingBody>,
    /// The context of the request, or a new one.
    pub context: Option<CallContext>,
    /// Whether gzip was requested here, so that the response has to be decoded.
    pub decodes: bool,
}

/// Checks the request and adds the headers that the transports add.
///
/// # Errors
///
/// An error with the delivery `not_sent`, if there is no tokio runtime, or if the request can't be an exchange: the
/// method `CONNECT`, a URI that isn't absolute, has another scheme than `http` and `https`, user information or an
/// invalid port.
pub fn prepare(request: Request<Bytes>) -> Result<Prepared, TransportError> {
    if Handle::try_current().is_err() {
        return Err(refused(Kind::Runtime, "there is no tokio runtime here"));
    }
    let (parts, body) = request.into_parts();
    if parts.method == Method::CONNECT {
        return Err(refused(
            Kind::Other,
            "CONNECT opens a tunnel and is not an exchange",
        ));
    }
    check(&parts.uri).map_err(|reason| refused(Kind::Other, reason))?;
    let context = parts.extensions.get::<CallContext>().cloned();
    if let Some(context) = &context {
        context.track_sending();
    }
    let mut headers = parts.headers;
    // RFC 9110, 8.6. Over HTTP/1.1 hyper omits the length of an empty body, and some servers answer 411.
    if body.is_empty() && matches!(parts.method, Method::POST | Method::PUT | Method::PATCH) {
        let zero = HeaderValue::from_static("0");
        headers.entry(CONTENT_LENGTH).or_insert(zero);
    }
    let decodes = cfg!(feature = "gzip") && !headers.contains_key(ACCEPT_ENCODING);
    if decodes {
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    }
    let mut request = Request::new(OutgoingBody {
        bytes: body,
        context: context.clone(),
    });
    *request.method_mut() = parts.method;
    *request.uri_mut() = parts.uri;
    *request.headers_mut() = headers;
    Ok(Prepared {
        request,
        context,
        decodes,
    })
}

/// Returns why a request can't be sent to this URI.
fn check(uri: &Uri) -> Result<(), &'static str> {
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

/// The body of a request. It marks in the [`CallContext`] that sending begins when it is first read.
#[derive(Debug)]
pub struct OutgoingBody {
    bytes: Bytes,
    context: Option<CallContext>,
}

impl OutgoingBody {
    /// Returns the bytes, and marks that sending begins, since it isn't known when they are sent.
    pub fn into_bytes(self) -> Bytes {
        self.begin();
        self.bytes
    }

    fn begin(&self) {
        if let Some(context) = &self.context {
            context.begin_sending();
        }
    }
}

impl Body for OutgoingBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.begin();
        let bytes = std::mem::take(&mut self.bytes);
        Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
    }

    /// An empty body isn't polled: hyper asks here, just before it sends the headers.
    fn is_end_stream(&self) -> bool {
        if self.bytes.is_empty() {
            self.begin();
        }
        self.bytes.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.len() as u64)
    }
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

    #[test]
    fn sending_begins_with_the_body() {
        let context = CallContext::new(Default::default(), None);
        context.track_sending();
        let body = |bytes| OutgoingBody {
            bytes,
            context: Some(context.clone()),
        };
        let full = body(Bytes::from("x"));
        assert!(!full.is_end_stream() && context.is_unsent());
        assert!(body(Bytes::new()).is_end_stream() && !context.is_unsent());
    }
}
