//! The trait of transports.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;

#[cfg(doc)]
use super::CallContext;
use super::{Body, TransportError};
use crate::{
    maybe_send::{MaybeSend, MaybeSync},
    time::Timer,
};

/// Performs one HTTP exchange: sends a request and returns its response. Retries, authentication and the handling of
/// status codes are up to the client.
///
/// # Contract
///
/// A transport **must**
/// - send the request once, unchanged: method, URI, the bytes of every header, the body;
/// - return `Ok` for *any* status code as soon as the response's headers have arrived, without waiting for the body;
/// - yield the body's bytes as they arrive, in order, and end it with `None` only where the message is complete
///   (`content-length` reached, last chunk, `END_STREAM`; see
///   [RFC 9112, 8](https://www.rfc-editor.org/rfc/rfc9112#section-8)); any other end is an `Err`;
/// - set in an error the [`Phase`](super::Phase) and the [`Delivery`](super::Delivery): whether the request may have
///   reached the server; if that is unknown, `MaybeSent`;
/// - cancel the exchange when the future or the body is dropped; only where [`CallContext::is_complete`] may it read
///   on, for a bounded time, in order to keep the connection;
/// - read at most a bounded amount ahead while the body isn't polled.
///
/// A transport **must not**
/// - send a request again, not even after a stale pooled connection failed, unless nothing of it was sent;
/// - follow a redirect, add credentials, or keep cookies;
/// - show header values in its `Debug` output or in an error: they contain the API key.
///
/// A transport **may**
/// - add the headers that HTTP requires (`host`, `content-length`, `connection`), and `accept-encoding` if the request
///   has none and the transport decodes these encodings;
/// - have a connect timeout; all other timeouts are the client's;
/// - ignore the request's extensions, which have a [`CallContext`] for layers. If it
///   [tracks the sending](CallContext::track_sending), a timeout before the request was sent is safe to retry.
///
/// # Layers
///
/// A layer is a transport that wraps another transport. It can inspect the request, the
/// [`CallContext`] and the response, and must return the `timer` of the wrapped transport. A layer
/// that measures a whole response must also wrap the body, since `send` returns once the headers have arrived.
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
///     async fn send(
///         &self,
///         request: http::Request<Bytes>,
///     ) -> Result<http::Response<Body>, TransportError> {
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
/// With the feature `tower`, the layers of tower and tower-http can be used: see `orq_core::tower`.
///
/// # Implementing a transport
///
/// Each `impl` needs the attribute `#[async_trait]`; without it the compiler reports that the lifetime parameters of
/// `send` don't match (E0195). `orq_testkit::conformance` tests a transport or a layer against this contract on
/// real sockets.
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
///     async fn send(
///         &self,
///         _: http::Request<bytes::Bytes>,
///     ) -> Result<http::Response<Body>, TransportError> {
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
    note = "for an `orq_testkit::MemoryTransport` use `memory.handle()`",
    note = "for a tower `Service` use `orq_core::tower::ServiceTransport` (feature `tower`)"
)]
pub trait HttpTransport: fmt::Debug + MaybeSend + MaybeSync {
    /// Sends one request, and returns its response once the headers have arrived.
    ///
    /// # Errors
    ///
    /// A [`TransportError`] if the response's headers didn't arrive. A response with a status of 4xx or 5xx is `Ok`.
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Body>, TransportError>;

    /// Returns the timer of the runtime that this transport runs in, or `None` if it has none.
    ///
    /// Without a timer the default timeouts are disabled, and a timeout that is set explicitly is an error. The method
    /// has no default implementation, so that a layer can't omit the wrapped transport's timer by mistake.
    fn timer(&self) -> Option<Arc<dyn Timer>>;

    /// Returns a short name for the `user-agent` header, such as `reqwest`. Default: `custom`.
    ///
    /// Only the name of the innermost transport is used, so a layer needn't implement this method.
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
