//! Requests to endpoints for which this crate has no types.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures::FutureExt;
use http::Method;
use serde::Serialize;

use crate::{
    call::{Call, Exchange, RequestTemplate, TimedBody, run},
    client::Client,
    error::Error,
    headers::JSON,
    model::RawJson,
    options::{CallOptions, option_setters},
    response::{Response, ResponseMeta},
    transport::{CallContext, Operation},
};

/// A request to an endpoint for which this crate has no types, created by [`Client::request`]. It is a future of a
/// [`Response`] of bytes, which [`Response::json`] deserializes.
///
/// A status other than 2xx is an [`ErrorKind::Api`](crate::ErrorKind::Api) error, with the code and the message of the
/// body. A 204 is a response without bytes.
#[must_use = "a request does nothing unless awaited"]
pub struct Request(Call<Response<Bytes>>);

impl Client {
    /// Creates a request to an endpoint for which this crate has no types, with this client's transport, key, base URL,
    /// headers, retry policy and timeouts.
    ///
    /// `path` is appended to the base URL. It must begin with a slash, and be percent-encoded already. An invalid path
    /// fails the request with [`ErrorKind::Argument`](crate::ErrorKind::Argument).
    ///
    /// ```
    /// use http::Method;
    /// # use orq_core::Client;
    /// # use orq_testkit::MemoryTransport;
    ///
    /// # futures::executor::block_on(async {
    /// # let memory = MemoryTransport::new();
    /// # memory.reply_json(serde_json::json!({ "data": [1, 2] }));
    /// # let client = Client::new(memory.handle(), "my-key")?;
    /// let prompts = client.request(Method::GET, "/v2/prompts").query("limit", 2).await?;
    /// let prompts: serde_json::Value = prompts.json()?;
    /// assert_eq!(prompts["data"][1], 2);
    /// # Ok::<(), orq_core::Error>(())
    /// # }).unwrap();
    /// ```
    pub fn request(&self, method: Method, path: impl AsRef<str>) -> Request {
        let path = path.as_ref();
        let template = if path.starts_with('/') && !path.contains('#') {
            let context = CallContext::new(Operation::Other, None);
            RequestTemplate::new(self.parts(), method, path.to_owned(), JSON, context)
        } else {
            Err(Error::argument("path", "it needs a leading / and no #"))
        };
        Request(Call::new(template, |it| {
            Box::pin(run(it, bytes, Response::meta_mut))
        }))
    }
}

impl Request {
    /// Adds a parameter to the query of the URL, encoded as `application/x-www-form-urlencoded`.
    pub fn query(self, name: &str, value: impl fmt::Display) -> Self {
        Self(self.0.change(|template| {
            let mut uri = template.uri.to_string();
            let has_query = template.uri.query().is_some();
            uri.push(if has_query { '&' } else { '?' });
            let mut pair = form_urlencoded::Serializer::new(String::new());
            uri.push_str(&pair.append_pair(name, &value.to_string()).finish());
            template.uri = uri.parse().map_err(|error| {
                Error::argument("query", "it can't be part of a URL").with_source(error)
            })?;
            Ok(())
        }))
    }

    /// Serializes `body` as JSON, and sets it as the request's body, with the header `content-type: application/json`.
    /// A value that can't be serialized, such as NaN, fails the request with
    /// [`ErrorKind::Argument`](crate::ErrorKind::Argument).
    pub fn json<T: Serialize + ?Sized>(self, body: &T) -> Self {
        Self(self.0.change(|template| {
            let json = RawJson::new(body)
                .map_err(|error| Error::argument("body", error.to_string()).with_source(error))?;
            template.set_json_body(json.json().as_bytes().to_vec());
            Ok(())
        }))
    }

    fn with_options(self, set: impl FnOnce(&mut CallOptions)) -> Self {
        Self(self.0.with_options(set))
    }
}

option_setters!([] Request);

impl Future for Request {
    type Output = Result<Response<Bytes>, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.poll_unpin(cx)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Reads the whole body.
async fn bytes(
    exchange: &Exchange,
    meta: ResponseMeta,
    mut body: Box<TimedBody>,
) -> Result<Box<Response<Bytes>>, Error> {
    let bytes = exchange.collect(&meta, &mut body).await?;
    let body = Some(bytes.clone());
    let response = Response::new(bytes, meta, body, exchange.key.clone());
    Ok(Box::new(response))
}
