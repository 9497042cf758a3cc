//! Two servers behind one transport.

use futures::future::join;
use http::{Request, Uri};
use orq_core::{
    Client,
    tower::{RequestBody, ServiceTransport, TransportService},
};
use orq_testkit::{Gate, MemoryTransport, fixture};
use tower::{
    ServiceBuilder,
    balance::p2c::Balance,
    buffer::Buffer,
    discover::ServiceList,
    load::{CompleteOnResponse, PendingRequests},
};

use super::chat;

fn moved(mut request: Request<RequestBody>, base: &Uri) -> Request<RequestBody> {
    let mut parts = request.uri().clone().into_parts();
    (parts.scheme, parts.authority) = (base.scheme().cloned(), base.authority().cloned());
    *request.uri_mut() = Uri::from_parts(parts).unwrap();
    request
}

/// The first request waits at one server for its answer, so the second goes to the other.
#[tokio::test]
async fn the_server_with_less_to_do_is_taken() {
    let memory = MemoryTransport::new();
    let gate = Gate::new();
    memory.reply(fixture::completion("One").into_reply().head_gate(&gate));
    memory.reply(fixture::completion("Two"));
    let transport = TransportService::new(memory.handle());
    let servers = ["https://one.example", "http://two.example:81"].map(|base| {
        let base = Uri::from_static(base);
        let service = ServiceBuilder::new()
            .map_request(move |request| moved(request, &base))
            .service(transport.clone());
        PendingRequests::new(service, CompleteOnResponse::default())
    });
    let balanced = Buffer::new(Balance::new(ServiceList::new(servers)), 4);
    let transport = ServiceTransport::new(balanced, memory.timer());
    let deployments = Client::new(transport, "test-key").unwrap().deployments();
    let second = async {
        gate.reached().await;
        let answer = deployments.invoke(&chat()).await.unwrap();
        assert_eq!(answer.text().as_deref(), Some("Two"));
        gate.open();
    };
    let (first, ()) = join(deployments.invoke(&chat()).into_future(), second).await;
    assert_eq!(first.unwrap().text().as_deref(), Some("One"));
    let requests = memory.requests();
    let mut uris: Vec<_> = requests.iter().map(|it| it.uri().to_string()).collect();
    uris.sort();
    let path = "/v2/deployments/invoke";
    let [one, two] = ["https://one.example", "http://two.example:81"];
    assert_eq!(uris, [format!("{two}{path}"), format!("{one}{path}")]);
}
