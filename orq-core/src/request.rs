//! Requests to endpoints that this crate doesn't model.

use std::{fmt, future::IntoFuture, time::Duration};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method};
use serde::Serialize;

use crate::{
    call::{self, Call, CallFuture, JSON, Prepared},
    client::Client,
    error::Error,
    response::Response,
    transport::{CallContext, Operation},
};

/// A request to an endpoint that this crate doesn't model, made by
/// [`Client::request`](crate::Client::request). Await it, or make a future of it with
/// [`send`](Request::send); the answer is a body of bytes with [`Response::json`].
///
/// A status other than 2xx is an error, read as orq's errors are. A 204 is an answer without bytes.
#[must_use = "a request does nothing until awaited or sent"]
pub struct Request {
    call: Call<Response<Bytes>>,
}

impl Request {
    pub(crate) fn new(client: Client, method: Method, path: &str) -> Self {
        let prepared = if path.starts_with('/') {
            Prepared::new(
                client,
                method,
                path,
                CallContext::new(Operation::Other, None),
            )
        } else {
            Err(Error::argument("path", "it must begin with a slash"))
        };
        let call = Call::new(prepared.map(|prepared| prepared.accept(JSON)), call::bytes);
        Self { call }
    }

    fn map(self, map: impl FnOnce(Call<Response<Bytes>>) -> Call<Response<Bytes>>) -> Self {
        Self {
            call: map(self.call),
        }
    }

    /// Adds a pair to the URL's query, percent-encoded as forms are.
    pub fn query(self, name: &str, value: impl fmt::Display) -> Self {
        self.map(|call| {
            call.change(|prepared| {
                let mut uri = prepared.uri.to_string();
                uri.push(if prepared.uri.query().is_some() {
                    '&'
                } else {
                    '?'
                });
                let mut pair = form_urlencoded::Serializer::new(String::new());
                uri.push_str(&pair.append_pair(name, &value.to_string()).finish());
                let parsed = uri.parse();
                prepared.uri = parsed.map_err(|error| {
                    Error::argument("query", "it can't be part of a URL").with_source(error)
                })?;
                Ok(())
            })
        })
    }

    /// The request's body, as JSON.
    pub fn json<T: Serialize + ?Sized>(self, body: &T) -> Self {
        self.map(|call| {
            call.change(|prepared| {
                let json = serde_json::to_vec(body).map_err(|error| {
                    Error::argument("body", error.to_string()).with_source(error)
                })?;
                prepared.set_json_body(json);
                Ok(())
            })
        })
    }

    /// A header, instead of the client's of the same name. `authorization` is refused.
    pub fn header<N, V>(self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName>,
        V: TryInto<HeaderValue>,
    {
        self.map(|call| call.header(name, value))
    }

    /// How long the call may take from its start to its end. `None` means no limit.
    pub fn timeout(self, timeout: impl Into<Option<Duration>>) -> Self {
        self.map(|call| call.timeout(timeout))
    }

    /// The request as a future that borrows nothing. Nothing is sent until it is polled.
    pub fn send(self) -> CallFuture<Response<Bytes>> {
        self.call.send()
    }
}

impl IntoFuture for Request {
    type Output = Result<Response<Bytes>, Error>;
    type IntoFuture = CallFuture<Response<Bytes>>;

    fn into_future(self) -> Self::IntoFuture {
        self.send()
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.call.fmt(f)
    }
}
