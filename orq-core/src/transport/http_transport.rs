//! The trait that every transport implements.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;

use super::{Body, MaybeSend, MaybeSync, TransportError};
use crate::time::Timer;

/// One HTTP exchange, nothing else: no retries, no redirects, no authentication, no judging of statuses.
///
/// # Contract
///
/// A transport **must**
/// - send the request once, as given: method, URI, every header with its bytes, the body;
/// - return `Ok` for *any* status, as soon as the response's head is there, without waiting for the body;
/// - hand the body's bytes over as they arrive, in order, and end it with `None` only at the end that HTTP
///   defines (`content-length` reached, last chunk, `END_STREAM`); anything else is an `Err`;
/// - say in an error where it happened ([`Phase`](super::Phase)) and whether the request can have reached the
///   server ([`Delivery`](super::Delivery)); where that is unknown, `MaybeSent`;
/// - stop the exchange when the future or the body is dropped;
/// - read no further ahead than a bounded buffer while nobody polls the body.
///
/// A transport **must not**
/// - send a request a second time, not even on a stale pooled connection, unless none of it left the machine;
/// - follow a redirect, add credentials, or keep cookies;
/// - show header values in its `Debug` output or in an error: they hold the caller's key.
///
/// A transport **may**
/// - add the headers that HTTP itself needs (`host`, `content-length`, `connection`, `accept-encoding` if it
///   decodes what it asks for and the request has none);
/// - limit the time to connect; every other clock is the caller's;
/// - ignore the request's extensions. They hold a [`CallContext`](super::CallContext), which is meant for
///   layers and recorders.
///
/// # Layers
///
/// A layer is a transport that wraps a transport. It can look at the request, the
/// [`CallContext`](super::CallContext) and the answer; it passes `timer` on.
///
/// ```
/// use std::sync::Arc;
///
/// use orq_core::transport::{Body, CallContext, HttpTransport, TransportError};
/// use orq_core::{Timer, async_trait, bytes::Bytes, http};
///
/// #[derive(Debug)]
/// struct Logged(Arc<dyn HttpTransport>);
///
/// #[async_trait]
/// impl HttpTransport for Logged {
///     async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Body>, TransportError> {
///         let context = request.extensions().get::<CallContext>().cloned();
///         let result = self.0.send(request).await;
///         eprintln!("{context:?}: {:?}", result.as_ref().map(|response| response.status()));
///         result
///     }
///     fn timer(&self) -> Option<Arc<dyn Timer>> {
///         self.0.timer()
///     }
/// }
///
/// # let transport = orq_testkit::FakeOrq::new();
/// let client = orq_core::Client::builder(transport).api_key("my-key").layer(Logged).build()?;
/// # Ok::<(), orq_core::Error>(())
/// ```
///
/// # A transport of your own
///
/// The trait is an `#[async_trait]`, and so must each `impl` of it be. `orq_testkit::conformance` is a suite that holds
/// a transport or a layer to this contract on real sockets, in five lines.
///
/// ```
/// use std::sync::Arc;
///
/// use orq_core::transport::{Body, HttpTransport, TransportError};
/// use orq_core::{Client, DeploymentRequest, Timer};
///
/// #[derive(Debug)]
/// struct AlwaysHello;
///
/// #[async_trait::async_trait]
/// impl HttpTransport for AlwaysHello {
///     async fn send(&self, _: http::Request<bytes::Bytes>) -> Result<http::Response<Body>, TransportError> {
///         let json = r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"Hello"}}]}"#;
///         Ok(http::Response::new(Body::from(json)))
///     }
///     fn timer(&self) -> Option<Arc<dyn Timer>> {
///         None // no runtime here: the client runs without clocks
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let client = Client::new(AlwaysHello, "my-key")?;
/// let answer = client.deployments().invoke(&DeploymentRequest::new("greeter")).await?;
/// assert_eq!(answer.text().as_deref(), Some("Hello"));
/// # Ok::<(), orq_core::Error>(())
/// # }).unwrap();
/// ```
#[cfg_attr(not(all(target_arch = "wasm32", target_os = "unknown")), async_trait)]
#[cfg_attr(all(target_arch = "wasm32", target_os = "unknown"), async_trait(?Send))]
pub trait HttpTransport: fmt::Debug + MaybeSend + MaybeSync {
    /// Sends one request and returns the head of its response, with a body still to be read.
    ///
    /// # Errors
    ///
    /// A [`TransportError`] if no response head arrived. A status of 4xx or 5xx is no error here.
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Body>, TransportError>;

    /// The clock of the runtime this transport lives in, or `None` if it has none.
    ///
    /// Required, so that a layer can't forget to pass it on. Without a timer the client's default timeouts are
    /// off, and a timeout that was set by hand is refused.
    fn timer(&self) -> Option<Arc<dyn Timer>>;

    /// A short name for the `user-agent` header, such as `reqwest`.
    ///
    /// The client asks the innermost transport only, so a layer need not pass it on.
    fn name(&self) -> &str {
        "custom"
    }
}

macro_rules! forward {
    ($($pointer:ident)*) => {$(
        #[cfg_attr(not(all(target_arch = "wasm32", target_os = "unknown")), async_trait)]
        #[cfg_attr(all(target_arch = "wasm32", target_os = "unknown"), async_trait(?Send))]
        impl<T: HttpTransport + ?Sized> HttpTransport for $pointer<T> {
            async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Body>, TransportError> {
                (**self).send(request).await
            }

            fn timer(&self) -> Option<Arc<dyn Timer>> {
                (**self).timer()
            }

            fn name(&self) -> &str {
                (**self).name()
            }
        }
    )*};
}

forward!(Arc Box);
