//! The reqwest transport on real sockets.
#![cfg(all(feature = "gzip", feature = "http2", feature = "rustls"))]
#![allow(clippy::unwrap_used)]

#[path = "own/address.rs"]
mod address;
#[path = "own/ready_made.rs"]
mod ready_made;

// The tests of what both transports share.
#[path = "../../orq-transport-hyper/tests/own/build_error.rs"]
mod build_error;
#[path = "../../orq-transport-hyper/tests/own/child.rs"]
mod child;
#[path = "../../orq-transport-hyper/tests/own/ended_runtime.rs"]
mod ended_runtime;
#[path = "../../orq-transport-hyper/tests/own/no_runtime.rs"]
mod no_runtime;
#[cfg(feature = "system-proxy")]
#[path = "../../orq-transport-hyper/tests/own/proxy.rs"]
mod proxy;
#[path = "../../orq-transport-hyper/tests/own/tower.rs"]
mod tower_adapters;

use std::{
    future::Future,
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use bytes::Bytes;
use http::{Method, Request};
use orq_core::HttpTransport;
use orq_testkit::conformance::{self, Settings, Suite};
use orq_transport_reqwest::{
    ReqwestTransport as Transport, ReqwestTransportBuilder,
    reqwest::{self, Identity, Proxy},
};
use rustls::{ClientConfig, RootCertStore};

fn builder(settings: &Settings) -> ReqwestTransportBuilder {
    let (keep_alive, proxy) = (settings.keep_alive, settings.proxy.clone());
    let mut builder = Transport::builder()
        .connect_timeout(settings.connect_timeout)
        .configure(move |client| {
            let client = client
                .http2_keep_alive_interval(keep_alive)
                .http2_keep_alive_timeout(keep_alive);
            match &proxy {
                Some(proxy) => client.proxy(Proxy::https(proxy.to_string()).unwrap()),
                None => client,
            }
        });
    for root in &settings.roots {
        builder = builder.add_root_certificate_der(root.as_slice());
    }
    builder
}

fn make(settings: &Settings) -> Transport {
    builder(settings).build().unwrap()
}

/// Settings of reqwest's that leave the contract alone, and some that would break it.
fn configured(settings: &Settings) -> Transport {
    let own = rcgen::generate_simple_self_signed(["client".to_owned()]).unwrap();
    let pem = own.cert.pem() + &own.signing_key.serialize_pem();
    builder(settings)
        .http2_max_streams(50)
        .configure(move |client| {
            let windows = client
                .http2_initial_stream_window_size(64 * 1024)
                .http2_initial_connection_window_size(51 * 64 * 1024);
            windows
                .identity(Identity::from_pem(pem.as_bytes()).unwrap())
                .local_address(IpAddr::from(Ipv4Addr::LOCALHOST))
                .pool_max_idle_per_host(4)
                .pool_idle_timeout(Duration::from_secs(5))
                .redirect(reqwest::redirect::Policy::limited(5))
                .referer(true)
        })
        .build()
        .unwrap()
}

fn with_own_tls(settings: &Settings) -> Transport {
    let mut authorities = RootCertStore::empty();
    for root in &settings.roots {
        authorities.add(root.clone().into()).unwrap();
    }
    let tls = ClientConfig::builder()
        .with_root_certificates(authorities)
        .with_no_client_auth();
    builder(settings).tls_config(tls).build().unwrap()
}

fn suite<T: HttpTransport + 'static>(
    make: impl Fn(&Settings) -> T + Send + Sync + 'static,
) -> Suite {
    let suite = conformance::transport(make).strict();
    // hyper returns the request untouched, and reqwest sends it over another connection.
    suite.expecting(
        "flow::a_request_on_a_connection_that_has_just_ended",
        "ok, 0 bytes",
    )
}

#[test]
fn it_does_what_a_transport_must() {
    let report = suite(make).run();
    report.assert();
    assert_eq!(report.skipped(), FOR_LAYERS);
}

#[test]
fn it_does_so_with_settings_of_reqwest() {
    suite(configured).run().assert();
}

#[test]
fn it_does_so_with_its_own_tls() {
    suite(with_own_tls).run().assert();
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
