//! What the server answers.

use std::{io, sync::Arc};

use bytes::Bytes;
use futures::StreamExt;
use http::{Method, Request};

use super::{NO_CONTENT, SIZES, pattern};
use crate::conformance::{
    exchange::{
        SECRET, Transport, ensure_body, ensure_empty, get, header, post, read, request, text,
        verdict,
    },
    failure::{OrFail, Outcome, ensure_eq},
    raw::{RawServer, invalid, ok},
    subject::Subject,
};

const CHUNKED: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

/// A server that has the bodies, and serves number `n` at `/n`, in chunks if the query asks for them.
fn serving(bodies: Arc<[Vec<u8>; 4]>) -> io::Result<RawServer> {
    RawServer::sharing(bodies, |mut connection, bodies| async move {
        while let Some(request) = connection.request().await? {
            let digit = request.line.chars().find_map(|each| each.to_digit(10));
            let body = digit.and_then(|digit| bodies.get(digit as usize));
            let body = body.ok_or_else(|| invalid("no such body"))?;
            if request.line.contains("chunked") {
                connection.write(CHUNKED).await?;
                for chunk in body.chunks(77_777) {
                    connection.write(format!("{:x}\r\n", chunk.len())).await?;
                    connection.write(chunk).await?;
                    connection.write("\r\n").await?;
                }
                connection.write("0\r\n\r\n").await?;
            } else {
                connection.write(ok("", body)).await?;
            }
        }
        Ok(())
    })
}

pub(crate) async fn response_bodies_of_every_size(subject: &Subject) -> Outcome {
    let bodies = Arc::new(SIZES.map(pattern));
    let server = serving(Arc::clone(&bodies))?;
    let transport = subject.transport();
    for (index, expected) in bodies.iter().enumerate() {
        for query in ["", "?chunked"] {
            let request = get(&server.url(&format!("/{index}{query}")))?;
            let mut body = transport.send(request).await?.into_body();
            let mut left = expected.as_slice();
            while let Some(chunk) = body.next().await {
                let rest = left.strip_prefix(&*chunk?);
                let at = expected.len() - left.len();
                left = rest.or_fail(&format!("the body /{index}{query} is wrong behind {at}"))?;
            }
            ensure_eq!(left.len(), 0, "what is missing of /{index}{query}");
        }
    }
    Ok(())
}

pub(crate) async fn chunks_of_one_byte(subject: &Subject) -> Outcome {
    let events = "data: {\"id\":1}\n\ndata: [DONE]\n\n";
    let server = RawServer::serving(move |mut connection| async move {
        while connection.request().await?.is_some() {
            connection.write(CHUNKED).await?;
            for byte in events.bytes() {
                connection.write(b"1;name=value\r\n").await?;
                connection.write([byte, b'\r', b'\n']).await?;
            }
            connection.write("0\r\ntrailer: too\r\n\r\n").await?;
        }
        Ok(())
    })?;
    let response = subject.transport().send(get(&server.url("/"))?).await?;
    ensure_body(response, events, "").await
}

pub(crate) async fn bodies_that_end_with_the_connection(subject: &Subject) -> Outcome {
    for head in [
        "HTTP/1.0 200 OK\r\n\r\n",
        "HTTP/1.0 200 OK\r\ncontent-length: 4\r\n\r\n",
        "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n",
    ] {
        let server = RawServer::serving(move |mut connection| async move {
            connection.request().await?;
            connection.write(head).await?;
            connection.write("body").await
        })?;
        let response = subject.transport().send(get(&server.url("/"))?).await?;
        ensure_body(response, "body", &format!(" after {head:?}")).await?;
    }
    Ok(())
}

pub(crate) async fn response_headers_keep_their_bytes(subject: &Subject) -> Outcome {
    let head = b"HTTP/1.1 299 Odd but fine\r\nX-Twice: one\r\nx-twice: two\r\n\
x-bytes: caf\xc3\xa9 \xff\x80\r\nx-empty:\r\ncontent-length: 0\r\n\r\n";
    let server = RawServer::answering(head.as_slice())?;
    let response = subject.transport().send(get(&server.url("/"))?).await?;
    ensure_eq!(response.status(), 299, "the status");
    let twice: Vec<_> = response.headers().get_all("x-twice").iter().collect();
    ensure_eq!(twice, ["one", "two"], "a header sent twice");
    let bytes = text(b"caf\xc3\xa9 \xff\x80");
    let odd = header(&response, "x-bytes");
    ensure_eq!(odd, Some(bytes), "a header of odd bytes");
    let empty = header(&response, "x-empty");
    ensure_eq!(empty.as_deref(), Some(""), "an empty header");
    Ok(())
}

/// Returns 250 headers, which count as just under 64 KiB by the measure of HTTP/2 (RFC 9113, 6.5.2).
pub(crate) fn many_headers() -> impl Iterator<Item = (String, String)> {
    (0..250).map(|number| (format!("x-{number:03}"), format!("{number:0>220}")))
}

pub(crate) async fn as_many_as_250_response_headers(subject: &Subject) -> Outcome {
    let lines: String = many_headers()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n{lines}\r\n");
    let server = RawServer::answering(head)?;
    many_headers_arrive(subject, &subject.transport(), get(&server.url("/"))?).await
}

/// Judges what becomes of a request that is answered with [`many_headers`].
pub(crate) async fn many_headers_arrive(
    subject: &Subject,
    transport: &Transport,
    request: Request<Bytes>,
) -> Outcome {
    match transport.send(request).await {
        Ok(response) => {
            for (name, value) in many_headers() {
                ensure_eq!(header(&response, &name), Some(value), "{name}");
            }
            let length = read(response).await?.len();
            subject.judge(&format!("ok, {length} bytes"), "")
        }
        Err(error) => subject.judge(&verdict(&error, SECRET)?, ""),
    }
}

pub(crate) async fn interim_responses_are_passed_over(subject: &Subject) -> Outcome {
    let server = RawServer::answering(
        "HTTP/1.1 100 Continue\r\n\r\n\
         HTTP/1.1 102 Processing\r\n\r\n\
         HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n\
         HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfinal",
    )?;
    let response = subject.transport().send(get(&server.url("/"))?).await?;
    ensure_eq!(response.status(), 200, "the status");
    let link = header(&response, "link");
    ensure_eq!(link, None, "an interim response's header");
    ensure_body(response, "final", "").await
}

pub(crate) async fn responses_without_a_body(subject: &Subject) -> Outcome {
    let transport = subject.transport();
    for (method, head) in [
        (Method::POST, NO_CONTENT),
        (
            Method::GET,
            "HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n",
        ),
        (Method::HEAD, "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n"),
    ] {
        let server = RawServer::answering(head)?;
        for _ in 0..2 {
            let request = request(method.clone(), &server.url("/"), "")?;
            ensure_empty(&transport, request, &format!("{method} {head:?}")).await?;
        }
    }
    Ok(())
}

/// Fails the check unless a response with this status, header and body arrives, and the request was sent once.
async fn is_an_answer(
    transport: &Transport,
    status: u16,
    (name, value): (&str, &str),
    body: &str,
) -> Outcome {
    let length = body.len();
    let server = RawServer::answering(format!(
        "HTTP/1.1 {status} \r\n{name}: {value}\r\nwww-authenticate: Basic\r\n\
         content-length: {length}\r\n\r\n{body}"
    ))?;
    let response = transport.send(post(&server.url("/"))?).await?;
    ensure_eq!(response.status(), status, "the status");
    let found = header(&response, name);
    ensure_eq!(found.as_deref(), Some(value), "{name} of a {status}");
    ensure_body(response, body, &format!(" of a {status}")).await?;
    let often = (server.connections(), server.requests());
    ensure_eq!(often, (1, 1), "how often a {status} was asked for");
    Ok(())
}

pub(crate) async fn every_status_is_an_answer(subject: &Subject) -> Outcome {
    let transport = subject.transport();
    for status in [
        200, 201, 400, 401, 402, 403, 404, 407, 408, 409, 417, 422, 425, 429, 500, 503, 511, 599,
        999,
    ] {
        is_an_answer(&transport, status, ("retry-after", "1"), "body").await?;
    }
    Ok(())
}

pub(crate) async fn redirects_are_not_followed(subject: &Subject) -> Outcome {
    let target = RawServer::answering(ok("", "target"))?;
    let transport = subject.transport();
    let location = target.url("/elsewhere");
    for status in [300, 301, 302, 303, 307, 308] {
        is_an_answer(&transport, status, ("location", &location), "moved").await?;
    }
    let connections = target.connections();
    ensure_eq!(connections, 0, "connections to where the redirects point");
    Ok(())
}
