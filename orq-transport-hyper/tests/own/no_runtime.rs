//! A client where there is no tokio runtime.

use futures::executor::block_on;
use orq_core::{Client, DeploymentRequest, ErrorKind, transport::Delivery};
use orq_transport_hyper::{HyperTransport, orq_core};

/// It must neither panic nor wait for a timer that can't run, though it would repeat what was not sent.
#[test]
fn a_call_outside_of_a_runtime_fails_at_once() {
    let transport = HyperTransport::new().unwrap();
    let client = Client::new(transport, "sk-test").unwrap();
    let error = block_on(
        client
            .deployments()
            .invoke(&DeploymentRequest::new("chat"))
            .send(),
    )
    .unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::Other, Some(Delivery::NotSent))
    );
    assert_eq!(error.attempts().len(), 1);
    assert!(error.to_string().contains("tokio"), "{error}");
}
