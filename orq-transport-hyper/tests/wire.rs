//! The hyper transport on real sockets.
#![cfg(all(feature = "gzip", feature = "http2", feature = "rustls"))]
#![allow(clippy::unwrap_used)]

#[path = "own/address.rs"]
mod address;
#[path = "own/build_error.rs"]
mod build_error;
#[path = "own/child.rs"]
mod child;
#[path = "own/ended_runtime.rs"]
mod ended_runtime;
#[path = "own/no_runtime.rs"]
mod no_runtime;
#[cfg(feature = "system-proxy")]
#[path = "own/proxy.rs"]
mod proxy;
#[path = "own/ready_made.rs"]
mod ready_made;
#[path = "own/tower.rs"]
mod tower_adapters;
#[path = "own/tower_client.rs"]
mod tower_client;

use std::{
    future::Future,
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use bytes::Bytes;
use http::{Method, Request};
use orq_core::HttpTransport;
use orq_testkit::conformance::{self, Ability, Settings, Suite};
use orq_transport_hyper::{
    HyperTransport as Transport, HyperTransportBuilder,
    hyper_util::client::legacy::connect::HttpConnector,
};
use rustls::{ClientConfig, RootCertStore};

fn builder(settings: &Settings) -> HyperTransportBuilder {
    let mut builder = Transport::builder()
        .connect_timeout(settings.connect_timeout)
        .http2_keep_alive(settings.keep_alive, settings.keep_alive);
    for root in &settings.roots {
        builder = builder.add_root_certificate_der(root.as_slice());
    }
    match settings.proxy.clone() {
        Some(proxy) => builder.proxy(proxy),
        None => builder,
    }
}

fn make(settings: &Settings) -> Transport {
    builder(settings).build().unwrap()
}

/// Every setting of the builder.
fn configured(settings: &Settings) -> Transport {
    let mut authorities = RootCertStore::empty();
    for root in &settings.roots {
        authorities.add(root.clone().into()).unwrap();
    }
    let own = rcgen::generate_simple_self_signed(["client".to_owned()]).unwrap();
    let key = own.signing_key.serialize_der().try_into().unwrap();
    let tls = ClientConfig::builder()
        .with_root_certificates(authorities)
        .with_client_auth_cert(vec![own.cert.der().clone()], key)
        .unwrap();
    builder(settings)
        .tls_config(tls)
        .local_address(IpAddr::from(Ipv4Addr::LOCALHOST))
        .pool_max_idle_per_host(4)
        .pool_idle_timeout(Duration::from_secs(5))
        .http2_stream_window(64 * 1024)
        .http2_max_streams(50)
        .build()
        .unwrap()
}

fn connected_beneath_tls(settings: &Settings) -> Transport {
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    builder(settings).build_with_connector(http).unwrap()
}

/// A connector that speaks TLS itself.
fn connected(settings: &Settings) -> Transport {
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    let roots = settings.roots.iter().map(|root| root.clone().into());
    let mut authorities = RootCertStore::empty();
    authorities.add_parsable_certificates(roots);
    let tls = ClientConfig::builder()
        .with_root_certificates(authorities)
        .with_no_client_auth();
    let connector = hyper_rustls::HttpsConnectorBuilder::new()
        .with_tls_config(tls)
        .https_or_http()
        .enable_all_versions()
        .wrap_connector(http);
    builder(settings).build_with_tls_connector(connector)
}

fn suite<T: HttpTransport + 'static>(
    make: impl Fn(&Settings) -> T + Send + Sync + 'static,
) -> Suite {
    conformance::transport(make).strict()
}

#[test]
fn it_does_what_a_transport_must() {
    let report = suite(make).run();
    report.assert();
    assert_eq!(report.skipped(), FOR_LAYERS);
}

#[test]
fn it_does_so_with_every_setting() {
    conformance::transport(configured).strict().run().assert();
}

#[test]
fn it_does_so_over_another_connector() {
    for make in [connected, connected_beneath_tls] {
        let suite = conformance::transport(make).strict();
        suite.without(Ability::Proxy).run().assert();
    }
}

const FOR_LAYERS: [&str; 2] = [
    "layer::the_timer_is_passed_on",
    "layer::the_call_context_is_passed_on",
];

fn request(method: Method, url: &str) -> Request<Bytes> {
    Request::builder()
        .method(method)
        .uri(url)
        .header("authorization", SECRET)
        .body("{}".into())
        .unwrap()
}

fn post(url: &str) -> Request<Bytes> {
    request(Method::POST, url)
}

const SECRET: &str = "Bearer sk-orq-very-secret";

/// Runs a test, and ends it should it hang. Nothing is concluded from how long it took.
#[expect(
    clippy::disallowed_methods,
    reason = "a guard against hanging; no test waits for it"
)]
async fn guarded(test: impl Future<Output = ()>) {
    let hung = tokio::time::timeout(Duration::from_secs(120), test).await;
    assert!(hung.is_ok(), "the test hangs");
}
