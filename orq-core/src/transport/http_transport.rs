//! The trait that every transport implements.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;

use super::{Body, TransportError};
use crate::{
    maybe_send::{MaybeSend, MaybeSync},
    time::Timer,
};

/// Performs one HTTP exchange and nothing else: no retries, no redirects, no authentication, no interpretation of
/// statuses.
///
/// # Contract
///
/// A transport **must**
/// - send the request once, unchanged: method, URI, the bytes of every header, the body;
/// - return `Ok` for *any* status as soon as the response's headers have arrived, without waiting for the body;
/// - yield the body's bytes as they arrive, in order, and end it with `None` only at the end that HTTP defines
///   (`content-length` reached, last chunk, `END_STREAM`); any other end is an `Err`;
/// - report in an error where it happened ([`Phase`](super::Phase)) and whether the request can have reached the
///   server ([`Delivery`](super::Delivery)); where that is unknown, `MaybeSent`;
/// - stop the exchange when the future or the body is dropped;
/// - read no further ahead than a bounded buffer while nobody polls the body.
///
/// A transport **must not**
/// - send a request a second time, not even on a stale pooled connection, unless nothing of it was sent;
/// - follow a redirect, add credentials, or keep cookies;
/// - show header values in its `Debug` output or in an error: they contain the API key.
///
/// A transport **may**
/// - add the headers that HTTP itself needs (`host`, `content-length`, `connection`, and `accept-encoding` if it
///   decodes what it asks for and the request has none);
/// - limit the time for connecting; every other timeout is the client's;
/// - ignore the request's extensions. They have a [`CallContext`](super::CallContext) for layers and recorders.
///
/// # Layers
///
/// A layer is a transport that wraps a transport. It can inspect the request, the
/// [`CallContext`](super::CallContext) and the response; it must pass on the wrapped transport's `timer`. A layer
/// that measures a whole answer must wrap the body too, since `send` returns once the headers have arrived.
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
/// Each `impl` needs the attribute `#[async_trait]`; without it the compiler reports that the lifetime parameters of
/// `send` don't match (E0195). `orq_testkit::conformance` tests a transport or a layer against this contract on
/// real sockets, in five lines.
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
///         None // no runtime: the client runs without timeouts
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
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an `HttpTransport`",
    note = "unwrap a `Result` with `?`: `ReqwestTransport::new()?`",
    note = "for a ready-made `reqwest::Client` use `ReqwestTransport::from_client(client)`",
    note = "for an `orq_testkit::MemoryTransport` use `memory.handle()`"
)]
pub trait HttpTransport: fmt::Debug + MaybeSend + MaybeSync {
    /// Sends one request and returns its response, whose body is still to be read.
    ///
    /// # Errors
    ///
    /// A [`TransportError`] if the response's headers didn't arrive. A status of 4xx or 5xx is not an error.
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Body>, TransportError>;

    /// Returns the timer of the runtime that this transport runs in, or `None` if it has none.
    ///
    /// The method is required so that a layer can't forget to pass it on. Without a timer the default timeouts are
    /// off, and a timeout that was set explicitly is an error.
    fn timer(&self) -> Option<Arc<dyn Timer>>;

    /// Returns a short name for the `user-agent` header, such as `reqwest`. Default: `custom`.
    ///
    /// The client asks only the innermost transport, so a layer need not pass it on.
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
