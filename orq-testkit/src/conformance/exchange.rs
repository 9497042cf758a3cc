//! One exchange, and what became of it.

use std::{error::Error, future::Future, pin::pin, sync::Arc};

use bytes::Bytes;
use futures::{
    StreamExt,
    future::{Either, select},
};
use http::{Method, Request, Response, header::AUTHORIZATION};
use orq_core::transport::{Body, CallContext, HttpTransport, Operation, TransportError};

use super::failure::{CheckFailed, Outcome, ensure, ensure_eq};

/// The transport under test, or one beneath it.
pub(super) type Transport = Arc<dyn HttpTransport>;

/// Stands in the `authorization` header of every request that the suite sends, and must be shown nowhere.
pub(super) const SECRET: &str = "sk-orq-very-secret";

pub(super) fn request(
    method: Method,
    url: &str,
    body: impl Into<Bytes>,
) -> Result<Request<Bytes>, http::Error> {
    Request::builder()
        .method(method)
        .uri(url)
        .header(AUTHORIZATION, format!("Bearer {SECRET}"))
        .body(body.into())
}

pub(super) fn get(url: &str) -> Result<Request<Bytes>, http::Error> {
    request(Method::GET, url, "")
}

pub(super) fn post(url: &str) -> Result<Request<Bytes>, http::Error> {
    request(Method::POST, url, "{}")
}

/// Adds the context of a call to a request, as the client does.
pub(super) fn with_context(mut request: Request<Bytes>) -> (Request<Bytes>, CallContext) {
    let context = CallContext::new(Operation::Stream, Some("conformance"));
    request.extensions_mut().insert(context.clone());
    (request, context)
}

/// Waits for a signal of the server's while the transport sends a request. The request must not end before it.
pub(super) async fn until<T>(
    signal: impl Future<Output = T>,
    sending: &mut (impl Future + Unpin),
) -> Result<T, CheckFailed> {
    match select(pin!(signal), sending).await {
        Either::Left((signal, _)) => Ok(signal),
        Either::Right(_) => Err(CheckFailed::new("an end without an answer of the server's")),
    }
}

/// The whole body.
pub(super) async fn read(response: Response<Body>) -> Result<Vec<u8>, CheckFailed> {
    let mut body = response.into_body();
    let bytes = collect(&mut body).await?;
    ensure_over(&mut body).await?;
    Ok(bytes)
}

/// Fails the check unless the body is at its end.
pub(super) async fn ensure_over(body: &mut Body) -> Outcome {
    let more = body.next().await;
    ensure!(more.is_none(), "the body goes on after its end");
    Ok(())
}

/// Fails the check unless this is the whole body. A message says `the body` and then `case`, such as ` of a 404`.
pub(super) async fn ensure_body(
    response: Response<Body>,
    expected: impl AsRef<[u8]>,
    case: &str,
) -> Outcome {
    let (found, expected) = (read(response).await?, expected.as_ref());
    ensure_eq!(text(&found), text(expected), "the body{case}");
    Ok(())
}

/// Fails the check unless a request gets a response without a body. A message begins with `case`.
pub(super) async fn ensure_empty(
    transport: &Transport,
    request: Request<Bytes>,
    case: &str,
) -> Outcome {
    ensure_eq!(became(transport, request).await?, "ok, 0 bytes", "{case}");
    Ok(())
}

async fn collect(body: &mut Body) -> Result<Vec<u8>, TransportError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = body.next().await {
        bytes.extend_from_slice(&chunk?);
    }
    Ok(bytes)
}

/// Sends a request, reads the response's body, and returns the outcome as the suite writes it: `ok, 4 bytes`, or the
/// error's kind, phase and delivery, such as `closed headers maybe_sent`.
///
/// It is for additional tests of a transport, with a [`RawServer`](super::RawServer).
///
/// # Panics
///
/// If the error, or one of its sources, shows the value of the request's `authorization` header.
pub async fn outcome<T: HttpTransport + ?Sized>(transport: &T, request: Request<Bytes>) -> String {
    let key = request.headers().get(AUTHORIZATION).cloned();
    let key = key.as_ref().and_then(|value| value.to_str().ok());
    match end(transport, request, key.unwrap_or(SECRET)).await {
        Ok(outcome) => outcome,
        Err(shown) => crate::guard::fail(&shown.to_string()),
    }
}

/// As [`outcome`], for a request of the suite's own.
pub(super) async fn became(
    transport: &Transport,
    request: Request<Bytes>,
) -> Result<String, CheckFailed> {
    end(transport, request, SECRET).await
}

async fn end<T: HttpTransport + ?Sized>(
    transport: &T,
    request: Request<Bytes>,
    key: &str,
) -> Result<String, CheckFailed> {
    let body = async { collect(&mut transport.send(request).await?.into_body()).await };
    match body.await {
        Ok(bytes) => Ok(format!("ok, {} bytes", bytes.len())),
        Err(error) => verdict(&error, key),
    }
}

/// `kind phase delivery`, once it is sure that the error shows no key.
pub(super) fn verdict(error: &TransportError, key: &str) -> Result<String, CheckFailed> {
    let mut shown = format!("{error:?}\n{error:#?}");
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(error) = cause {
        shown += &format!("\n{error}\n{error:#}\n{error:?}\n{error:#?}");
        cause = error.source();
    }
    ensure!(!shown.contains(key), "an error shows the key: {shown}");
    Ok(format!(
        "{} {} {}",
        error.kind(),
        error.phase(),
        error.delivery()
    ))
}

/// Bytes as a message shows them: what isn't ASCII is escaped.
pub(super) fn text(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

/// The first value of a response's header, as [`text`].
pub(super) fn header(response: &Response<Body>, name: &str) -> Option<String> {
    let value = response.headers().get(name)?;
    Some(text(value.as_bytes()))
}
