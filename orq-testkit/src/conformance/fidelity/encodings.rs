//! Encodings of a response's body.

use std::io;

use http::HeaderValue;

use crate::conformance::{
    Ability, RawServer,
    connection::invalid,
    exchange::{get, header, read, text},
    failure::{Outcome, ensure, ensure_eq},
    subject::Subject,
};

/// `{"hello":"gzip"}`
pub(in crate::conformance) const GZIP: &[u8] =
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\x56\xca\x48\xcd\xc9\xc9\x57\
\xb2\x52\x4a\xaf\xca\x2c\x50\xaa\x05\x00\xf6\x4f\x05\x6f\x10\x00\x00\x00";

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
            let length = body.len();
            connection
                .write(format!(
                    "HTTP/1.1 200 OK\r\nx-asked: {asked}\r\n{encoding}content-length: {length}\r\n\r\n"
                ))
                .await?;
            connection.write(body).await?;
        }
        Ok(())
    })
}

pub(in crate::conformance) async fn gzip_is_decoded_if_it_was_asked_for(
    subject: &Subject,
) -> Outcome {
    let server = compressing()?;
    let response = subject.transport().send(get(&server.url("/"))?).await?;
    let gzip = header(&response, "x-asked").is_some_and(|asked| asked.contains("gzip"));
    let encoding = header(&response, "content-encoding");
    ensure!(
        encoding.is_none(),
        "content-encoding of a decoded body: {encoding:?}"
    );
    let expected = match gzip {
        true => b"{\"hello\":\"gzip\"}".as_slice(),
        false => b"{\"hello\":\"plain\"}",
    };
    ensure_eq!(text(&read(response).await?), text(expected), "the body");
    ensure!(
        gzip || !subject.can(Ability::Gzip),
        "gzip was not asked for; without it, say `.without(Ability::Gzip)`"
    );
    Ok(())
}

pub(in crate::conformance) async fn an_encoding_asked_for_by_name_is_asked_for_as_given(
    subject: &Subject,
) -> Outcome {
    let server = compressing()?;
    let mut request = get(&server.url("/"))?;
    let identity = HeaderValue::from_static("identity");
    request.headers_mut().insert("accept-encoding", identity);
    let response = subject.transport().send(request).await?;
    let asked = header(&response, "x-asked");
    ensure_eq!(asked.as_deref(), Some("identity"), "accept-encoding");
    ensure_eq!(
        text(&read(response).await?),
        text(b"{\"hello\":\"plain\"}"),
        "the body"
    );
    Ok(())
}
