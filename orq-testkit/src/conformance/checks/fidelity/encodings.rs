//! Encodings of a response's body.

use std::io;

use http::HeaderValue;

use crate::conformance::{
    ability::Ability,
    checks::flow::next,
    exchange::{ensure_body, ensure_over, get, header, text},
    failure::{Outcome, ensure, ensure_eq},
    raw::{RawServer, invalid, ok},
    subject::Subject,
};

/// `{"hello":"gzip"}`
pub(crate) const GZIP: &[u8] =
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\x56\xca\x48\xcd\xc9\xc9\x57\
\xb2\x52\x4a\xaf\xca\x2c\x50\xaa\x05\x00\xf6\x4f\x05\x6f\x10\x00\x00\x00";

/// Three events as one member, each flushed, and its end.
const FLUSHED: [&[u8]; 4] = [
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x4a\x49\x2c\x49\xb4\x52\xc8\xcf\x4b\xe5\xe2\x02\x00\x00\x00\xff\xff",
    b"\x4a\x01\x33\x4b\xca\xf3\xb9\xb8\x00\x00\x00\x00\xff\xff",
    b"\x82\x30\xa3\x5d\xfc\xfd\x5c\x63\xb9\xb8\x00\x00\x00\x00\xff\xff",
    b"\x03\x00\xbe\x3e\x5b\x26\x24\x00\x00\x00",
];

/// A server that answers gzip to whoever names it in `accept-encoding`, and shows what it was asked.
fn compressing() -> io::Result<RawServer> {
    RawServer::serving(|mut connection| async move {
        while let Some(request) = connection.request().await? {
            let asked = request.values("accept-encoding").join(&b", "[..]);
            let asked = String::from_utf8(asked).map_err(invalid)?;
            let (encoding, body) = if asked.contains("gzip") {
                ("content-encoding: gzip\r\n", GZIP)
            } else {
                ("", &b"{\"hello\":\"plain\"}"[..])
            };
            let lines = format!("x-asked: {asked}\r\n{encoding}");
            connection.write(ok(&lines, body)).await?;
        }
        Ok(())
    })
}

pub(crate) async fn gzip_is_decoded_if_it_was_asked_for(subject: &Subject) -> Outcome {
    let server = compressing()?;
    let response = subject.transport().send(get(&server.url("/"))?).await?;
    let gzip = header(&response, "x-asked").is_some_and(|asked| asked.contains("gzip"));
    let encoding = header(&response, "content-encoding");
    ensure!(
        encoding.is_none(),
        "content-encoding of a decoded body: {encoding:?}"
    );
    let expected = match gzip {
        true => "{\"hello\":\"gzip\"}",
        false => "{\"hello\":\"plain\"}",
    };
    ensure_body(response, expected, "").await?;
    ensure!(
        gzip || !subject.can(Ability::Gzip),
        "gzip was not asked for; without it, say `.without(Ability::Gzip)`"
    );
    Ok(())
}

pub(crate) async fn an_encoding_asked_for_by_name_is_asked_for_as_given(
    subject: &Subject,
) -> Outcome {
    let server = compressing()?;
    let mut request = get(&server.url("/"))?;
    let identity = HeaderValue::from_static("identity");
    request.headers_mut().insert("accept-encoding", identity);
    let response = subject.transport().send(request).await?;
    let asked = header(&response, "x-asked");
    ensure_eq!(asked.as_deref(), Some("identity"), "accept-encoding");
    ensure_body(response, "{\"hello\":\"plain\"}", "").await
}

/// RFC 9110, 8.4.1: the names are case-insensitive, and `x-gzip` is the same as `gzip`.
pub(crate) async fn the_names_of_gzip(subject: &Subject) -> Outcome {
    for encoding in ["GZIP", "Gzip", "x-gzip", "X-GZIP"] {
        let line = format!("content-encoding: {encoding}\r\n");
        let server = RawServer::answering(ok(&line, GZIP))?;
        let response = subject.transport().send(get(&server.url("/"))?).await?;
        let left = header(&response, "content-encoding");
        ensure!(left.is_none(), "content-encoding of decoded {encoding}");
        ensure_body(response, "{\"hello\":\"gzip\"}", &format!(" of {encoding}")).await?;
    }
    Ok(())
}

/// RFC 1952, 2.2: a body is one member or several.
pub(crate) async fn gzip_of_several_members(subject: &Subject) -> Outcome {
    let members = [GZIP, &FLUSHED.concat(), GZIP].concat();
    let expected =
        b"{\"hello\":\"gzip\"}data: one\n\ndata: two\n\ndata: [DONE]\n\n{\"hello\":\"gzip\"}";
    let mut chunked =
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for byte in &members {
        chunked.extend([b"1\r\n", &[*byte][..], b"\r\n"].concat());
    }
    chunked.extend(b"0\r\n\r\n");
    for (answer, case) in [
        (ok("content-encoding: gzip\r\n", &members), " at once"),
        (chunked, " byte by byte"),
    ] {
        let server = RawServer::answering(answer)?;
        let response = subject.transport().send(get(&server.url("/"))?).await?;
        ensure_body(response, expected, case).await?;
    }
    Ok(())
}

pub(crate) async fn gzip_arrives_as_it_is_flushed(subject: &Subject) -> Outcome {
    let [first, rest @ ..] = FLUSHED.map(<[u8]>::to_vec);
    let length = FLUSHED.concat().len();
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {length}\r\n\r\n");
    let first = [head.into_bytes(), first].concat();
    let (server, gate) = RawServer::gated([first].into_iter().chain(rest))?;
    let response = subject.transport().send(get(&server.url("/"))?).await?;
    let mut body = response.into_body();
    for event in ["data: one\n\n", "data: two\n\n", "data: [DONE]\n\n"] {
        let arrived = next(&mut body, event.len()).await?;
        ensure_eq!(arrived, text(event.as_bytes()), "an event");
        gate.notify_one();
    }
    ensure_over(&mut body).await
}

pub(crate) async fn an_unknown_encoding_is_left(subject: &Subject) -> Outcome {
    let server = RawServer::answering(ok("content-encoding: br\r\n", GZIP))?;
    let response = subject.transport().send(get(&server.url("/"))?).await?;
    let encoding = header(&response, "content-encoding");
    ensure_eq!(encoding.as_deref(), Some("br"), "content-encoding");
    ensure_body(response, GZIP, "").await
}
