//! The server's side of one exchange, over either version of HTTP.

use std::{future::poll_fn, io};

use bytes::{Bytes, BytesMut};
use fastrand::Rng;
use h2::{Reason, RecvStream, SendStream, server::SendResponse};
use orq_testkit::conformance::{RawConnection, RawRequest};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::{answer::Answer, fault::Ending};

/// The bytes of a response that are written.
pub(crate) struct Wire {
    pub(crate) bytes: Vec<u8>,
    /// How long the head is: over HTTP/2 it is written apart, and nothing of it is here.
    pub(crate) head: usize,
}

impl Wire {
    /// Returns the beginning that ends after so many thousandths of the body: a byte at least, and never all.
    pub(crate) fn until(&self, at: usize) -> &[u8] {
        let body = self.bytes.len() - self.head;
        let cut = (at * body / 1000).clamp(1, body - 1);
        &self.bytes[..self.head + cut]
    }
}

pub(crate) trait Channel: Send {
    /// Reads the request's body.
    fn body(&mut self) -> impl Future<Output = io::Result<Bytes>> + Send;
    /// Begins a response, and returns what is to be written of it.
    fn begin(&mut self, answer: &Answer, rng: &mut Rng) -> io::Result<Wire>;
    /// Writes a part of a response. Over HTTP/2 nothing is written before the response has begun.
    fn write(&mut self, bytes: &[u8]) -> impl Future<Output = io::Result<()>> + Send;
    /// Ends a response that was written.
    fn finish(&mut self) -> io::Result<()>;
    /// Waits until the client has ended the exchange.
    fn gone(&mut self) -> impl Future<Output = ()> + Send;
}

pub(crate) struct Http1<'a, S> {
    pub(crate) connection: &'a mut RawConnection<S>,
    pub(crate) request: RawRequest,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Channel for Http1<'_, S> {
    async fn body(&mut self) -> io::Result<Bytes> {
        Ok(self.connection.body(&self.request).await?.into())
    }

    fn begin(&mut self, answer: &Answer, rng: &mut Rng) -> io::Result<Wire> {
        Ok(answer.wire(rng))
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.connection.write(bytes).await
    }

    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }

    async fn gone(&mut self) {
        self.connection.closed().await;
    }
}

pub(crate) struct Http2 {
    request: RecvStream,
    response: SendResponse<Bytes>,
    body: Option<SendStream<Bytes>>,
    finished: bool,
}

impl Http2 {
    pub(crate) fn new(request: RecvStream, response: SendResponse<Bytes>) -> Self {
        Self {
            request,
            response,
            body: None,
            finished: false,
        }
    }

    /// Resets the stream, unless its response is finished: then it returns that the connection is to be closed. A request
    /// that wasn't read is refused.
    pub(crate) fn end(mut self, ending: Ending) -> bool {
        let reason = match ending {
            _ if !self.request.is_end_stream() => Reason::REFUSED_STREAM,
            Ending::Closed => Reason::NO_ERROR,
            Ending::Reset => Reason::INTERNAL_ERROR,
        };
        match &mut self.body {
            _ if self.finished => {}
            Some(body) => body.send_reset(reason),
            None => self.response.send_reset(reason),
        }
        self.finished
    }
}

impl Channel for Http2 {
    async fn body(&mut self) -> io::Result<Bytes> {
        let mut body = BytesMut::new();
        while let Some(data) = self.request.data().await {
            let data = data.map_err(io::Error::other)?;
            let flow = self.request.flow_control();
            flow.release_capacity(data.len())
                .map_err(io::Error::other)?;
            body.extend_from_slice(&data);
        }
        Ok(body.freeze())
    }

    fn begin(&mut self, answer: &Answer, _: &mut Rng) -> io::Result<Wire> {
        let body = self.response.send_response(answer.head.clone(), false);
        self.body = Some(body.map_err(io::Error::other)?);
        Ok(Wire {
            bytes: answer.body(),
            head: 0,
        })
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.body {
            Some(body) => body.send_data(Bytes::copy_from_slice(bytes), false),
            None => Ok(()),
        }
        .map_err(io::Error::other)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.finished = true;
        match &mut self.body {
            Some(body) => body.send_data(Bytes::new(), true),
            None => Ok(()),
        }
        .map_err(io::Error::other)
    }

    async fn gone(&mut self) {
        let _ = poll_fn(|cx| match &mut self.body {
            Some(body) => body.poll_reset(cx),
            None => self.response.poll_reset(cx),
        })
        .await;
    }
}
