//! A ready-made client: it works, and a violation of the contract is noticed where that is possible.

use std::time::Duration;

use orq_core::HttpTransport;
use orq_testkit::conformance::{RawServer, outcome};
use orq_transport_reqwest::{ReqwestTransport, reqwest};

use crate::{SECRET, guarded, post};

fn transport(
    configure: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
) -> ReqwestTransport {
    let client = reqwest::Client::builder().no_proxy();
    ReqwestTransport::from_client(configure(client).build().unwrap())
}

#[tokio::test]
async fn it_is_used_as_it_is() {
    guarded(async {
        let server =
            RawServer::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").unwrap();
        let transport = transport(|client| client);
        let outcome = outcome(&transport, post(&server.url("/"))).await;
        assert_eq!(outcome, "ok, 2 bytes");
        assert_eq!(transport.name(), "reqwest");
    })
    .await;
}

#[tokio::test]
async fn a_followed_redirect_is_an_error() {
    guarded(async {
        let target = RawServer::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
        let location = target.url("/");
        let server = RawServer::answering(format!(
            "HTTP/1.1 302 Found\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n"
        ))
        .unwrap();
        let transport = transport(|client| client);
        let outcome = outcome(&transport, post(&server.url("/"))).await;
        assert_eq!(outcome, "protocol headers answered");
    })
    .await;
}

#[tokio::test]
async fn a_loop_of_redirects_is_an_error() {
    guarded(async {
        let server = RawServer::answering(
            "HTTP/1.1 302 Found\r\nlocation: /again\r\ncontent-length: 0\r\n\r\n",
        )
        .unwrap();
        let transport = transport(|client| client);
        let outcome = outcome(&transport, post(&server.url("/"))).await;
        assert_eq!(outcome, "protocol headers answered");
    })
    .await;
}

/// The body of a request can't be sent twice.
#[tokio::test]
async fn a_redirect_that_would_send_the_body_again_is_an_answer() {
    guarded(async {
        let server = RawServer::answering(
            "HTTP/1.1 307 Moved\r\nlocation: /again\r\ncontent-length: 0\r\n\r\n",
        )
        .unwrap();
        let transport = transport(|client| client);
        let response = transport.send(post(&server.url("/"))).await.unwrap();
        assert_eq!(response.status(), 307);
        assert_eq!(server.requests(), 1);
    })
    .await;
}

#[tokio::test]
async fn its_own_timeouts_are_told_apart_by_phase() {
    guarded(async {
        let silent = RawServer::serving(|mut connection| async move {
            connection.closed().await;
            Ok(())
        })
        .unwrap();
        let stalling = RawServer::serving(|mut connection| async move {
            connection.request().await?;
            connection
                .write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n")
                .await?;
            connection.closed().await;
            Ok(())
        })
        .unwrap();
        let soon = Duration::from_millis(50);
        for transport in [
            transport(|client| client.timeout(soon)),
            transport(|client| client.read_timeout(soon)),
        ] {
            let head = outcome(&transport, post(&silent.url("/"))).await;
            assert_eq!(head, "timeout headers maybe_sent");
            let body = outcome(&transport, post(&stalling.url("/"))).await;
            assert_eq!(body, "timeout body answered");
        }
    })
    .await;
}

#[tokio::test]
async fn its_headers_are_not_shown() {
    let mut headers = http::HeaderMap::new();
    headers.insert("authorization", SECRET.parse().unwrap());
    let transport = transport(|client| client.default_headers(headers));
    assert_eq!(format!("{transport:?}"), "ReqwestTransport { .. }");
}
