//! What the server gets.

use bytes::Bytes;
use http::{HeaderValue, Method};

use super::{NO_CONTENT, SIZES, pattern, recorder};
use crate::conformance::{
    exchange::{SECRET, get, header, post, read, request, text},
    failure::{OrFail, Outcome, ensure, ensure_eq},
    raw::RawRequest,
    subject::Subject,
};

const LOST: &str = "there is an answer to a request that did not arrive";

/// Fails the check unless these are all values of a header.
fn ensure_values(request: &RawRequest, name: &str, expected: &[&str]) -> Outcome {
    ensure_eq!(values(request, name), expected, "{name}");
    Ok(())
}

/// All values of a header, as [`text`].
fn values(request: &RawRequest, name: &str) -> Vec<String> {
    request.values(name).into_iter().map(text).collect()
}

pub(crate) async fn a_get_arrives_as_given(subject: &Subject) -> Outcome {
    let (server, mut seen) = recorder(NO_CONTENT)?;
    let mut request = get(&server.url("/v2/deployments?limit=50&starting_after=a%20b%2Fc"))?;
    let headers = request.headers_mut();
    headers.append("x-twice", HeaderValue::from_static("one"));
    headers.append("x-twice", HeaderValue::from_static("two"));
    let bytes = b"caf\xc3\xa9 \xff\x80\ttab";
    headers.insert("x-bytes", HeaderValue::from_bytes(bytes)?);
    headers.insert("x-empty", HeaderValue::from_static(""));
    subject.transport().send(request).await?;

    let request = seen.try_recv().ok().or_fail(LOST)?;
    let line = "GET /v2/deployments?limit=50&starting_after=a%20b%2Fc HTTP/1.1";
    ensure_eq!(request.line, line, "the request's line");
    ensure_values(&request, "x-twice", &["one", "two"])?;
    ensure_values(&request, "x-bytes", &[&text(bytes)])?;
    ensure_values(&request, "x-empty", &[""])?;
    ensure_values(&request, "host", &[&server.address().to_string()])?;
    let length = values(&request, "content-length");
    let none = length.is_empty() || (!subject.strict && length == ["0"]);
    ensure!(none, "content-length of a GET: {length:?}");
    ensure!(request.body.is_empty(), "a GET with a body");
    Ok(())
}

pub(crate) async fn a_post_arrives_as_given(subject: &Subject) -> Outcome {
    let (server, mut seen) = recorder(NO_CONTENT)?;
    let (url, body) = (server.url("/v2/deployments/invoke"), "{\"key\": 2.0}");
    let mut request = request(Method::POST, &url, body)?;
    let kind = HeaderValue::from_static("application/json");
    request.headers_mut().insert("content-type", kind);
    subject.transport().send(request).await?;

    let request = seen.try_recv().ok().or_fail(LOST)?;
    let line = "POST /v2/deployments/invoke HTTP/1.1";
    ensure_eq!(request.line, line, "the request's line");
    ensure_values(&request, "content-type", &["application/json"])?;
    ensure_values(&request, "content-length", &["12"])?;
    ensure_eq!(text(&request.body), text(body.as_bytes()), "the body");
    Ok(())
}

pub(crate) async fn nothing_but_documented_headers_is_added(subject: &Subject) -> Outcome {
    let (server, mut seen) = recorder(NO_CONTENT)?;
    subject.transport().send(post(&server.url("/"))?).await?;

    let request = seen.try_recv().ok().or_fail(LOST)?;
    let may_be_added = match subject.strict {
        true => &["accept", "accept-encoding"][..],
        false => &["accept", "accept-encoding", "connection"],
    };
    let names = request.headers.iter().map(|(name, _)| name.as_str());
    let mut names: Vec<_> = names.filter(|name| !may_be_added.contains(name)).collect();
    names.sort_unstable();
    let expected = ["authorization", "content-length", "host"];
    ensure_eq!(names, expected, "the headers");
    ensure_values(&request, "authorization", &[&format!("Bearer {SECRET}")])?;
    let accept = values(&request, "accept");
    ensure!(accept.is_empty() || accept == ["*/*"], "accept: {accept:?}");
    let encoding = values(&request, "accept-encoding");
    let gzip = encoding.is_empty() || encoding == ["gzip"];
    ensure!(gzip || !subject.strict, "accept-encoding: {encoding:?}");
    Ok(())
}

pub(crate) async fn request_bodies_of_every_size(subject: &Subject) -> Outcome {
    let (server, mut seen) = recorder(NO_CONTENT)?;
    let transport = subject.transport();
    for size in SIZES {
        let body = Bytes::from(pattern(size));
        let request = request(Method::POST, &server.url("/"), body.clone())?;
        transport.send(request).await?;

        let request = seen.try_recv().ok().or_fail(LOST)?;
        ensure_values(&request, "content-length", &[&size.to_string()])?;
        let arrived = request.body == body;
        ensure!(arrived, "a body of {size} bytes did not arrive as it was");
    }
    ensure_eq!(server.requests(), SIZES.len(), "requests that arrived");
    Ok(())
}

pub(crate) async fn no_cookie_is_kept(subject: &Subject) -> Outcome {
    let answer = "HTTP/1.1 200 OK\r\nset-cookie: a=b; Path=/\r\ncontent-length: 0\r\n\r\n";
    let (server, mut seen) = recorder(answer)?;
    let transport = subject.transport();
    for _ in 0..2 {
        let response = transport.send(get(&server.url("/"))?).await?;
        let cookie = header(&response, "set-cookie");
        ensure_eq!(cookie.as_deref(), Some("a=b; Path=/"), "set-cookie");
        read(response).await?;
        let request = seen.try_recv().ok().or_fail(LOST)?;
        ensure!(request.values("cookie").is_empty(), "a cookie was sent");
    }
    Ok(())
}
