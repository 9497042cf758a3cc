//! A service that isn't made from a transport: hyper-util's client.

use std::error::Error;

use orq_core::{
    TokioTimer,
    tower::{RequestBody, ServiceTransport},
    transport::TransportError,
};
use orq_testkit::conformance::{self, Ability};
use orq_transport_hyper::{
    hyper_util::{
        client::legacy::{self, Client, connect::HttpConnector},
        rt::TokioExecutor,
    },
    verdict::Causes,
};

fn hyper_errors(error: &(dyn Error + 'static)) -> Option<TransportError> {
    if !error.is::<legacy::Error>() && !error.is::<hyper::Error>() {
        return None;
    }
    let (kind, phase, delivery) = Causes::of(error).before_head(true);
    Some(TransportError::new(kind, phase, delivery))
}

#[test]
fn a_client_of_hyper_util_is_a_transport() {
    let suite = conformance::transport(|_| {
        let client: Client<HttpConnector, RequestBody> =
            Client::builder(TokioExecutor::new()).build_http();
        ServiceTransport::new(client, TokioTimer::new()).classify_errors(hyper_errors)
    });
    let lacking = [
        Ability::Tls,
        Ability::Gzip,
        Ability::Proxy,
        Ability::ConnectTimeout,
        Ability::Drain,
        Ability::Progress,
    ];
    let suite = lacking
        .into_iter()
        .fold(suite, |suite, it| suite.without(it));
    // A transport of this crate does more than the client beneath it.
    let suite = suite
        .skip(
            "fidelity::request_bodies_of_every_size",
            "hyper sends no content-length with an empty body",
        )
        .skip(
            "faults::not_an_exchange",
            "hyper doesn't say that it sent nothing",
        );
    suite.run().assert();
}
