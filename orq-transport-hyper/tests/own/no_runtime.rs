//! A client where there is no tokio runtime.

use futures::executor::block_on;
use orq_core::{Client, DeploymentRequest, ErrorKind, transport::Delivery};
use orq_testkit::conformance::{RawServer, Settings, outcome};

use crate::{Transport, guarded, post};

/// It must neither panic nor wait for a timer that can't run, though it would repeat what was not sent.
#[test]
fn a_call_outside_of_a_runtime_fails_at_once() {
    let transport = Transport::new().unwrap();
    let client = Client::new(transport, "sk-test").unwrap();
    let error = block_on(client.deployments().invoke(&DeploymentRequest::new("chat"))).unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::Runtime, Some(Delivery::NotSent))
    );
    assert_eq!(error.attempts().len(), 1);
    assert!(error.to_string().contains("tokio"), "{error}");
}

#[tokio::test]
async fn outside_of_a_runtime_nothing_is_sent() {
    guarded(async {
        let server = RawServer::answering("HTTP/1.1 204 No Content\r\n\r\n").unwrap();
        let transport = crate::make(&Settings::default());
        let request = post(&server.url("/"));
        let outside = std::thread::spawn(move || block_on(outcome(&transport, request)));
        let outcome = tokio::task::spawn_blocking(|| outside.join().unwrap()).await;
        assert_eq!(outcome.unwrap(), "runtime connect not_sent");
        assert_eq!(server.connections(), 0);
    })
    .await;
}
