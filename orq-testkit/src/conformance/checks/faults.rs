//! What goes wrong over plain HTTP/1.1, and what the error says of it.

use std::{io, net::SocketAddr, sync::Arc};

use futures::StreamExt;
use http::Method;
use tokio::{net::TcpSocket, sync::Notify};

use super::fidelity::{GZIP, NO_CONTENT, recorder};
use crate::conformance::{
    ability::Ability,
    exchange::{SECRET, became, ensure_empty, post, request, verdict},
    failure::{CheckFailed, OrFail, Outcome, ensure, ensure_eq},
    raw::{RawServer, ok},
    subject::Subject,
};

/// A server that writes `answer` to a request, and closes the connection after it.
fn ending_with(answer: impl Into<Vec<u8>>) -> io::Result<RawServer> {
    RawServer::sharing(answer.into(), |mut connection, answer| async move {
        connection.request().await?;
        connection.write(answer).await
    })
}

/// What becomes of a request that meets this server, where it must arrive once.
async fn once(subject: &Subject, server: RawServer, case: &str) -> Outcome {
    let outcome = became(&subject.transport(), post(&server.url("/"))?).await?;
    sent_once(&server)?;
    subject.judge(&outcome, case)
}

/// A request that may have left is sent on one connection, and there once.
fn sent_once(server: &RawServer) -> Result<(), CheckFailed> {
    ensure_eq!(server.connections(), 1, "connections for one request");
    ensure!(server.requests() <= 1, "the request arrived more than once");
    Ok(())
}

pub(super) async fn refused(subject: &Subject) -> Outcome {
    // Bound and not listening: no other program can have the port.
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
    // With the secret in its path: addresses are not shown either.
    let url = format!("http://{}/{SECRET}", socket.local_addr()?);
    subject.send(post(&url)?).await
}

pub(super) async fn unknown_host(subject: &Subject) -> Outcome {
    // RFC 6761, 6.4: names under `invalid` never resolve. A label of more than 63 bytes (RFC 1035, 2.3.4) can't even be
    // asked for, so no resolver asks the network.
    let host = format!("{}.invalid", "x".repeat(64));
    subject.send(post(&format!("http://{host}/"))?).await?;
    if subject.can(Ability::Tls) {
        subject.send(post(&format!("https://{host}/"))?).await?;
    }
    Ok(())
}

pub(super) async fn not_an_exchange(subject: &Subject) -> Outcome {
    let (server, mut seen) = recorder(NO_CONTENT)?;
    let host = server.address();
    for (method, url) in [
        (Method::POST, "/".to_owned()),
        (Method::POST, format!("ftp://{host}/")),
    ] {
        let request = request(method, &url, "")?;
        let outcome = became(&subject.transport(), request).await?;
        subject.judge(&outcome, &url)?;
    }
    let connections = server.connections();
    ensure_eq!(
        connections,
        0,
        "connections for addresses that aren't HTTP's"
    );
    for (method, url) in [
        (Method::POST, format!("http://user:password@{host}/")),
        (Method::CONNECT, format!("http://{host}/")),
    ] {
        let case = format!("{method} {url}");
        let outcome = became(&subject.transport(), request(method, &url, "")?).await?;
        match seen.try_recv() {
            // Nothing forbids to send them, if nothing is added.
            Ok(request) if !subject.strict => {
                let authorization = request.values("authorization");
                let given = format!("Bearer {SECRET}");
                let added = authorization != [given.as_bytes()];
                ensure!(!added, "{case} added credentials");
            }
            Ok(_) => return Err(CheckFailed::new(format!("{case} was sent"))),
            Err(_) => subject.judge(&outcome, &case)?,
        }
    }
    Ok(())
}

pub(super) async fn accept_and_close(subject: &Subject) -> Outcome {
    let server = RawServer::serving(|_| async { Ok(()) })?;
    once(subject, server, "").await
}

pub(super) async fn reset_at_once(subject: &Subject) -> Outcome {
    let server = RawServer::serving(|connection| async { connection.reset() })?;
    once(subject, server, "").await
}

pub(super) async fn closed_after_the_request(subject: &Subject) -> Outcome {
    once(subject, ending_with("")?, "").await
}

pub(super) async fn reset_after_the_request(subject: &Subject) -> Outcome {
    let server = RawServer::serving(|mut connection| async move {
        connection.request().await?;
        connection.reset()
    })?;
    once(subject, server, "").await
}

pub(super) async fn closed_after_the_request_on_a_used_connection(subject: &Subject) -> Outcome {
    let server = RawServer::serving(|mut connection| async move {
        connection.request().await?;
        connection.write(NO_CONTENT).await?;
        connection.request().await?;
        Ok(())
    })?;
    let transport = subject.transport();
    ensure_empty(&transport, post(&server.url("/"))?, "the first request").await?;
    super::flow::a_moment().await?;
    let second = became(&transport, post(&server.url("/"))?).await?;
    ensure_eq!(server.requests(), 2, "requests that arrived of two");
    ensure_eq!(server.connections(), 1, "connections");
    subject.judge(&second, "")
}

pub(super) async fn closed_while_sending(subject: &Subject) -> Outcome {
    let server = RawServer::serving(|mut connection| async move {
        connection.head().await?;
        connection.reset()
    })?;
    let request = request(Method::POST, &server.url("/"), vec![b'x'; 16 << 20])?;
    let outcome = became(&subject.transport(), request).await?;
    sent_once(&server)?;
    subject.judge(&outcome, "")
}

pub(super) async fn half_a_head(subject: &Subject) -> Outcome {
    let server = ending_with("HTTP/1.1 200 OK\r\ncontent-le")?;
    once(subject, server, "").await
}

pub(super) async fn garbage(subject: &Subject) -> Outcome {
    for answer in [
        "SSH-2.0-OpenSSH_9.6\r\n\r\n",
        "HTTP/3.0 200 OK\r\n\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n",
    ] {
        once(subject, ending_with(answer)?, &format!("{answer:?}")).await?;
    }
    Ok(())
}

pub(super) async fn too_many_headers(subject: &Subject) -> Outcome {
    let lines = "x: y\r\n".repeat(300);
    let answer = format!("HTTP/1.1 200 OK\r\n{lines}content-length: 0\r\n\r\n");
    once(subject, ending_with(answer)?, "").await
}

pub(super) async fn head_too_large(subject: &Subject) -> Outcome {
    let line = "y".repeat(1 << 20);
    let answer = format!("HTTP/1.1 200 OK\r\nx: {line}\r\ncontent-length: 0\r\n\r\n");
    once(subject, ending_with(answer)?, "").await
}

pub(super) async fn body_shorter_than_announced(subject: &Subject) -> Outcome {
    let server = ending_with("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf")?;
    once(subject, server, "").await
}

const CHUNKED: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

pub(super) async fn chunks_without_an_end(subject: &Subject) -> Outcome {
    for chunks in [
        "",
        "4\r\n",
        "4\r\nha",
        "4\r\nhalf",
        "4\r\nhalf\r\n",
        "4\r\nhalf\r\n0\r\n",
    ] {
        let server = ending_with(format!("{CHUNKED}{chunks}"))?;
        once(subject, server, &format!("{chunks:?}")).await?;
    }
    Ok(())
}

pub(super) async fn broken_chunk(subject: &Subject) -> Outcome {
    for chunks in ["xyz\r\n", "4\r\nhalfway", "fffffffffffffffff\r\n"] {
        let server = ending_with(format!("{CHUNKED}{chunks}"))?;
        once(subject, server, &format!("{chunks:?}")).await?;
    }
    Ok(())
}

pub(super) async fn reset_in_the_body(subject: &Subject) -> Outcome {
    let gate = Arc::new(Notify::new());
    let server = RawServer::sharing(Arc::clone(&gate), |mut connection, gate| async move {
        connection.request().await?;
        connection
            .write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf")
            .await?;
        gate.notified().await;
        connection.reset()
    })?;
    let response = subject.transport().send(post(&server.url("/"))?).await?;
    let mut body = response.into_body();
    let half = body.next().await.or_fail("the body ended")??;
    ensure_eq!(half, "half", "what was sent of the body");
    gate.notify_one();
    let next = body
        .next()
        .await
        .or_fail("the body ended as if it were whole")?;
    let error = next.err().or_fail("the body goes on after a reset")?;
    let more = body.next().await;
    ensure!(more.is_none(), "the body goes on after an error");
    sent_once(&server)?;
    subject.judge(&verdict(&error, SECRET)?, "")
}

/// A whole response whose body is said to be gzip.
fn gzipped(body: &[u8]) -> io::Result<RawServer> {
    ending_with(ok("content-encoding: gzip\r\n", body))
}

pub(super) async fn broken_gzip(subject: &Subject) -> Outcome {
    let mut body = GZIP.to_vec();
    for byte in body.iter_mut().skip(12).take(1) {
        *byte ^= 0xff;
    }
    once(subject, gzipped(&body)?, "").await
}

/// The response is whole and the gzip in it is not.
pub(super) async fn cut_gzip(subject: &Subject) -> Outcome {
    let cut = GZIP.get(..20).or_fail("the sample is longer than that")?;
    once(subject, gzipped(cut)?, "in the first member").await?;
    let cut = [GZIP, cut].concat();
    once(subject, gzipped(&cut)?, "in the second member").await
}

/// The gzip could be whole, and the response is not.
pub(super) async fn gzip_cut_between_members(subject: &Subject) -> Outcome {
    let head = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n";
    let chunk = format!("{head}{:x}\r\n", GZIP.len());
    let answer = [chunk.as_bytes(), GZIP, b"\r\n"].concat();
    once(subject, ending_with(answer)?, "").await
}
