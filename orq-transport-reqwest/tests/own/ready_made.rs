//! A client handed in ready-made: it works, and what it did wrong is noticed where it can be.

use std::{sync::Arc, time::Duration};

use orq_core::HttpTransport;
use orq_testkit::conformance::{RawServer, outcome};
use orq_transport_reqwest::{ReqwestTransport, reqwest};
use rustls::{ClientConfig, RootCertStore, crypto::ring};

use crate::{SECRET, guarded, post};

fn transport(
    configure: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
) -> ReqwestTransport {
    // reqwest would look for a provider of TLS, and panic without one.
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    let client = reqwest::Client::builder()
        .no_proxy()
        .tls_backend_preconfigured(tls);
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
            "HTTP/1.1 307 Moved\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n"
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
            "HTTP/1.1 307 Moved\r\nlocation: /again\r\ncontent-length: 0\r\n\r\n",
        )
        .unwrap();
        let transport = transport(|client| client);
        let outcome = outcome(&transport, post(&server.url("/"))).await;
        assert_eq!(outcome, "protocol headers answered");
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
