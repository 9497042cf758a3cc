//! The same faults over a socket, from a server with the layer inside.

use orq_core::{Client, ErrorKind, retry::NoRetry, transport::Delivery};
use orq_testkit::{FakeOrq, FakeServer, Fault, FaultInjector, Injection};
use orq_transport_hyper::HyperTransport;

use super::{ANSWER, hello};

#[tokio::test]
async fn faults_are_real_on_a_socket() {
    let faults = FaultInjector::seeded(1)
        .inject(Injection::break_before_head(Fault::EarlyClose).nth(1))
        .inject(Injection::break_at(700, Fault::Reset).nth(2))
        .inject(Injection::cut_at(700).nth(3))
        .inject(Injection::status(503).nth(4));
    let double = faults.wrap(FakeOrq::new());
    let server = FakeServer::bind(double, "127.0.0.1:0").await.unwrap();
    let server = server.spawn();
    let client = Client::builder(HyperTransport::new().unwrap())
        .base_url(server.url())
        .api_key(FakeOrq::DEFAULT_API_KEY)
        .retry(NoRetry)
        .build()
        .unwrap();
    let stream = async || client.deployments().stream(&hello()).await?.finish().await;

    let closed = stream().await.unwrap_err();
    assert_eq!(closed.kind(), ErrorKind::Closed);
    assert_eq!(closed.delivery(), Some(Delivery::MaybeSent));
    let reset = stream().await.unwrap_err();
    assert_eq!(reset.kind(), ErrorKind::Closed);
    let cut = stream().await.unwrap_err();
    assert_eq!(cut.kind(), ErrorKind::Truncated);
    assert_eq!(cut.partial().unwrap().text().as_deref(), Some("You"));
    assert_eq!(stream().await.unwrap_err().status().unwrap(), 503);
    assert_eq!(stream().await.unwrap().text().as_deref(), Some(ANSWER));
    assert_eq!(faults.log().len(), 4, "{faults}");
}
