//! Tower's layers and services: a [`TransportService`] is a transport as a service, a [`ServiceTransport`] is a service
//! as a transport. It exists with the feature `tower`.
//!
//! Layers are put around a transport in [`ClientBuilder::layer`](crate::client::ClientBuilder::layer). They see each
//! attempt of each call, with its [`CallContext`](crate::transport::CallContext) in the request's extensions.
//!
//! ```
//! use http::{HeaderName, HeaderValue};
//! use orq_core::{Client, DeploymentRequest, tower::ServiceTransport};
//! use tower::ServiceBuilder;
//! use tower_http::{set_header::SetRequestHeaderLayer, trace::TraceLayer};
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! # let transport = orq_testkit::FakeOrq::new();
//! let tenant = HeaderName::from_static("x-tenant");
//! let layers = ServiceBuilder::new()
//!     .concurrency_limit(16)
//!     .layer(TraceLayer::new_for_http())
//!     .layer(SetRequestHeaderLayer::overriding(tenant, HeaderValue::from_static("acme")));
//! let client = Client::builder(transport)
//!     .api_key("sk-orq-test")
//!     .layer(|inner| ServiceTransport::layered(inner, layers))
//!     .build()?;
//! client.deployments().invoke(&DeploymentRequest::new("chat")).await?;
//! # Ok::<(), orq_core::Error>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Limits
//!
//! tower's `ConcurrencyLimit` holds its permit in the future of the response. A [`ServiceTransport`] keeps that future
//! until the body ends or is dropped, so that a stream counts for as long as it lasts. Put the limit first in the
//! `ServiceBuilder`, or after layers whose futures keep the inner one, such as tower's load shed, timeout, buffer and
//! boxed services, and tower-http's trace and headers. `map_response`, `map_err`, `then` and `async` blocks drop it with
//! the head.
//!
//! A request that waits for readiness, such as for a permit, isn't sent: a timeout of the client that expires meanwhile
//! is [`NotSent`](crate::transport::Delivery::NotSent) and safe to retry.
//!
//! # Errors
//!
//! A [`TransportError`](crate::transport::TransportError) passes the layers unchanged, and if a layer has wrapped it,
//! its kind, phase and delivery are those of the result. Other errors are of the kind
//! [`Other`](crate::transport::TransportErrorKind::Other):
//!
//! | where | phase, delivery |
//! |---|---|
//! | `poll_ready` | `connect`, `not_sent` |
//! | the future of the response | `headers`, `maybe_sent`; or `connect`, `not_sent` if the wrapped transport tells that it had not begun to send |
//! | the response's body | `body`, `answered` |
//!
//! With [`classify_errors`](ServiceTransport::classify_errors) the errors of layers tell more. For those of tower:
//!
//! ```
//! use std::{error::Error, time::Duration};
//!
//! use orq_core::tower::ServiceTransport;
//! use orq_core::transport::{Delivery, Phase, TransportError, TransportErrorKind};
//! use tower::{ServiceBuilder, buffer, load_shed, timeout};
//!
//! fn tower_errors(error: &(dyn Error + 'static)) -> Option<TransportError> {
//!     if error.is::<timeout::error::Elapsed>() {
//!         let kind = TransportErrorKind::Timeout;
//!         Some(TransportError::new(kind, Phase::Headers, Delivery::MaybeSent))
//!     } else if error.is::<load_shed::error::Overloaded>() {
//!         // Safe to retry. With the kind `Other` it would not be retried.
//!         let kind = TransportErrorKind::Connect;
//!         Some(TransportError::new(kind, Phase::Connect, Delivery::NotSent))
//!     } else if error.is::<buffer::error::Closed>() {
//!         let kind = TransportErrorKind::Runtime;
//!         Some(TransportError::new(kind, Phase::Connect, Delivery::NotSent))
//!     } else {
//!         None
//!     }
//! }
//!
//! # let transport = orq_testkit::FakeOrq::new();
//! let client = orq_core::Client::builder(transport)
//!     .api_key("my-key")
//!     .layer(|inner| {
//!         let layers = ServiceBuilder::new().load_shed().concurrency_limit(16);
//!         ServiceTransport::layered(inner, layers).classify_errors(tower_errors)
//!     })
//!     .build()?;
//! # Ok::<(), orq_core::Error>(())
//! ```
//!
//! # Layers to leave out
//!
//! - Retries, hedged requests and redirects break the [contract](crate::transport::HttpTransport#contract): they may
//!   make the server do the work twice, or send the key elsewhere. The client retries by itself.
//! - Timeouts: the client's tell which of them expired, and cover the body. That of tower-http answers with a status,
//!   which the client takes for the server's.
//!
//! # Several servers
//!
//! A service may also choose among transports. A balancer isn't `Clone`, so a `Buffer` goes around it:
//!
//! ```
//! use http::{Request, Uri};
//! use orq_core::{Client, DeploymentRequest, HttpTransport, Timer};
//! use orq_core::tower::{RequestBody, ServiceTransport, TransportService};
//! use tower::{ServiceBuilder, balance::p2c::Balance, buffer::Buffer, discover::ServiceList};
//! use tower::load::{CompleteOnResponse, PendingRequests};
//!
//! /// Sends the request to another server.
//! fn moved(mut request: Request<RequestBody>, base: &Uri) -> Request<RequestBody> {
//!     let mut parts = request.uri().clone().into_parts();
//!     (parts.scheme, parts.authority) = (base.scheme().cloned(), base.authority().cloned());
//!     if let Ok(uri) = Uri::from_parts(parts) {
//!         *request.uri_mut() = uri;
//!     }
//!     request
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! # let transport = orq_testkit::FakeOrq::new();
//! let timer = transport.timer().ok_or("no timer")?;
//! let transport = TransportService::new(transport);
//! let servers = ["https://one.example", "https://two.example"].map(|base| {
//!     let base = Uri::from_static(base);
//!     let service = ServiceBuilder::new()
//!         .map_request(move |request| moved(request, &base))
//!         .service(transport.clone());
//!     PendingRequests::new(service, CompleteOnResponse::default())
//! });
//! let balanced = Buffer::new(Balance::new(ServiceList::new(servers)), 64);
//! let client = Client::new(ServiceTransport::new(balanced, timer), "sk-orq-test")?;
//! client.deployments().invoke(&DeploymentRequest::new("chat")).await?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod failure;
mod held_body;
mod request_body;
mod service_transport;
mod transport_service;

pub use self::{
    request_body::RequestBody,
    service_transport::ServiceTransport,
    transport_service::{ResponseFuture, TransportService},
};
