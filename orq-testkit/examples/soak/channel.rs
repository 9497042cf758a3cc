//! The server's side of one exchange, over either version of HTTP.

use std::{future::poll_fn, io};

use bytes::{Bytes, BytesMut};
use fastrand::Rng;
use h2::{Reason, RecvStream, SendStream, server::SendResponse};
use orq_testkit::conformance::{RawConnection, RawRequest};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::{
    answer::{Answer, Wire},
    fault::Ending,
};

/// A stream of bytes, plain or over TLS.
pub(crate) trait Socket: AsyncRead + AsyncWrite + Unpin + Send + 'static {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Socket for S {}

/// An exchange as the server has it.
pub(crate) enum Channel<'a, S> {
    Http1(&'a mut RawConnection<S>, RawRequest),
    Http2 {
        request: RecvStream,
        response: SendResponse<Bytes>,
        body: Option<SendStream<Bytes>>,
        is_finished: bool,
    },
}

impl<S: Socket> Channel<'_, S> {
    /// Reads the request's body.
    pub(crate) async fn body(&mut self) -> io::Result<Bytes> {
        let request = match self {
            Self::Http1(connection, request) => return Ok(connection.body(request).await?.into()),
            Self::Http2 { request, .. } => request,
        };
        let mut body = BytesMut::new();
        while let Some(data) = request.data().await.transpose().map_err(io::Error::other)? {
            let released = request.flow_control().release_capacity(data.len());
            released.map_err(io::Error::other)?;
            body.extend_from_slice(&data);
        }
        Ok(body.freeze())
    }

    /// Begins a response, and returns what is to be written of it.
    pub(crate) fn begin(&mut self, answer: &Answer, rng: &mut Rng) -> io::Result<Wire> {
        let Self::Http2 { response, body, .. } = self else {
            return Ok(answer.wire(rng));
        };
        let begun = response.send_response(answer.head.clone(), false);
        *body = Some(begun.map_err(io::Error::other)?);
        let bytes = answer.body();
        Ok(Wire { bytes, head: 0 })
    }

    /// Writes a part of a response. Over HTTP/2 nothing is written before the response has begun.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Http1(connection, _) => connection.write(bytes).await,
            Self::Http2 { body, .. } => send(body, Bytes::copy_from_slice(bytes), false),
        }
    }

    /// Ends a response that was written.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        match self {
            Self::Http1(..) => Ok(()),
            Self::Http2 {
                body, is_finished, ..
            } => {
                *is_finished = true;
                send(body, Bytes::new(), true)
            }
        }
    }

    /// Waits until the client has ended the exchange.
    pub(crate) async fn gone(&mut self) {
        match self {
            Self::Http1(connection, _) => connection.closed().await,
            Self::Http2 { response, body, .. } => {
                let _ = poll_fn(|cx| match body {
                    Some(body) => body.poll_reset(cx),
                    None => response.poll_reset(cx),
                })
                .await;
            }
        }
    }

    /// Resets an HTTP/2 stream, unless its response is finished: then it returns that the connection is to be closed. A
    /// request that wasn't read is refused.
    pub(crate) fn end(&mut self, ending: Ending) -> bool {
        let Self::Http2 {
            request,
            response,
            body,
            is_finished,
        } = self
        else {
            return true;
        };
        let reason = match ending {
            _ if !request.is_end_stream() => Reason::REFUSED_STREAM,
            Ending::Closed => Reason::NO_ERROR,
            Ending::Reset => Reason::INTERNAL_ERROR,
        };
        match body {
            _ if *is_finished => {}
            Some(body) => body.send_reset(reason),
            None => response.send_reset(reason),
        }
        *is_finished
    }
}

fn send(body: &mut Option<SendStream<Bytes>>, bytes: Bytes, is_last: bool) -> io::Result<()> {
    let sent = body.as_mut().map(|body| body.send_data(bytes, is_last));
    sent.unwrap_or(Ok(())).map_err(io::Error::other)
}
