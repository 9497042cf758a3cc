//! A client handed in ready-made, with a connector and a body of its own.

use bytes::Bytes;
use http_body_util::Full;
use orq_core::HttpTransport;
use orq_testkit::conformance::{RawServer, outcome};
use orq_transport_hyper::{
    HyperTransport,
    hyper_util::{client::legacy::Client, rt::TokioExecutor},
};

use crate::{guarded, post};

#[tokio::test]
async fn it_is_used_as_it_is() {
    guarded(async {
        let server =
            RawServer::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").unwrap();
        let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
        let transport = HyperTransport::from_client(client);
        let outcome = outcome(&transport, post(&server.url("/"))).await;
        assert_eq!(outcome, "ok, 2 bytes");
        assert_eq!(transport.name(), "hyper");
        assert_eq!(format!("{transport:?}"), "HyperTransport { .. }");
    })
    .await;
}

#[tokio::test]
async fn its_connector_decides_what_it_speaks() {
    guarded(async {
        let server = RawServer::serving(|_| async { Ok(()) }).unwrap();
        let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
        let transport = HyperTransport::from_client(client);
        let https = format!("https://{}/", server.address());
        let outcome = outcome(&transport, post(&https)).await;
        assert_eq!(outcome, "connect connect not_sent");
        assert_eq!(server.connections(), 0);
    })
    .await;
}

#[test]
fn the_password_of_a_proxy_is_shown_nowhere() {
    let proxy = "http://user:SECRET@proxy.invalid:3128".parse().unwrap();
    let builder = HyperTransport::builder().proxy(proxy);
    assert!(!format!("{builder:?} {builder:#?}").contains("SECRET"));
    let transport = builder.build().unwrap();
    assert!(!format!("{transport:?}").contains("SECRET"));
}
