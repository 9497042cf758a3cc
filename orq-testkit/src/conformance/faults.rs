//! What goes wrong over plain HTTP/1.1, and what the error says of it.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use futures::StreamExt;
use http::Method;
use tokio::{net::TcpListener, sync::Notify};

use super::{
    Make, SECRET, default, fidelity::GZIP, outcome, post, request, server::Server, verdict,
};

/// What becomes of a request that is answered with `answer`, after which the connection is closed.
async fn after(make: Make, answer: impl Into<Vec<u8>>) -> String {
    let answer = Arc::new(answer.into());
    let server = Server::http1(move |mut connection, _| {
        let answer = Arc::clone(&answer);
        async move {
            connection.request().await?;
            connection.write(&*answer).await
        }
    })
    .await;
    let outcome = outcome(&default(make), post(&server.url("/"))).await;
    assert_eq!(server.connections(), 1, "a request is sent once");
    outcome
}

pub async fn refused(make: Make) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    // With the secret in its path: addresses are not shown either.
    let url = format!("http://{}/{SECRET}", listener.local_addr().unwrap());
    drop(listener);
    assert_eq!(
        outcome(&default(make), post(&url)).await,
        "connect connect not_sent"
    );
}

pub async fn unknown_host(make: Make) {
    // RFC 6761, 6.4: names under `invalid` never resolve.
    for url in ["http://orq.invalid/", "https://orq.invalid/"] {
        assert_eq!(
            outcome(&default(make), post(url)).await,
            "connect connect not_sent",
            "{url}"
        );
    }
}

pub async fn not_an_exchange(make: Make) {
    let server = Server::answering("HTTP/1.1 204 No Content\r\n\r\n").await;
    let host = server.address;
    for (method, url) in [
        (Method::POST, "/".to_owned()),
        (Method::POST, format!("ftp://{host}/")),
        (Method::POST, format!("http://user:password@{host}/")),
        (Method::CONNECT, format!("http://{host}/")),
    ] {
        let request = request(method, &url, "");
        assert_eq!(
            outcome(&default(make), request).await,
            "other connect not_sent",
            "{url}"
        );
    }
    assert_eq!(server.connections(), 0);
}

/// Whether the close is seen before the request is written is a matter of luck.
pub fn lost_at_once(outcome: &str) {
    let expected = [
        "closed send not_sent",
        "closed send maybe_sent",
        "closed headers maybe_sent",
    ];
    assert!(expected.contains(&outcome), "{outcome}");
}

pub async fn accept_and_close(make: Make) {
    let server = Server::http1(|_, _| async { Ok(()) }).await;
    lost_at_once(&outcome(&default(make), post(&server.url("/"))).await);
    assert_eq!(server.connections(), 1);
}

pub async fn reset_at_once(make: Make) {
    let server = Server::http1(|connection, _| async {
        connection.reset();
        Ok(())
    })
    .await;
    lost_at_once(&outcome(&default(make), post(&server.url("/"))).await);
    assert_eq!(server.connections(), 1);
}

pub async fn closed_after_the_request(make: Make) {
    assert_eq!(after(make, "").await, "closed headers maybe_sent");
}

pub async fn reset_after_the_request(make: Make) {
    let server = Server::http1(|mut connection, _| async {
        connection.request().await?;
        connection.reset();
        Ok(())
    })
    .await;
    assert_eq!(
        outcome(&default(make), post(&server.url("/"))).await,
        "closed headers maybe_sent"
    );
    assert_eq!(server.connections(), 1);
}

pub async fn closed_after_the_request_on_a_used_connection(make: Make) {
    let requests = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&requests);
    let server = Server::http1(move |mut connection, _| {
        let counter = Arc::clone(&counter);
        async move {
            connection.request().await?;
            counter.fetch_add(1, Ordering::SeqCst);
            connection.write("HTTP/1.1 204 No Content\r\n\r\n").await?;
            connection.request().await?;
            counter.fetch_add(1, Ordering::SeqCst);
            Ok(())
        }
    })
    .await;
    let transport = default(make);
    assert_eq!(
        outcome(&transport, post(&server.url("/"))).await,
        "ok, 0 bytes"
    );
    assert_eq!(
        outcome(&transport, post(&server.url("/"))).await,
        "closed headers maybe_sent"
    );
    assert_eq!(requests.load(Ordering::SeqCst), 2, "a request is sent once");
    assert_eq!(server.connections(), 1);
}

pub async fn closed_while_sending(make: Make) {
    let server = Server::http1(|mut connection, _| async move {
        connection.head().await?;
        connection.reset();
        Ok(())
    })
    .await;
    let request = request(Method::POST, &server.url("/"), vec![b'x'; 64 << 20]);
    let outcome = outcome(&default(make), request).await;
    // Linux reports the reset once, and refuses the writes after it.
    let expected = ["closed send maybe_sent", "closed headers maybe_sent"];
    assert!(expected.contains(&outcome.as_str()), "{outcome}");
    assert_eq!(server.connections(), 1);
}

pub async fn half_a_head(make: Make) {
    let head = "HTTP/1.1 200 OK\r\ncontent-le";
    assert_eq!(after(make, head).await, "closed headers maybe_sent");
}

pub async fn garbage(make: Make) {
    for answer in [
        "SSH-2.0-OpenSSH_9.6\r\n\r\n",
        "HTTP/3.0 200 OK\r\n\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n",
    ] {
        assert_eq!(
            after(make, answer).await,
            "protocol headers maybe_sent",
            "{answer:?}"
        );
    }
}

pub async fn too_many_headers(make: Make) {
    let lines = "x: y\r\n".repeat(300);
    let answer = format!("HTTP/1.1 200 OK\r\n{lines}content-length: 0\r\n\r\n");
    assert_eq!(after(make, answer).await, "protocol headers maybe_sent");
}

pub async fn head_too_large(make: Make) {
    let line = "y".repeat(1 << 20);
    let answer = format!("HTTP/1.1 200 OK\r\nx: {line}\r\ncontent-length: 0\r\n\r\n");
    assert_eq!(after(make, answer).await, "protocol headers maybe_sent");
}

pub async fn body_shorter_than_announced(make: Make) {
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf";
    assert_eq!(after(make, answer).await, "closed body answered");
}

pub async fn chunks_without_an_end(make: Make) {
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    for chunks in [
        "",
        "4\r\n",
        "4\r\nha",
        "4\r\nhalf",
        "4\r\nhalf\r\n",
        "4\r\nhalf\r\n0\r\n",
    ] {
        assert_eq!(
            after(make, format!("{head}{chunks}")).await,
            "closed body answered",
            "{chunks:?}"
        );
    }
}

pub async fn broken_chunk(make: Make) {
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    for chunks in ["xyz\r\n", "4\r\nhalfway", "fffffffffffffffff\r\n"] {
        assert_eq!(
            after(make, format!("{head}{chunks}")).await,
            "protocol body answered",
            "{chunks:?}"
        );
    }
}

pub async fn reset_in_the_body(make: Make) {
    let gate = Arc::new(Notify::new());
    let served = Arc::clone(&gate);
    let server = Server::http1(move |mut connection, _| {
        let gate = Arc::clone(&served);
        async move {
            connection.request().await?;
            connection
                .write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf")
                .await?;
            gate.notified().await;
            connection.reset();
            Ok(())
        }
    })
    .await;
    let response = default(make).send(post(&server.url("/"))).await.unwrap();
    let mut body = response.into_body();
    assert_eq!(body.next().await.unwrap().unwrap(), "half");
    gate.notify_one();
    let error = body.next().await.unwrap().unwrap_err();
    assert_eq!(verdict(&error), "closed body answered");
    assert!(body.next().await.is_none());
}

pub async fn broken_gzip(make: Make) {
    let mut body = GZIP.to_vec();
    body[12] ^= 0xff;
    let length = body.len();
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {length}\r\n\r\n");
    assert_eq!(
        after(make, [head.into_bytes(), body].concat()).await,
        "protocol body answered"
    );
}

/// The response is whole and the gzip in it is not.
pub async fn cut_gzip(make: Make) {
    let body = &GZIP[..20];
    let head = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 20\r\n\r\n";
    assert_eq!(
        after(make, [head.as_bytes(), body].concat()).await,
        "protocol body answered"
    );
}
