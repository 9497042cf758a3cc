//! Every byte arrives, in both directions.

use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt;
use http::{HeaderValue, Method};
use tokio::sync::mpsc;

use super::{
    Make, default, get, outcome, post, read, request,
    server::{Request, Server},
};

const SIZES: [usize; 4] = [0, 1, 1 << 20, 64 << 20];
/// `{"hello":"gzip"}`
pub const GZIP: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\x56\xca\x48\xcd\xc9\xc9\x57\
\xb2\x52\x4a\xaf\xca\x2c\x50\xaa\x05\x00\xf6\x4f\x05\x6f\x10\x00\x00\x00";

/// A server that answers 204 and reports what it was asked.
async fn recorder() -> (Server, mpsc::UnboundedReceiver<Request>) {
    let (requests, seen) = mpsc::unbounded_channel();
    let server = Server::http1(move |mut connection, _| {
        let requests = requests.clone();
        async move {
            while let Some(request) = connection.request().await? {
                requests.send(request).unwrap();
                connection.write("HTTP/1.1 204 No Content\r\n\r\n").await?;
            }
            Ok(())
        }
    })
    .await;
    (server, seen)
}

/// Bytes that show a lost, doubled or moved piece of any power of two: their period is 251.
fn pattern(length: usize) -> Vec<u8> {
    let period: Vec<u8> = (0..251).collect();
    period.iter().copied().cycle().take(length).collect()
}

pub async fn a_get_arrives_as_given(make: Make) {
    let (server, mut seen) = recorder().await;
    let mut request = get(&server.url("/v2/deployments?limit=50&starting_after=a%20b%2Fc"));
    let headers = request.headers_mut();
    headers.append("x-twice", HeaderValue::from_static("one"));
    headers.append("x-twice", HeaderValue::from_static("two"));
    headers.insert(
        "x-bytes",
        HeaderValue::from_bytes(b"caf\xc3\xa9 \xff\x80\ttab").unwrap(),
    );
    headers.insert("x-empty", HeaderValue::from_static(""));
    default(make).send(request).await.unwrap();

    let request = seen.recv().await.unwrap();
    assert_eq!(
        request.line,
        "GET /v2/deployments?limit=50&starting_after=a%20b%2Fc HTTP/1.1"
    );
    assert_eq!(request.values("x-twice"), [b"one", b"two"]);
    assert_eq!(request.values("x-bytes"), [b"caf\xc3\xa9 \xff\x80\ttab"]);
    assert_eq!(request.values("x-empty"), [b""]);
    assert_eq!(
        request.values("host"),
        [server.address.to_string().as_bytes()]
    );
    assert!(request.values("content-length").is_empty());
    assert!(request.body.is_empty());
}

pub async fn a_post_arrives_as_given(make: Make) {
    let (server, mut seen) = recorder().await;
    let mut request = request(
        Method::POST,
        &server.url("/v2/deployments/invoke"),
        "{\"key\": 2.0}",
    );
    let kind = HeaderValue::from_static("application/json");
    request.headers_mut().insert("content-type", kind);
    default(make).send(request).await.unwrap();

    let request = seen.recv().await.unwrap();
    assert_eq!(request.line, "POST /v2/deployments/invoke HTTP/1.1");
    assert_eq!(request.values("content-type"), [b"application/json"]);
    assert_eq!(request.values("content-length"), [b"12"]);
    assert_eq!(request.body, b"{\"key\": 2.0}");
}

pub async fn nothing_but_documented_headers_is_added(make: Make) {
    let (server, mut seen) = recorder().await;
    default(make).send(post(&server.url("/"))).await.unwrap();

    let request = seen.recv().await.unwrap();
    let mut names: Vec<_> = request
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    names.retain(|name| !["accept", "accept-encoding"].contains(name));
    names.sort_unstable();
    assert_eq!(names, ["authorization", "content-length", "host"]);
    assert!(matches!(*request.values("accept"), [] | [b"*/*"]));
    assert!(matches!(*request.values("accept-encoding"), [] | [b"gzip"]));
}

pub async fn request_bodies_of_every_size(make: Make) {
    let (server, mut seen) = recorder().await;
    let transport = default(make);
    for size in SIZES {
        let body = Bytes::from(pattern(size));
        let request = request(Method::POST, &server.url("/"), body.clone());
        transport.send(request).await.unwrap();

        let request = seen.recv().await.unwrap();
        assert_eq!(
            request.values("content-length"),
            [size.to_string().as_bytes()]
        );
        assert!(request.body == body, "{size} bytes");
    }
}

pub async fn response_bodies_of_every_size(make: Make) {
    let bodies = Arc::new(SIZES.map(pattern));
    let served = Arc::clone(&bodies);
    let server = Server::http1(move |mut connection, _| {
        let bodies = Arc::clone(&served);
        async move {
            while let Some(request) = connection.request().await? {
                let index: usize = request.line[5..6].parse().unwrap();
                let body = &bodies[index];
                let head = if request.line.contains("chunked") {
                    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_owned()
                } else {
                    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len())
                };
                connection.write(head).await?;
                if request.line.contains("chunked") {
                    for chunk in body.chunks(77_777) {
                        connection.write(format!("{:x}\r\n", chunk.len())).await?;
                        connection.write(chunk).await?;
                        connection.write("\r\n").await?;
                    }
                    connection.write("0\r\n\r\n").await?;
                } else {
                    connection.write(body).await?;
                }
            }
            Ok(())
        }
    })
    .await;
    let transport = default(make);
    for (index, expected) in bodies.iter().enumerate() {
        for query in ["", "?chunked"] {
            let request = get(&server.url(&format!("/{index}{query}")));
            let mut body = transport.send(request).await.unwrap().into_body();
            let mut offset = 0;
            while let Some(chunk) = body.next().await {
                let chunk = chunk.unwrap();
                assert!(
                    chunk == expected[offset..offset + chunk.len()],
                    "at {offset}"
                );
                offset += chunk.len();
            }
            assert_eq!(offset, expected.len());
        }
    }
}

pub async fn chunks_of_one_byte(make: Make) {
    let text = "data: {\"id\":1}\n\ndata: [DONE]\n\n";
    let server = Server::http1(move |mut connection, _| async move {
        while connection.request().await?.is_some() {
            connection
                .write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
                .await?;
            for byte in text.bytes() {
                connection.write(b"1;name=value\r\n").await?;
                connection.write([byte, b'\r', b'\n']).await?;
            }
            connection.write("0\r\ntrailer: too\r\n\r\n").await?;
        }
        Ok(())
    })
    .await;
    let response = default(make).send(get(&server.url("/"))).await.unwrap();
    assert_eq!(read(response).await.unwrap(), text.as_bytes());
}

pub async fn bodies_that_end_with_the_connection(make: Make) {
    for head in [
        "HTTP/1.0 200 OK\r\n\r\n",
        "HTTP/1.0 200 OK\r\ncontent-length: 4\r\n\r\n",
        "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n",
    ] {
        let server = Server::http1(move |mut connection, _| async move {
            connection.request().await?;
            connection.write(head).await?;
            connection.write("body").await
        })
        .await;
        let response = default(make).send(get(&server.url("/"))).await.unwrap();
        assert_eq!(read(response).await.unwrap(), b"body", "{head:?}");
    }
}

pub async fn response_headers_keep_their_bytes(make: Make) {
    let head = b"HTTP/1.1 299 Odd but fine\r\nX-Twice: one\r\nx-twice: two\r\n\
x-bytes: caf\xc3\xa9 \xff\x80\r\nx-empty:\r\ncontent-length: 0\r\n\r\n";
    let server = Server::answering(head.as_slice()).await;
    let response = default(make).send(get(&server.url("/"))).await.unwrap();
    assert_eq!(response.status(), 299);
    let values: Vec<_> = response.headers().get_all("x-twice").iter().collect();
    assert_eq!(values, ["one", "two"]);
    assert_eq!(
        response.headers()["x-bytes"].as_bytes(),
        b"caf\xc3\xa9 \xff\x80"
    );
    assert_eq!(response.headers()["x-empty"], "");
}

pub async fn as_many_as_250_response_headers(make: Make) {
    let lines: String = (0..250)
        .map(|number| format!("x-{number}: {number}\r\n"))
        .collect();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n{lines}\r\n");
    let server = Server::answering(head).await;
    let response = default(make).send(get(&server.url("/"))).await.unwrap();
    assert_eq!(response.headers().len(), 251);
    assert_eq!(response.headers()["x-249"], "249");
}

pub async fn interim_responses_are_passed_over(make: Make) {
    let server = Server::answering(
        "HTTP/1.1 100 Continue\r\n\r\n\
         HTTP/1.1 102 Processing\r\n\r\n\
         HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n\
         HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfinal",
    )
    .await;
    let response = default(make).send(get(&server.url("/"))).await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(!response.headers().contains_key("link"));
    assert_eq!(read(response).await.unwrap(), b"final");
}

pub async fn responses_without_a_body(make: Make) {
    let transport = default(make);
    for (method, head) in [
        (Method::POST, "HTTP/1.1 204 No Content\r\n\r\n"),
        (
            Method::GET,
            "HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n",
        ),
        (Method::HEAD, "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n"),
    ] {
        let server = Server::answering(head).await;
        for _ in 0..2 {
            let request = request(method.clone(), &server.url("/"), "");
            assert_eq!(
                outcome(&transport, request).await,
                "ok, 0 bytes",
                "{head:?}"
            );
        }
    }
}

pub async fn every_status_is_an_answer(make: Make) {
    let transport = default(make);
    for status in [
        200, 201, 400, 401, 402, 403, 404, 407, 408, 409, 417, 422, 425, 429, 500, 503, 511, 599,
        999,
    ] {
        let answer = format!(
            "HTTP/1.1 {status} \r\nretry-after: 1\r\nwww-authenticate: Basic\r\ncontent-length: 4\r\n\r\nbody"
        );
        let server = Server::answering(answer).await;
        let response = transport.send(post(&server.url("/"))).await.unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["retry-after"], "1");
        assert_eq!(read(response).await.unwrap(), b"body");
        assert_eq!(server.connections(), 1);
    }
}

pub async fn redirects_are_not_followed(make: Make) {
    let target = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\ntarget").await;
    let transport = default(make);
    for status in [300, 301, 302, 303, 307, 308] {
        let location = target.url("/elsewhere");
        let answer = format!(
            "HTTP/1.1 {status} Moved\r\nlocation: {location}\r\ncontent-length: 5\r\n\r\nmoved"
        );
        let server = Server::answering(answer).await;
        let response = transport.send(post(&server.url("/"))).await.unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["location"], location);
        assert_eq!(read(response).await.unwrap(), b"moved");
        assert_eq!(server.connections(), 1);
    }
    assert_eq!(target.connections(), 0);
}

/// A server that answers gzip to whoever names it in `accept-encoding`, and shows what it was asked.
async fn compressing() -> Server {
    Server::http1(|mut connection, _| async move {
        while let Some(request) = connection.request().await? {
            let asked = request.values("accept-encoding").join(&b", "[..]);
            let asked = String::from_utf8(asked).unwrap();
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
    .await
}

pub async fn gzip_is_decoded_if_it_was_asked_for(make: Make) {
    let server = compressing().await;
    let transport = default(make);
    let response = transport.send(get(&server.url("/"))).await.unwrap();
    let gzip = response.headers()["x-asked"] == "gzip";
    assert!(!response.headers().contains_key("content-encoding"));
    let expected: &[u8] = if gzip {
        b"{\"hello\":\"gzip\"}"
    } else {
        b"{\"hello\":\"plain\"}"
    };
    assert_eq!(read(response).await.unwrap(), expected);
}

pub async fn an_encoding_asked_for_by_name_is_asked_for_as_given(make: Make) {
    let server = compressing().await;
    let mut request = get(&server.url("/"));
    let identity = HeaderValue::from_static("identity");
    request.headers_mut().insert("accept-encoding", identity);
    let response = default(make).send(request).await.unwrap();
    assert_eq!(response.headers()["x-asked"], "identity");
    assert_eq!(read(response).await.unwrap(), b"{\"hello\":\"plain\"}");
}
