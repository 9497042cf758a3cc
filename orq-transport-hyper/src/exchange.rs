//! A client of any kind, as one function from request to response.

use std::{
    error::Error as StdError,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use hyper::body::{Body as HttpBody, Incoming};
use hyper_util::client::legacy::{Client, Error, connect::Connect};
use tower_service::Service;

use crate::body::Whole;

type Answer<B> = BoxFuture<'static, Result<Response<B>, Error>>;

/// What a client does with a request, whatever its connector and its request's body.
#[derive(Clone)]
pub(crate) struct Exchange(Arc<dyn Fn(Request<Bytes>) -> Answer<Incoming> + Send + Sync>);

impl Exchange {
    pub(crate) fn new<C, B>(client: Client<C, B>) -> Self
    where
        C: Connect + Clone + Send + Sync + 'static,
        B: HttpBody + From<Bytes> + Send + Unpin + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn StdError + Send + Sync>>,
    {
        Self(Arc::new(move |request| {
            Box::pin(client.request(request.map(B::from)))
        }))
    }
}

impl Service<Request<Bytes>> for Exchange {
    type Response = Response<Whole>;
    type Error = Error;
    type Future = Answer<Whole>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let answer = (self.0)(request);
        Box::pin(async move {
            let response = answer.await?;
            let version = response.version();
            Ok(response.map(|body| Whole::new(body, version)))
        })
    }
}
