//! The transport as a tower service, and that as a transport again.

use std::time::Duration;

use orq_core::{HttpTransport, tower::ServiceTransport};
use orq_testkit::conformance;
use tower::ServiceBuilder;

use super::{FOR_LAYERS, make, suite};

/// Through both adapters twice, with layers that must be ready before they are called.
fn through_tower(transport: impl HttpTransport + 'static) -> impl HttpTransport {
    let layers = ServiceBuilder::new().load_shed().concurrency_limit(1024);
    let inner = ServiceTransport::layered(transport, layers);
    let layers = ServiceBuilder::new()
        .timeout(Duration::from_secs(600))
        .concurrency_limit(1024)
        .boxed_clone_sync();
    ServiceTransport::layered(inner, layers)
}

#[test]
fn it_is_a_transport_through_tower() {
    let suite = suite(|settings| through_tower(make(settings)));
    let report = suite.run();
    report.assert();
    assert_eq!(report.skipped(), FOR_LAYERS);
}

#[test]
fn tower_is_a_layer() {
    conformance::layer(through_tower).run().assert();
}
