//! A service as a transport.

use std::{
    error::Error as StdError,
    fmt,
    future::poll_fn,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use http_body::Body as HttpBody;
use tower_layer::Layer;
use tower_service::Service;

use super::{
    failure::{Classifier, Moment, Source},
    held_body::held,
    request_body::RequestBody,
    transport_service::TransportService,
};
use crate::{
    maybe_send::MaybeSend,
    time::Timer,
    transport::{Body, CallContext, HttpTransport, TransportError},
};

/// A tower [`Service`] as a transport.
///
/// The service takes an `http::Request` with a [`RequestBody`], and returns an `http::Response` whose body is an
/// [`http_body::Body`] of [`Bytes`]. It must be `Clone`; around one that isn't, such as a rate limit or
/// a balancer, put tower's `Buffer`. Its errors and those of the body must be `Into<Box<dyn Error + Send + Sync>>`.
///
/// Each request is sent through a clone of the service, which is called as soon as it is ready. See the
/// [module](super) for timeouts, limits and errors.
pub struct ServiceTransport<S> {
    /// Locked only to clone it, since a `Service` needn't be `Sync`.
    service: Mutex<S>,
    timer: Option<Arc<dyn Timer>>,
    name: String,
    classifier: Classifier,
}

impl<S> ServiceTransport<S> {
    /// Wraps `transport` in a tower layer, or in the layers of a `tower::ServiceBuilder`. The result has the timer and
    /// the name of `transport`.
    pub fn layered<L>(transport: impl HttpTransport + 'static, layer: L) -> Self
    where
        L: Layer<TransportService, Service = S>,
    {
        let (timer, name) = (transport.timer(), transport.name().to_owned());
        let service = layer.layer(TransportService::new(transport));
        Self::create(service, timer, name)
    }

    /// Creates a transport of this service. The timer must be that of the runtime that the service runs in: `TokioTimer`
    /// (feature `tokio`) in tokio's.
    pub fn new(service: S, timer: impl Timer + 'static) -> Self {
        Self::create(service, Some(Arc::new(timer)), "tower".to_owned())
    }

    /// Creates a transport of this service that has no timer. The client then has no timeouts, unless
    /// [`ClientBuilder::timer`](crate::client::ClientBuilder::timer) is set.
    pub fn without_timer(service: S) -> Self {
        Self::create(service, None, "tower".to_owned())
    }

    fn create(service: S, timer: Option<Arc<dyn Timer>>, name: String) -> Self {
        Self {
            service: Mutex::new(service),
            timer,
            name,
            classifier: Classifier::default(),
        }
    }

    /// Sets the transport's name for the `user-agent` header. Default: that of the wrapped transport, or `tower`.
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets a function that says what an error of the service means: kind, phase and delivery. Its source is set to
    /// the error. Default: see [the module](super#errors), which also has such a function for tower's errors.
    ///
    /// The function is called for an error that isn't a [`TransportError`], then for its [source](StdError::source),
    /// and so on, until it returns `Some`, or there is a `TransportError` in the chain.
    pub fn classify_errors(
        mut self,
        classify: impl Fn(&(dyn StdError + 'static)) -> Option<TransportError> + Send + Sync + 'static,
    ) -> Self {
        self.classifier = Classifier::new(classify);
        self
    }
}

impl<S> ServiceTransport<S> {
    /// Calls a service that is ready.
    async fn call<R>(
        &self,
        mut service: S,
        request: Request<Bytes>,
        context: Option<CallContext>,
    ) -> Result<Response<Body>, TransportError>
    where
        S: Service<Request<RequestBody>, Response = Response<R>>,
        S::Error: Into<Source>,
        S::Future: MaybeSend + 'static,
        R: HttpBody<Data = Bytes> + MaybeSend + 'static,
        R::Error: Into<Source>,
    {
        let mut responding = Box::pin(service.call(request.map(RequestBody::from)));
        let error = match responding.as_mut().await {
            Ok(response) => {
                let classifier = self.classifier.clone();
                return Ok(response.map(|body| held(body, responding, classifier)));
            }
            Err(error) => error,
        };
        // A layer that gave up drops the exchange beneath it only with its own future.
        drop(responding);
        let moment = match context.is_some_and(|context| context.is_unsent()) {
            true => Moment::Dropped,
            false => Moment::Called,
        };
        Err(self.classifier.convert(error, moment))
    }
}

#[cfg_attr(not(all(target_arch = "wasm32", target_os = "unknown")), async_trait)]
#[cfg_attr(all(target_arch = "wasm32", target_os = "unknown"), async_trait(?Send))]
impl<S, R> HttpTransport for ServiceTransport<S>
where
    S: Service<Request<RequestBody>, Response = Response<R>> + Clone + MaybeSend + 'static,
    S::Error: Into<Source>,
    S::Future: MaybeSend + 'static,
    R: HttpBody<Data = Bytes> + MaybeSend + 'static,
    R::Error: Into<Source>,
{
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Body>, TransportError> {
        let context = request.extensions().get::<CallContext>().cloned();
        let mut tracked = context.as_ref().map(CallContext::track_sending);
        let mut service = {
            let service = self.service.lock();
            service.unwrap_or_else(PoisonError::into_inner).clone()
        };
        let ready = poll_fn(|cx| service.poll_ready(cx)).await;
        let ready = ready.map_err(|error| self.classifier.convert(error, Moment::Unready));
        let result = match ready {
            Err(error) => Err(error),
            Ok(()) => {
                if let Some(tracked) = &mut tracked {
                    tracked.hand_over();
                }
                self.call(service, request, context).await
            }
        };
        if let Some(tracked) = tracked {
            tracked.finish();
        }
        result
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        self.timer.clone()
    }

    fn name(&self) -> &str {
        &self.name
    }
}

/// Shows nothing of the service, whose layers may hold values of headers.
impl<S> fmt::Debug for ServiceTransport<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceTransport")
            .field("name", &self.name)
            .field("timer", &self.timer)
            .finish_non_exhaustive()
    }
}
